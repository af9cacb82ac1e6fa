"""What others see of the capacity floor: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from bookings.resources.rules import (
    OpenDay,
    ResourceKind,
    Shift,
    TermKind,
    WhyClosed,
    Window,
)
from vizium.kernel.ids import fingerprint


def edition(row: object) -> str:
    """What tells one state of a row from another: who edits it says which one they saw."""
    return fingerprint(repr(row).encode())[:16]


@dataclass(frozen=True, slots=True)
class Planned:
    """From a day on a resource has another capacity; with none it is retired."""

    day: date
    capacity: int


class Thing:
    """What everything that can be taken has in common."""

    __slots__ = ()
    planned: Planned | None

    @property
    def retired_from(self) -> date | None:
        """The first day on which nobody can take it any more."""
        return self.planned.day if self.planned and not self.planned.capacity else None

    def stands_on(self, day: date) -> bool:
        """Whether it is in use on a day."""
        return self.retired_from is None or day < self.retired_from


class Titled(Thing):
    """A thing with a title in both languages."""

    __slots__ = ()
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


class Counted(Titled):
    """A thing that takes many at once."""

    __slots__ = ()
    capacity: int

    def capacity_on(self, day: date) -> int:
        """How many it takes on a day."""
        changed = self.planned is not None and self.planned.day <= day
        return self.planned.capacity if self.planned and changed else self.capacity


@dataclass(frozen=True, slots=True)
class ResourceRow(Counted):
    """A resource as others see it."""

    code: str
    kind: ResourceKind
    capacity: int
    title_lv: str
    title_en: str
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class RoomRow(Titled):
    """A room; `position` is its place in the row of rooms that combine, None for a lone one."""

    code: str
    kind: str
    title_lv: str
    title_en: str
    seats: int
    position: int | None
    setup_min: int
    step_free: bool = True
    quiet: bool = False
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class GalleryRow(Counted):
    """A gallery and how many it takes at once; `alone`: one group at a time."""

    code: str
    title_lv: str
    title_en: str
    capacity: int
    alone: bool = False
    step_free: bool = True
    quiet: bool = False
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class MachineRow(Titled):
    """A machine and the room where it stands."""

    code: str
    room: str
    title_lv: str
    title_en: str
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class HostRow(Thing):
    """A host with skills and languages; when the host works stands in shifts.

    `email` may be empty: then changes of the day are seen in the calendar alone.
    """

    code: str
    name: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    minutes_a_day_max: int
    email: str = ""
    planned: Planned | None = None

    def title(self, _lang: str) -> str:
        """The host's name, the same in every language."""
        return self.name


@dataclass(frozen=True, slots=True)
class HostDayRow:
    """A host on one day.

    `windows` are the shift without its break and absences, `busy_min` the minutes that other work
    of the day takes already, in whole cells.
    """

    code: str
    name: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    minutes_a_day_max: int
    shift: Shift | None
    windows: tuple[Window, ...]
    busy_min: int

    @property
    def minutes_left(self) -> int:
        """What the day's most minutes still allow."""
        return max(0, self.minutes_a_day_max - self.busy_min)


@dataclass(frozen=True, slots=True)
class CellRow:
    """How full fifteen minutes of a resource are."""

    resource: str
    start: datetime
    used: int
    capacity: int


class TakenRow(NamedTuple):
    """What is taken of one cell; `amount` may be above nothing only."""

    start: datetime
    amount: int
    capacity: int


@dataclass(frozen=True, slots=True)
class UseRow:
    """What an owner has of a resource in [start, end)."""

    owner: str
    start: datetime
    end: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class TermRow:
    """A word of the centre's own: a skill of its hosts, a kind of its rooms."""

    kind: TermKind
    code: str
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """The word in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class OutageRow:
    """Something that cannot be used in [start, end); `ended_at` is when it was mended early."""

    id: str
    resource: str
    start: datetime
    end: datetime
    reason: str
    reported_by: str
    reported_at: datetime
    ended_at: datetime | None

    @property
    def exhibit(self) -> str | None:
        """The exhibit that is out of order, if it is one."""
        kind, _, code = self.resource.partition(":")
        return code if kind == "exhibit" else None


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A day on which the centre is closed, and why."""

    day: date
    reason_lv: str
    reason_en: str

    def reason(self, lang: str) -> str:
        """Why, in a language."""
        return self.reason_lv if lang == "lv" else self.reason_en


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything that can be taken on one day, and what of it is taken.

    `taken` names only cells of which something is taken, keyed by resource (`alone:{gallery}` is
    the one group of a gallery); a cell in an outage is wholly taken. `walks` are minutes between
    two places, keyed by the pair in order.
    """

    day: date
    open: OpenDay | None
    why_closed: WhyClosed | None
    closure: ClosureRow | None
    rooms: tuple[RoomRow, ...]
    hosts: tuple[HostDayRow, ...]
    galleries: tuple[GalleryRow, ...]
    machines: tuple[MachineRow, ...]
    pools: tuple[ResourceRow, ...]
    taken: Mapping[str, tuple[TakenRow, ...]]
    outages: tuple[OutageRow, ...]
    walks: Mapping[tuple[str, str], int]
