"""Published sessions: what is offered, and whether a class may take some of them together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise

from bookings.visits.rules.people import PUPILS_MAX, Group, pupils_of
from bookings.visits.rules.policy import POLICY, VisitPolicy
from vizium.kernel.clock import from_wall
from vizium.kernel.errors import FieldError
from vizium.kernel.money import Cents


class SessionState(StrEnum):
    """Whether classes may still take a published session.

    ``open -> closed`` keeps who has it and takes nobody new; ``cancelled`` does not take place, and
    the classes that have it need another plan. Both can be taken back.
    """

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


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

    `titles` and `places` (the names of `rooms`) are keyed by language; `host` is a person's name;
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
    rooms: tuple[str, ...] = ()
    host_code: str | None = None
    state: SessionState = SessionState.OPEN
    version: int = 1

    @property
    def left(self) -> int:
        """Places that nobody has, whoever may take them."""
        return self.capacity - self.used

    @property
    def free(self) -> int:
        """Places that any school may still take."""
        return 0 if self.taken_by or self.state is not SessionState.OPEN else self.left

    def free_for(self, school: str) -> int:
        """Places that this school may still take."""
        is_theirs = self.taken_by in {None, school} and self.state is SessionState.OPEN
        return self.left if is_theirs else 0

    def title(self, language: str) -> str:
        """The title in a language, or in Latvian where it has none."""
        return self.titles.get(language) or self.titles["lv"]

    def takes(self, pupils: int, *, school: str) -> bool:
        """Whether a group of this size finds places and is not too small or large."""
        return self.seats_min <= pupils <= min(self.seats_max, self.free_for(school))


def check_stops(
    stops: Sequence[SessionRow],
    groups: Sequence[Group],
    *,
    language: str,
    now: datetime,
    kept: Collection[str | None] = (),
) -> list[FieldError]:
    """Whether a group may take these sessions together; every problem, not the first.

    Args:
        kept: the sessions that the group has already: one that was closed since stays its own.
    """
    if not stops:
        return [FieldError("stops", "stops_missing")]
    errors = [error for stop in stops for error in _check_stop(stop, groups, language, now)]
    errors += [
        FieldError("stops", f"session_{stop.state.value}", {"session": stop.id})
        for stop in stops
        if stop.state is SessionState.CANCELLED
        or (stop.state is SessionState.CLOSED and stop.id not in kept)
    ]
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
        taken = tuple(sorted(stop.grades))
        facts: dict[str, object] = {"grades": tuple(refused), "taken": taken, "code": stop.code}
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
