"""Latvian and English say everything: error codes, words of states, every sentence of every page.

English sentences are the msgids themselves; dotted msgids (``error.not_found``) stand for codes and
need a sentence in both catalogues.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from tests.architecture.source import PACKAGES, ROOT, calls, place, python_files
from vizium.web.errors import _HTTP_CODES
from vizium.web.i18n import LANGUAGES, LOCALE_FOLDER
from vizium.web.templating import FOLDERS

_ERRORS = {
    *("VizError", "NotFound", "Forbidden", "Conflict", "BudgetExceeded", "CapacityExceeded"),
    *("TooMany", "Unavailable"),
}
_LATVIAN_PLURAL_FORMS = 3
# As `vizium.web.templating` makes them: newstyle gettext, and trimmed blocks would change a msgid.
_JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
# code("visit_state", row.state) in a template: a word of an enum, known only when it is shown.
_CODE_OF_ENUM = re.compile(r"""\bcode\(\s*["'](\w+)["']\s*,\s*[a-z_]""")
_DOTTED = re.compile(r"[a-z_]+(\.[\w\-]+)+")
_CODE_LITERAL = re.compile(r"""\bcode\(\s*["'](\w+)["']\s*,\s*["']([\w.\-]+)["']""")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_code_has_a_sentence(lang: str) -> None:
    codes = {*_raised_codes(), *(f"error.{code}" for code in _HTTP_CODES.values())}

    assert sorted(codes - _catalogue(lang).keys()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_that_a_page_shows_of_an_enum_has_a_sentence(lang: str) -> None:
    enums = _enums()
    groups = {group for path in _templates() for group in _CODE_OF_ENUM.findall(path.read_text())}
    words = {f"{group}.{word}" for group in groups for word in enums.get(group, ())}

    assert sorted(words - _catalogue(lang).keys()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_named_in_a_template_has_a_sentence(lang: str) -> None:
    named = {
        f"{group}.{code}"
        for path in _templates()
        for group, code in _CODE_LITERAL.findall(path.read_text())
    }

    assert sorted(named - _catalogue(lang).keys()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_of_templates_and_code_is_translated(lang: str) -> None:
    missing = {
        f"{where}: {msgid}"
        for where, msgid in [*_template_sentences(), *_code_sentences()]
        if msgid not in _catalogue(lang) and (lang == "lv" or _DOTTED.fullmatch(msgid))
    }

    assert sorted(missing) == []


def test_latvian_has_all_plural_forms_of_what_is_counted() -> None:
    incomplete = [
        sentence.ids
        for sentence in _sentences("lv")
        if len(sentence.ids) > 1 and len(sentence.texts) != _LATVIAN_PLURAL_FORMS
    ]

    assert incomplete == []


def test_translations_name_the_same_facts_as_their_source() -> None:
    english = {sentence.ids: sentence.texts for sentence in _sentences("en")}
    differing = [
        sentence.ids
        for sentence in _sentences("lv")
        if _facts(sentence.texts) != _facts(english.get(sentence.ids, sentence.ids))
    ]

    assert differing == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_has_two_translations_and_none_is_unsure(lang: str) -> None:
    seen: dict[str, tuple[str, ...]] = {}
    twice = [
        sentence.ids
        for sentence in _sentences(lang)
        if seen.setdefault(sentence.ids[0], sentence.texts) != sentence.texts
    ]

    assert twice == []
    assert [sentence.ids for sentence in _sentences(lang) if sentence.unsure] == []


class _Sentence(NamedTuple):
    """One entry of a catalogue: singular and plural msgids, and the forms that are filled in."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    unsure: bool


@cache
def _sentences(lang: str) -> list[_Sentence]:
    found = []
    for file in sorted((LOCALE_FOLDER / lang).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=lang, abort_invalid=True):
                if message.id:
                    ids, texts = _each(message.id), _each(message.string)
                    found.append(_Sentence(ids, texts, message.fuzzy))
    return found


def _each(text: str | Iterable[str | None] | None) -> tuple[str, ...]:
    forms = (text,) if isinstance(text, str) else text or ()
    return tuple(form for form in forms if form)


@cache
def _catalogue(lang: str) -> dict[str, tuple[str, ...]]:
    """Singular msgid -> its translation, where there is one."""
    return {sentence.ids[0]: sentence.texts for sentence in _sentences(lang) if sentence.texts}


def _facts(texts: tuple[str, ...]) -> set[str]:
    # A plural form may leave its number out ("one class").
    return set(re.findall(r"%\((\w+)\)", " ".join(texts))) - {"num"}


def _templates() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in folder.rglob("*.html"))


def _template_sentences() -> Iterator[tuple[str, str]]:
    for path in _templates():
        found = babel_extract(BytesIO(path.read_bytes()), ["gettext", "ngettext", "_"], [], _JINJA)
        for line, _, message, _ in found:
            yield f"{place(path)}:{line}", _each(message)[0]


def _code_sentences() -> Iterator[tuple[str, str]]:
    for path in python_files(*PACKAGES):
        for name, call in calls(path):
            if name.endswith((".t", ".n")):
                yield from ((place(path, call), text) for text in _literal(call, 0))


def _raised_codes() -> Iterator[str]:
    for path in python_files(*PACKAGES):
        for name, call in calls(path):
            if name.rpartition(".")[2] in _ERRORS:
                yield from (f"error.{code}" for code in _literal(call, 0))
            if name.rpartition(".")[2] == "FieldError":
                yield from (f"field.{code}" for code in _literal(call, 1))


def _literal(call: ast.Call, index: int) -> Iterator[str]:
    """The argument, if it stands there as a text."""
    for argument in call.args[index : index + 1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _enums() -> dict[str, set[str]]:
    """``visit_state`` -> the words of `VisitState`, for every enum of the house."""
    for path in python_files("vizium", "bookings", "exhibits"):
        if path.name in {"rules.py", "models.py"}:
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return {
        re.sub(r"(?<!^)(?=[A-Z])", "_", enum.__name__).lower(): {word.value for word in enum}
        for enum in StrEnum.__subclasses__()
        if enum.__module__.split(".")[0] in PACKAGES
    }
