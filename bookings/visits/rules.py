"""What a visit may be and become, without a database: states, numbers of people, refusals.

```
  (new) -> held <-> held (longer) -----> confirmed -> arrived -> completed
            +--> provisional -----------^  |  |          ^
            |        |                     |  +-> no_show (a late scan is a fact)
            +--------+---------------------+--> cancelled
            +--------+--> expired -> held (if its places are still free)
```
The centre's assumptions (minutes, ratios) are one value, `VisitPolicy`, never scattered constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from vizium.kernel.clock import from_wall, local_date
from vizium.kernel.errors import FieldError
from vizium.kernel.money import Cents

PRESCHOOL = 0
GRADE_MAX = 12
# More than any bus convoy brings; above it somebody typed a year or a telephone number.
PUPILS_MAX = 500


class VisitState(StrEnum):
    """Where a visit stands in its life."""

    HELD = "held"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class TransportState(StrEnum):
    """What the school was told about its bus money."""

    UNWANTED = "unwanted"
    WANTED = "wanted"
    RESERVED = "reserved"
    WAITLISTED = "waitlisted"
    INELIGIBLE = "ineligible"
    RELEASED = "released"


_S = VisitState
# Keyed by the state that is left.
MOVES: dict[VisitState, frozenset[VisitState]] = {
    _S.HELD: frozenset({_S.HELD, _S.PROVISIONAL, _S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    _S.PROVISIONAL: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    _S.CONFIRMED: frozenset({_S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.NO_SHOW: frozenset({_S.ARRIVED}),
    _S.ARRIVED: frozenset({_S.COMPLETED}),
    _S.EXPIRED: frozenset({_S.HELD}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
# States in which the visit keeps its places.
KEEPING = frozenset({_S.HELD, _S.PROVISIONAL, _S.CONFIRMED, _S.ARRIVED})
# States that time alone ends.
EXPIRING = frozenset({_S.HELD, _S.PROVISIONAL})


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """The centre's own rules of visiting; all of them assumptions until the centre says."""

    hold: timedelta = timedelta(minutes=30)
    extensions_max: int = 11
    arrive_early: timedelta = timedelta(minutes=15)
    walk: timedelta = timedelta(minutes=10)
    pupils_per_adult_preschool: int = 5
    pupils_per_adult_basic: int = 10
    pupils_per_adult_secondary: int = 20
    adults_max: int = 100

    def pupils_per_adult(self, grade: int) -> int:
        """How many pupils of a grade one adult may bring."""
        if grade == PRESCHOOL:
            return self.pupils_per_adult_preschool
        return self.pupils_per_adult_basic if grade <= 9 else self.pupils_per_adult_secondary


POLICY = VisitPolicy()


@dataclass(frozen=True, slots=True)
class Group:
    """The pupils of one grade; 0 is preschool."""

    grade: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for the group: a teacher, never a pupil."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One line of a weekly timetable, from which sessions are published.

    `weekdays` counts Monday as 1; `start` is wall time ``HH:MM``. A session that is not `shared`
    belongs to the first school that takes places in it; that school may bring a second class.
    """

    activity: str
    weekdays: tuple[int, ...]
    start: str
    rooms: tuple[str, ...]
    host: str | None
    shared: bool = True


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A published session with what its activity asks for: an offer to schools.

    `titles` and `places` (the rooms' names) are keyed by language; `host` is a person's name;
    `taken_by` is the school that has a session which is not shared.
    """

    id: str
    code: str
    kind: str
    titles: dict[str, str]
    start: datetime
    end: datetime
    local_date: date
    capacity: int
    used: int
    shared: bool
    taken_by: str | None
    places: dict[str, str]
    host: str | None
    grades: tuple[int, ...]
    languages: tuple[str, ...]
    seats_min: int
    seats_max: int
    price_cents: Cents

    @property
    def free(self) -> int:
        """Places that any school may still take."""
        return 0 if self.taken_by else self.capacity - self.used

    def free_for(self, school: str) -> int:
        """Places that this school may still take."""
        return self.capacity - self.used if self.taken_by in {None, school} else 0

    def title(self, language: str) -> str:
        """The title in a language, or in Latvian where it has none."""
        return self.titles.get(language) or self.titles["lv"]

    def takes(self, pupils: int, *, school: str) -> bool:
        """Whether a group of this size finds places and is not too small or large."""
        return self.seats_min <= pupils <= min(self.seats_max, self.free_for(school))


@dataclass(frozen=True, slots=True)
class TransportEstimate:
    """What the fund would give for the bus today, and all reasons where it gives less."""

    estimate_cents: Cents
    share_bp: int
    fund_available_cents: Cents
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransportAward:
    """What the fund answered when the visit was confirmed."""

    state: TransportState
    award_cents: Cents
    reasons: tuple[str, ...]


def may_move(before: VisitState, after: VisitState) -> bool:
    """Whether a visit may go from one state to another."""
    return after in MOVES[before]


def state_at(state: VisitState, expires_at: datetime | None, *, now: datetime) -> VisitState:
    """The state that counts now: a hold whose time is over is expired before any sweep runs."""
    if state in EXPIRING and expires_at is not None and expires_at <= now:
        return VisitState.EXPIRED
    return state


