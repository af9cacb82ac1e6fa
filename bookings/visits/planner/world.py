"""One day of the centre as the planner sees it: what is open, what is free, who may do what.

Time is cells of 15 minutes, counted from `World.start`, when schools may come in. What is taken or
free is a bit mask: bit ``c`` is set when cell ``c`` is free. What counts people is a tuple with the
free places of each cell. What the class to be planned holds already counts as free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bookings.visits.planner.plan import StopKind
from bookings.visits.rules import POLICY, VisitPolicy
from vizium.kernel.clock import CELL
from vizium.kernel.money import Cents

Mask = int
"""Bit ``c`` is set when cell ``c`` of the day is free."""

# The pools that are no gallery.
HALL, LUNCH, COACH_BAYS = "hall", "lunch", "coach-bays"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPolicy:
    """The centre's own rules of a day; all of them assumptions until the centre says.

    `pause_after` and `pause`: so long may a subgroup go without a pause for toilets and water, and
    so long the pause is; lunch is one too. `lunch_from` and `lunch_until` are wall times.
    For `idle_most` a class may fill a bay of a busy forecourt without what it asked for.
    """

    arrive_early: timedelta = timedelta(minutes=15)
    walk: timedelta = timedelta(minutes=5)
    pause_after: timedelta = timedelta(minutes=150)
    pause: timedelta = timedelta(minutes=10)
    lunch: timedelta = timedelta(minutes=30)
    lunch_from: time = time(11, 0)
    lunch_until: time = time(14, 0)
    gallery_min: timedelta = timedelta(minutes=30)
    gallery_most: timedelta = timedelta(minutes=75)
    bus_slack: timedelta = timedelta(minutes=10)
    day_most: timedelta = timedelta(hours=7)
    idle_most: timedelta = timedelta(minutes=30)
    lead_days: int = 14
    subgroups_most: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFact:
    """A segment with seats; rooms of one kind with neighbouring positions combine."""

    code: str
    kind: str
    seats: int
    position: int | None
    setup: timedelta
    step_free: bool
    quiet: bool
    free: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFact:
    """A host: `free` is set only inside the shift, outside breaks and other work.

    `minutes_left` is what the day's most minutes still allow.
    """

    code: str
    skills: frozenset[str]
    languages: frozenset[str]
    shift: Mask
    free: Mask
    minutes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryFact:
    """A gallery; its places are the pool of its code. `alone`: one group at a time.

    `untaken` is set where no other group is in a gallery of one group at a time.
    """

    code: str
    alone: bool
    step_free: bool
    quiet: bool
    untaken: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFact:
    """What counts people (or coaches): free places by cell."""

    code: str
    capacity: int
    free: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFact:
    """What the planner knows of an activity; `galleries` are those of the exhibits it uses."""

    code: str
    kind: StopKind
    grades: frozenset[int]
    languages: frozenset[str]
    areas: frozenset[str]
    subjects: frozenset[str]
    duration: timedelta
    seats_min: int
    seats_max: int
    price_cents: Cents
    room_kind: str
    skill: str
    machines: tuple[str, ...] = ()
    exhibits: frozenset[str] = frozenset()
    galleries: frozenset[str] = frozenset()
    on_request: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFact:
    """A published session; `free` places for this class, 0 when another school has it alone.

    `out` is the room or host of it that cannot be used while it lasts: then nobody gets a place.
    """

    session: str
    code: str
    start: datetime
    end: datetime
    free: int
    rooms: tuple[str, ...]
    host: str | None
    out: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One day. `start` is the instant of cell 0; a closed day has no cells and says `why_closed`.

    `walks` are minutes between two places (rooms, galleries, ``lunch``), keyed by the pair in
    order; what is not named takes `policy.walk`. `out_of_order` are exhibits. `visiting` says how
    many adults a class needs on the day.
    """

    day: date
    now: datetime
    start: datetime
    cells: int
    why_closed: str | None = None
    rooms: Mapping[str, RoomFact] = field(default_factory=dict)
    hosts: Mapping[str, HostFact] = field(default_factory=dict)
    machines: Mapping[str, Mask] = field(default_factory=dict)
    galleries: Mapping[str, GalleryFact] = field(default_factory=dict)
    pools: Mapping[str, PoolFact] = field(default_factory=dict)
    activities: Mapping[str, ActivityFact] = field(default_factory=dict)
    offers: Mapping[str, OfferFact] = field(default_factory=dict)
    walks: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)
    out_of_order: frozenset[str] = frozenset()
    policy: DayPolicy = field(default_factory=DayPolicy)
    visiting: VisitPolicy = POLICY

    @property
    def end(self) -> datetime:
        """When the centre closes."""
        return self.start + self.cells * CELL

    def cell(self, instant: datetime) -> int:
        """The cell that an instant lies in; negative before the start."""
        return (instant - self.start) // CELL

    def cell_after(self, instant: datetime) -> int:
        """The first cell that begins at or after an instant: where [start, instant) ends."""
        return -((self.start - instant) // CELL)

    def instant(self, cell: int) -> datetime:
        """When a cell begins."""
        return self.start + cell * CELL

    def mask(self, start: datetime, end: datetime) -> Mask:
        """The cells of [start, end) as a mask; cells outside the day are left out."""
        first = max(0, self.cell(start))
        last = min(self.cells, self.cell_after(end))
        return ((1 << max(0, last - first)) - 1) << first

    def is_within(self, start: datetime, end: datetime) -> bool:
        """Whether [start, end) lies inside the hours in which schools may be there."""
        return self.start <= start < end <= self.end

    def free_in(self, pool: str, start: datetime, end: datetime) -> int:
        """The fewest free places of a pool in [start, end); 0 outside the day."""
        if not self.is_within(start, end):
            return 0
        return min(self.pools[pool].free[self.cell(start) : self.cell_after(end)])

    def walk_between(self, one: str, other: str) -> timedelta:
        """How long a class walks from one place to another."""
        if one == other:
            return timedelta()
        pair = (one, other) if one < other else (other, one)
        return self.walks.get(pair, self.policy.walk)


def is_free(free: Mask, wanted: Mask) -> bool:
    """Whether all wanted cells are free."""
    return free & wanted == wanted


def are_neighbours(rooms: tuple[RoomFact, ...]) -> bool:
    """Whether rooms, in order, combine into one: a lone room does, neighbours of one kind do."""
    return len(rooms) == 1 or all(
        one.kind == other.kind
        and one.position is not None
        and other.position is not None
        and other.position - one.position == 1
        for one, other in pairwise(rooms)
    )
