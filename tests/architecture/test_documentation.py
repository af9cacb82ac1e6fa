"""What people set and type is documented where they look: in `--help` and in the README."""

import ast
import re
from collections.abc import Iterator

import click

from tests.architecture.source import PACKAGES, ROOT, place, python_files, tree
from vizium.cli import group
from vizium.settings import DOCUMENTED

_NAME = re.compile(r"VIZIUM_[A-Z_]*[A-Z]")

# What vizium tells the processes that it starts; nobody sets them by hand.
_BETWEEN_OUR_PROCESSES = {"VIZIUM_DEMO", "VIZIUM_LIFELINE_FD"}


def test_every_setting_that_the_code_reads_is_documented() -> None:
    documented = {setting.name for setting in DOCUMENTED} | _BETWEEN_OUR_PROCESSES
    undocumented = {
        f"{place(path, node)} {node.value}"
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if _NAME.fullmatch(node.value) and node.value not in documented
    }

    assert undocumented == set()


def test_readme_names_every_setting_and_no_other() -> None:
    named = set(_NAME.findall((ROOT / "README.md").read_text()))

    assert named == {setting.name for setting in DOCUMENTED}


def test_every_command_and_option_says_what_it_does() -> None:
    silent = {
        f"vizium {' '.join(words)} {parameter.opts[0] if parameter else ''}".strip()
        for words, command in _commands(group)
        for parameter in [None, *command.params]
        if not (command.help if parameter is None else getattr(parameter, "help", "an argument"))
    }

    assert silent == set()


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    unnamed = [words[0] for words, _ in _commands(group) if f"vizium {words[0]}" not in readme]

    assert unnamed == []


def _commands(
    command: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, groups' commands too."""
    if words:
        yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found, f"vizium {name} has no command"
            yield from _commands(found, (*words, name))
