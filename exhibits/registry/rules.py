"""What stands on the floor: how a row of the centre's own lists becomes a gallery or an exhibit.

The lists are data that the centre edits; nothing here knows how many galleries or
exhibits there are. A bad row is data too: it is reported with its number and all
its reasons, and spoils no other row.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from vizium.kernel.text import one_line

# The floor plan's own unit; the SVG scales it to any screen.
PLAN_WIDTH = 1000
PLAN_HEIGHT = 600
_TEXT_LENGTH_MAX = 500
_IDLE_GAP_S_MAX = 3600
_CAPACITY_MAX = 10_000
_CODE = re.compile(r"[a-z0-9-]{2,40}")
_COLOR = re.compile(r"#[0-9a-f]{6}")


class Kind(StrEnum):
    """How an exhibit is built; it decides which signals are plausible."""

    MECHANICAL = "mechanical"
    SENSOR = "sensor"
    SIMULATOR = "simulator"
    STATIC_INTERACTIVE = "static-interactive"
    SCREEN = "screen"
    PROJECTION = "projection"
    VR = "vr"


class Verdict(StrEnum):
    """What a person says of an exhibit; its device has no vote."""

    WORKS = "works"
    WORKS_PARTLY = "works_partly"
    BROKEN = "broken"
    OFF_FLOOR = "off_floor"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row of a list was not taken; ``row`` counts as a spreadsheet does, header 1."""

    row: int
    code: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a list's rows; one rejected row may have several problems."""

    read: int
    added: int
    changed: int
    unchanged: int
    rejected: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class GalleryData:
    """One gallery as the centre's list describes it."""

    code: str
    title_lv: str
    title_en: str
    capacity: int
    color: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ExhibitData:
    """One exhibit as the centre's list describes it."""

    code: str
    gallery: str
    title_lv: str
    title_en: str
    what_lv: str
    what_en: str
    kind: Kind
    x: int
    y: int
    signals: list[str]
    idle_gap_s: int


Item = TypeVar("Item", GalleryData, ExhibitData)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Item]):
    """The good rows of a list with their numbers, and the problems of the others."""

    items: tuple[tuple[int, Item], ...]
    problems: tuple[RowProblem, ...]


def parse_galleries(rows: Iterable[Mapping[str, str]]) -> Parsed[GalleryData]:
    """Read ``code,title_lv,title_en,capacity,color,polygon("x,y,w,h")``."""
    items: list[tuple[int, GalleryData]] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(rows, start=2):
        reader = _RowReader(number, row)
        x, y, width, height = reader.rectangle("polygon")
        gallery = GalleryData(
            code=reader.code("code"),
            title_lv=reader.text("title_lv"),
            title_en=reader.text("title_en"),
            capacity=reader.number("capacity", 1, _CAPACITY_MAX),
            color=reader.color("color"),
            x=x,
            y=y,
            width=width,
            height=height,
        )
        if reader.problems:
            problems += reader.problems
        else:
            items.append((number, gallery))
    return _without_repeats(items, problems)


def parse_exhibits(
    rows: Iterable[Mapping[str, str]], *, galleries: frozenset[str]
) -> Parsed[ExhibitData]:
    """Read ``code,gallery,title_*,what_*,kind,x,y,signals(;),idle_gap_s``."""
    items: list[tuple[int, ExhibitData]] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(rows, start=2):
        reader = _RowReader(number, row)
        exhibit = ExhibitData(
            code=reader.code("code"),
            gallery=reader.one_of("gallery", galleries),
            title_lv=reader.text("title_lv"),
            title_en=reader.text("title_en"),
            what_lv=reader.text("what_lv"),
            what_en=reader.text("what_en"),
            kind=Kind(reader.one_of("kind", frozenset(Kind)) or Kind.SENSOR),
            x=reader.number("x", 0, PLAN_WIDTH),
            y=reader.number("y", 0, PLAN_HEIGHT),
            signals=[s.strip() for s in (row.get("signals") or "").split(";") if s.strip()],
            idle_gap_s=reader.number("idle_gap_s", 1, _IDLE_GAP_S_MAX),
        )
        if reader.problems:
            problems += reader.problems
        else:
            items.append((number, exhibit))
    return _without_repeats(items, problems)


def _without_repeats(items: list[tuple[int, Item]], problems: list[RowProblem]) -> Parsed[Item]:
    first: dict[str, int] = {}  # row number, keyed by code
    kept: list[tuple[int, Item]] = []
    for number, item in items:
        if item.code in first:
            facts: dict[str, object] = {"code": item.code, "row": first[item.code]}
            problems.append(RowProblem(number, "repeated_code", facts))
        else:
            first[item.code] = number
            kept.append((number, item))
    return Parsed(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.row)))


@dataclass(slots=True)
class _RowReader:
    """Reads one row, keeps every problem, and gives harmless values where one was found."""

    row: int
    values: Mapping[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def text(self, column: str) -> str:
        text = one_line(self._raw(column))
        if not 1 <= len(text) <= _TEXT_LENGTH_MAX:
            self._refuse(column, "text_length", most=_TEXT_LENGTH_MAX)
        return text

    def code(self, column: str) -> str:
        return self._matching(column, _CODE, "bad_code")

    def color(self, column: str) -> str:
        return self._matching(column, _COLOR, "bad_color")

    def one_of(self, column: str, words: frozenset[str]) -> str:
        text = self._raw(column)
        if text in words:
            return text
        self._refuse(column, "unknown_word", value=text)
        return ""

    def number(self, column: str, least: int, most: int) -> int:
        text = self._raw(column)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self._refuse(column, "number_range", least=least, most=most, value=text)
        return least

    def rectangle(self, column: str) -> tuple[int, int, int, int]:
        parts = self._raw(column).replace(" ", "").split(",")
        if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
            x, y, width, height = (int(part) for part in parts)
            is_inside = x + width <= PLAN_WIDTH and y + height <= PLAN_HEIGHT
            if is_inside and width and height:
                return x, y, width, height
        self._refuse(column, "bad_rectangle", value=self._raw(column))
        return 0, 0, 1, 1

    def _matching(self, column: str, pattern: re.Pattern[str], code: str) -> str:
        text = self._raw(column)
        if pattern.fullmatch(text) is None:
            self._refuse(column, code, value=text)
        return text

    def _raw(self, column: str) -> str:
        return (self.values.get(column) or "").strip()

    def _refuse(self, column: str, code: str, **facts: object) -> None:
        self.problems.append(RowProblem(self.row, code, {"column": column, **facts}))
