"""The command line in this process, as a shell would see it."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from vizium.cli import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


Vizium = Callable[..., Outcome]


@pytest.fixture
def vizium(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Vizium]:
    """Runs `vizium WORDS` with more environment: `vizium("check", "--json", VIZIUM_PORT="1")`."""
    root = logging.getLogger()
    before = (root.level, [*root.handlers])

    def run(*words: str, **environment: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["vizium", *words])
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), said.out, said.err)

    yield run
    root.setLevel(before[0])
    root.handlers[:] = before[1]
