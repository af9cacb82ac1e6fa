"""Who gets what became free; pure, and the same words stand on the page of the waiting list.

```
waiting -> offered -> taken
   ^          |
   +----------+ the offer ended or was declined      waiting -> expired (no day is left)
                                                     waiting, offered -> withdrawn
```
A day has room when the planner finds a plan for a class. Of the classes for which it does, those
count that use the room well; among them a school that has not been here this school year goes
first, and then whoever waits longest. `RULE` is the version that the log keeps.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bookings.programmes.rules import ActivityKind, ActivityRow
from bookings.visits.rules import POLICY, Group, VisitPolicy, pupils_of
from vizium.kernel.errors import FieldError

RULE = "2026-11"


class WaitingState(StrEnum):
    """Where a class on the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class Verdict(StrEnum):
    """Why a candidate got the offer or not."""

    CHOSEN = "chosen"
    NO_PLAN = "no_plan"
    TOO_SMALL = "too_small"
    SCHOOL_WAS_HERE = "school_was_here"
    WAITS_SHORTER = "waits_shorter"


# No class of one school waits more than so often at once.
WAITING_PER_SCHOOL_MAX = 12
# The planner is asked for so many classes of one day at once; the others have their turn later.
CANDIDATES_MOST = 12
# Room that was freed and taken in one minute does not show: now and then each day is looked at.
LOOK_AGAIN_AFTER = timedelta(hours=1)


def check_wishes(
    activities: Sequence[ActivityRow], groups: Sequence[Group], language: str
) -> list[FieldError]:
    """Whether any day could ever give this class these activities; every problem, not the first.

    A class larger than the seats may wait: the planner makes subgroups of it.
    """
    errors = []
    for activity in activities:
        own_dates = activity.kind is ActivityKind.EDUCATOR or activity.sessions_count > 1
        if own_dates or activity.archived:
            errors.append(FieldError("wishes", "not_for_waiting", {"code": activity.code}))
            continue
        refused = [group.grade for group in groups if group.grade not in activity.grades]
        if refused:
            facts: dict[str, object] = {
                "grades": tuple(refused),
                "taken": tuple(sorted(activity.grades)),
            }
            errors.append(FieldError("groups", "grade_not_taken", {**facts, "code": activity.code}))
        if 0 < pupils_of(groups) < activity.seats_min:
            errors.append(FieldError("groups", "group_too_small", {"least": activity.seats_min}))
        if language not in activity.languages:
            facts = {"languages": _listed(activity.languages), "code": activity.code}
            errors.append(FieldError("language", "language_not_offered", facts))
    return errors


def _listed(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that wants a day: `visits` are its school's in this school year, `fits` is asked."""

    waiting: str
    school: str
    pupils: int
    created_at: datetime
    visits: int
    fits: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate and why it got the offer or not."""

    candidate: Candidate
    verdict: Verdict


def in_turn(candidates: Collection[Candidate]) -> list[Candidate]:
    """The order of fairness: schools that were not here this year first, then the longest wait."""
    return sorted(candidates, key=lambda one: (one.visits > 0, one.created_at, one.waiting))


def weigh(candidates: Collection[Candidate], policy: VisitPolicy = POLICY) -> tuple[Weighed, ...]:
    """All candidates in the order of fairness, at most one of them chosen, each with its reason."""
    largest = max((one.pupils for one in candidates if one.fits), default=0)
    weighed: list[Weighed] = []
    chosen: Candidate | None = None
    for one in in_turn(candidates):
        verdict = _verdict(one, largest, chosen, policy)
        if verdict is Verdict.CHOSEN:
            chosen = one
        weighed.append(Weighed(one, verdict))
    return tuple(weighed)


def chosen_of(weighed: Sequence[Weighed]) -> Candidate | None:
    """Who gets the offer, if anybody."""
    return next((one.candidate for one in weighed if one.verdict is Verdict.CHOSEN), None)


def is_day_due(
    used: int, used_then: int | None, looked_at: datetime | None, *, now: datetime
) -> bool:
    """Whether a day may have room that it had not: it became emptier, or nobody looked lately."""
    if used_then is None or looked_at is None:
        return True
    return used < used_then or now - looked_at >= LOOK_AGAIN_AFTER


def offer_ends(
    leaves: datetime, visit_start: datetime, policy: VisitPolicy = POLICY
) -> datetime | None:
    """Until when an offer stands whose letter leaves at an instant; None: it is too late for one.

    Nobody can decide with a head and a bus company in less than `offer_least`.
    """
    ends = min(leaves + policy.offer, visit_start - policy.offer_ends_before)
    return ends if ends - leaves >= policy.offer_least else None


def days_left(
    days: Sequence[date], *, today: date, tried: Collection[date] = ()
) -> tuple[date, ...]:
    """The days for which a class still waits: not over, and not offered to it before."""
    return tuple(day for day in sorted(set(days)) if day > today and day not in tried)


def _verdict(
    one: Candidate, largest: int, chosen: Candidate | None, policy: VisitPolicy
) -> Verdict:
    if not one.fits:
        return Verdict.NO_PLAN
    if one.pupils * 100 < largest * policy.best_fit_percent:
        return Verdict.TOO_SMALL
    if chosen is None:
        return Verdict.CHOSEN
    was_here = one.visits > 0 and chosen.visits == 0
    return Verdict.SCHOOL_WAS_HERE if was_here else Verdict.WAITS_SHORTER
