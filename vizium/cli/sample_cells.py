"""Rows of the sample's files, cell by cell; a cell that cannot be read says what it wants."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

FOLDER = Path(__file__).parent / "sample_data"
_YES_NO = {"yes": True, "no": False}

T = TypeVar("T")


class CellError(ValueError):
    """A cell that cannot be read; its text is the sentence."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a file; `row` counts from 1, the header."""

    row: int
    texts: Mapping[str, str]

    def text(self, name: str) -> str:
        """A cell as it stands."""
        if not self.texts:
            raise CellError("it has more or fewer cells than the header")
        if name not in self.texts:
            raise CellError(f"there is no column {name}")
        return self.texts[name]

    def read(self, name: str, parse: Callable[[str], T], wants: str) -> T:
        """A cell as a value."""
        try:
            return parse(self.text(name))
        except (ValueError, KeyError) as error:
            if isinstance(error, CellError):
                raise
            raise CellError(f"{name} is {self.text(name)!r} but must be {wants}") from error

    def maybe(self, name: str, parse: Callable[[str], T], wants: str) -> T | None:
        """A cell that may be empty."""
        return self.read(name, parse, wants) if self.text(name) else None

    def whole(self, name: str) -> int:
        """A whole number."""
        return self.read(name, int, "a whole number")

    def day(self, name: str) -> date:
        """A date."""
        return self.read(name, date.fromisoformat, "a date such as 2026-09-01")

    def items(self, name: str) -> tuple[str, ...]:
        """What semicolons separate."""
        return tuple(self.text(name).split(";")) if self.text(name) else ()

    def flag(self, name: str) -> bool:
        """Yes or no."""
        return self.read(name, _YES_NO.__getitem__, "yes or no")

    def wholes(self, name: str) -> tuple[int, ...]:
        """Whole numbers that semicolons separate."""
        return self.read(
            name,
            lambda text: tuple(int(part) for part in text.split(";") if text),
            "whole numbers with ; between them",
        )


def read_rows(file: str, *, folder: Path = FOLDER) -> Iterator[Cells]:
    """The rows of a file; a row with cells too many or too few has none that could be read."""
    with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(opened)
        header = next(reader, [])
        for row, cells in enumerate(reader, start=2):
            whole = len(cells) == len(header)
            yield Cells(row, dict(zip(header, cells, strict=True)) if whole else {})
