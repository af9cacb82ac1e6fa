"""What others see of the capacity floor: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from bookings.resources.rules import OpenDay, ResourceKind, Shift, WhyClosed, Window
from vizium.kernel.ids import fingerprint


def edition(row: object) -> str:
    """What tells one state of a row from another: who edits it says which one they saw."""
    return fingerprint(repr(row).encode())[:16]


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource as others see it."""

    code: str
    kind: ResourceKind
    capacity: int
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class RoomRow:
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

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """A gallery and how many it takes at once; `alone`: one group at a time."""

    code: str
    title_lv: str
    title_en: str
    capacity: int
    alone: bool = False
    step_free: bool = True
    quiet: bool = False

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A machine and the room where it stands."""

    code: str
    room: str
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host with skills and languages; when the host works stands in shifts."""

    code: str
    name: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    minutes_a_day_max: int


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
