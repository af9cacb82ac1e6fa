"""How rooms combine: the hall with movable walls is cut into segments, neighbours make one room."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TermKind(StrEnum):
    """What a word of the centre's own names."""

    SKILL = "skill"
    ROOM_KIND = "room_kind"


class _Segment(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def seats(self) -> int: ...
    @property
    def position(self) -> int | None: ...
    @property
    def setup_min(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Configuration:
    """Neighbouring segments used as one room.

    `seats` are those of its segments together; moving the walls takes as long as the segment that
    takes longest.
    """

    rooms: tuple[str, ...]
    kind: str
    seats: int
    setup_min: int


def configurations(segments: Iterable[_Segment]) -> tuple[Configuration, ...]:
    """Every run of neighbouring segments of a kind, smallest first: four in a row make ten."""
    row = sorted(
        (one for one in segments if one.position is not None),
        key=lambda one: (one.kind, one.position or 0),
    )
    found = []
    for first in range(len(row)):
        for last in range(first, len(row)):
            if last > first and not _are_neighbours(row[last - 1], row[last]):
                break
            found.append(_configuration(row[first : last + 1]))
    return tuple(sorted(found, key=lambda one: (one.kind, len(one.rooms), one.rooms)))


def _are_neighbours(one: _Segment, other: _Segment) -> bool:
    return one.kind == other.kind and (other.position or 0) - (one.position or 0) == 1


def _configuration(run: list[_Segment]) -> Configuration:
    return Configuration(
        rooms=tuple(one.code for one in run),
        kind=run[0].kind,
        seats=sum(one.seats for one in run),
        setup_min=max(one.setup_min for one in run),
    )