def pupils_of(groups: Sequence[Group]) -> int:
    """All pupils of a visit."""
    return sum(group.pupils for group in groups)


def adults_needed(groups: Sequence[Group], policy: VisitPolicy = POLICY) -> int:
    """How many adults a mixed group needs: each pupil counts a share of one adult.

    5 preschoolers and 10 pupils of grade 3 need 2; 6 and 10 need 3.
    """
    ratios = (policy.pupils_per_adult(group.grade) for group in groups)
    shares = [(group.pupils, ratio) for group, ratio in zip(groups, ratios, strict=True)]
    whole = 1
    for _, ratio in shares:
        whole *= ratio
    return -(-sum(pupils * (whole // ratio) for pupils, ratio in shares) // whole)


def check_people(
    groups: Sequence[Group], adults: int, policy: VisitPolicy = POLICY
) -> list[FieldError]:
    """Whether these people can be a school group at all; every problem, not the first."""
    errors = []
    pupils = pupils_of(groups)
    if any(group.pupils < 1 for group in groups) or not groups:
        errors.append(FieldError("groups", "pupils_missing"))
    elif pupils > PUPILS_MAX:
        errors.append(FieldError("groups", "pupils_too_many", {"most": PUPILS_MAX}))
    if any(not PRESCHOOL <= group.grade <= GRADE_MAX for group in groups):
        errors.append(FieldError("groups", "grade_unknown"))
    elif len({group.grade for group in groups}) < len(groups):
        errors.append(FieldError("groups", "grade_twice"))
    if errors:
        return errors
    needed = adults_needed(groups, policy)
    if adults < needed:
        errors.append(FieldError("adults", "adults_too_few", {"needed": needed}))
    if adults > policy.adults_max:
        errors.append(FieldError("adults", "adults_too_many", {"most": policy.adults_max}))
    return errors


def check_stops(
    stops: Sequence[SessionRow],
    groups: Sequence[Group],
    *,
    language: str,
    now: datetime,
) -> list[FieldError]:
    """Whether a group may take these sessions together; every problem, not the first."""
    if not stops:
        return [FieldError("stops", "stops_missing")]
    errors = [error for stop in stops for error in _check_stop(stop, groups, language, now)]
    if len({stop.local_date for stop in stops}) > 1:
        errors.append(FieldError("stops", "stops_on_several_days"))
    ordered = sorted(stops, key=lambda stop: stop.start)
    if any(before.end > after.start for before, after in pairwise(ordered)):
        errors.append(FieldError("stops", "stops_overlap"))
    return errors


def _check_stop(
    stop: SessionRow, groups: Sequence[Group], language: str, now: datetime
) -> list[FieldError]:
    errors = []
    pupils = pupils_of(groups)
    if stop.start <= now:
        errors.append(FieldError("stops", "session_is_past", {"session": stop.id}))
    refused = [group.grade for group in groups if group.grade not in stop.grades]
    if refused:
        facts = {"grades": _listed(refused), "taken": _listed(stop.grades), "code": stop.code}
        errors.append(FieldError("groups", "grade_not_taken", facts))
    # Nobody, or more than any bus convoy: `check_people` has said so already.
    if 0 < pupils < stop.seats_min:
        errors.append(FieldError("groups", "group_too_small", {"least": stop.seats_min}))
    if stop.seats_max < pupils <= PUPILS_MAX:
        errors.append(FieldError("groups", "group_too_large", {"most": stop.seats_max}))
    if language not in stop.languages:
        facts = {"languages": _listed(stop.languages), "code": stop.code}
        errors.append(FieldError("language", "language_not_offered", facts))
    return errors


def _listed(values: Sequence[object]) -> object:
    return ", ".join(str(value) for value in values)


def price_of(stops: Sequence[SessionRow], pupils: int) -> Cents:
    """What the school pays: each stop's price for each pupil; adults who bring them pay nothing."""
    return Cents(sum(stop.price_cents for stop in stops) * pupils)


def presence(
    stops: Sequence[SessionRow], policy: VisitPolicy = POLICY
) -> tuple[datetime, datetime]:
    """From when until when the class is in the hall."""
    start = min(stop.start for stop in stops) - policy.arrive_early
    return start, max(stop.end for stop in stops)


def session_start(row: TimetableRow, day: date) -> datetime:
    """When a line of the timetable starts on a day."""
    return from_wall(day, time.fromisoformat(row.start))


def arrival_flags(
    state: VisitState, day: date, *, at: datetime, pupils: int, booked: int
) -> list[str]:
    """What is unusual about a class at the door; reason codes, empty when all is well."""
    flags = []
    if state in {VisitState.CANCELLED, VisitState.EXPIRED}:
        flags.append(state.value)
    if state in {VisitState.HELD, VisitState.PROVISIONAL}:
        flags.append("not_confirmed")
    if state in {VisitState.ARRIVED, VisitState.COMPLETED}:
        flags.append("already_arrived")
    if local_date(at) != day:
        flags.append("other_day")
    if pupils > booked:
        flags.append("more_than_booked")
    return flags


# Unusual, but the class comes in all the same.
HARMLESS_FLAGS = frozenset({"more_than_booked", "clock_ahead"})
# Scanners' clocks differ by less.
CLOCK_AHEAD_MOST = timedelta(minutes=5)
