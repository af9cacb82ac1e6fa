"""Plan one day of a class from published sessions: pure, writes nothing, explains itself.

Each wish (a programme by code, or any show) is met by one session; the search goes wish by wish
over the sessions that fit, depth first, and keeps days without overlap and with time to walk. When
nothing fits, the same search says which smallest change would.

A plan's id is the plan itself, signed: whoever sends it back need not be believed.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from bookings.visits.rules import POLICY, Group, SessionRow, presence, pupils_of
from vizium.kernel.clock import from_wall, to_riga
from vizium.kernel.ids import is_signed, sign

PLANS_MOST = 3
WISHES_MOST = 6
# Steps of one search: a day of 40 sessions and 4 wishes needs some hundreds.
_STEPS_MAX = 20_000
_PURPOSE = "visit-plan"
_ID_LENGTH_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that the class wants to do: an activity by code, or any of a kind."""

    code: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a class wants of its day; `arrive` and `depart` are wall times."""

    school: str
    dates: tuple[date, ...]
    groups: tuple[Group, ...]
    adults: int
    language: str
    wishes: tuple[Wish, ...]
    arrive: time | None = None
    depart: time | None = None

    @property
    def pupils(self) -> int:
        """All pupils."""
        return pupils_of(self.groups)


@dataclass(frozen=True, slots=True)
class Plan:
    """One day that fits: its stops in time order."""

    day: date
    stops: tuple[SessionRow, ...]

    @property
    def waiting(self) -> timedelta:
        """Time between the stops in which nothing is planned."""
        busy = sum((stop.end - stop.start for stop in self.stops), timedelta())
        return self.stops[-1].end - self.stops[0].start - busy


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest change that would make a plan fit; `change` is a code."""

    change: str
    before: str
    after: str


def plan_days(request: PlanRequest, offers: Sequence[SessionRow], *, now: datetime) -> list[Plan]:
    """At most three plans, the best first: least waiting, then the earliest.

    Args:
        offers: the sessions of the wanted dates (others are ignored), with their free places.
    """
    plans = [
        min(found, key=_rank)
        for day in request.dates
        for found in _by_start(_days(request, day, _fitting(request, offers, now)))
    ]
    return sorted(plans, key=_rank)[:PLANS_MOST]


def relax(request: PlanRequest, offers: Sequence[SessionRow], *, now: datetime) -> list[Relaxation]:
    """The smallest single changes with which a plan fits, each tried by the planner itself.

    Args:
        offers: also the sessions of days around the wanted ones.
    """
    tried = (_other_day, _fewer_pupils, _other_hours, _fewer_wishes)
    found = (change(request, offers, now) for change in tried)
    return [one for one in found if one is not None]


def encode_plan(request: PlanRequest, plan: Plan, *, secret_key: str) -> str:
    """The plan as its own signed id."""
    content = {
        "school": request.school,
        "sessions": [stop.id for stop in plan.stops],
        "groups": [asdict(group) for group in request.groups],
        "adults": request.adults,
        "language": request.language,
    }
    text = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    payload = base64.urlsafe_b64encode(text).decode().rstrip("=")
    return f"{payload}.{sign(secret_key, _PURPOSE, payload)}"


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """What a plan's id says."""

    school: str
    sessions: tuple[str, ...]
    groups: tuple[Group, ...]
    adults: int
    language: str


def decode_plan(plan_id: str, *, secret_key: str) -> PlannedVisit | None:
    """What an id says, or None if it is not one of ours."""
    payload, _, signature = plan_id[:_ID_LENGTH_MAX].partition(".")
    if not is_signed(secret_key, _PURPOSE, payload, signature=signature):
        return None
    try:
        content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return None
    return PlannedVisit(
        school=content["school"],
        sessions=tuple(content["sessions"]),
        groups=tuple(Group(**group) for group in content["groups"]),
        adults=content["adults"],
        language=content["language"],
    )


def _rank(plan: Plan) -> tuple[timedelta, datetime, tuple[str, ...]]:
    return plan.waiting, plan.stops[0].start, tuple(stop.id for stop in plan.stops)


def _by_start(plans: Iterator[Plan]) -> list[list[Plan]]:
    """Plans that start alike differ little: they are one choice to a teacher."""
    groups: dict[datetime, list[Plan]] = {}
    for plan in plans:
        groups.setdefault(plan.stops[0].start, []).append(plan)
    return list(groups.values())


def _fitting(request: PlanRequest, offers: Sequence[SessionRow], now: datetime) -> list[SessionRow]:
    grades = {group.grade for group in request.groups}
    return [
        offer
        for offer in offers
        if offer.start > now
        and offer.takes(request.pupils, school=request.school)
        and grades <= set(offer.grades)
        and request.language in offer.languages
    ]


def _days(request: PlanRequest, day: date, offers: Sequence[SessionRow]) -> Iterator[Plan]:
    """Every combination of one session a wish that makes a day, within the steps allowed."""
    earliest = from_wall(day, request.arrive) if request.arrive else None
    latest = from_wall(day, request.depart) if request.depart else None
    today = [
        offer
        for offer in offers
        if offer.local_date == day
        and (earliest is None or presence([offer])[0] >= earliest)
        and (latest is None or offer.end <= latest)
    ]
    choices = [[offer for offer in today if _meets(offer, wish)] for wish in request.wishes]
    steps = _STEPS_MAX
    unfinished: list[tuple[SessionRow, ...]] = [()]
    while unfinished and steps:
        steps -= 1
        chosen = unfinished.pop()
        if len(chosen) == len(choices):
            yield Plan(day, tuple(sorted(chosen, key=lambda stop: stop.start)))
            continue
        unfinished += [
            (*chosen, offer)
            for offer in reversed(choices[len(chosen)])
            if all(_apart(offer, other) for other in chosen)
        ]


def _meets(offer: SessionRow, wish: Wish) -> bool:
    return wish.code in {None, offer.code} and wish.kind in {None, offer.kind}


def _apart(one: SessionRow, other: SessionRow) -> bool:
    """Whether there is time to walk between two stops that are not the same activity twice."""
    first, second = sorted((one, other), key=lambda stop: stop.start)
    return one.code != other.code and first.end + POLICY.walk <= second.start


def _other_day(
    request: PlanRequest, offers: Sequence[SessionRow], now: datetime
) -> Relaxation | None:
    wanted = request.dates[0]
    others = sorted(
        {offer.local_date for offer in offers} - set(request.dates),
        key=lambda day: (abs(day - wanted), day),
    )
    for day in others:
        if plan_days(replace(request, dates=(day,)), offers, now=now):
            return Relaxation("date", wanted.isoformat(), day.isoformat())
    return None


def _fewer_pupils(
    request: PlanRequest, offers: Sequence[SessionRow], now: datetime
) -> Relaxation | None:
    sizes = {offer.free_for(request.school) for offer in offers} | {
        offer.seats_max for offer in offers
    }
    for pupils in sorted((size for size in sizes if 0 < size < request.pupils), reverse=True):
        grades = {group.grade: group.pupils for group in request.groups}
        smaller = replace(request, groups=_shrunk(grades, pupils))
        if plan_days(smaller, offers, now=now):
            return Relaxation("pupils", str(request.pupils), str(pupils))
    return None


def _shrunk(grades: dict[int, int], pupils: int) -> tuple[Group, ...]:
    """The grades with so many pupils together; all grades stay, whatever their size."""
    first, *others = grades
    return (Group(first, pupils), *(Group(grade, 0) for grade in others))


def _other_hours(
    request: PlanRequest, offers: Sequence[SessionRow], now: datetime
) -> Relaxation | None:
    freed = {
        "arrive": (request.arrive, replace(request, arrive=None)),
        "depart": (request.depart, replace(request, depart=None)),
    }
    for change, (limit, changed) in freed.items():
        plans = plan_days(changed, offers, now=now) if limit else []
        if limit and plans:
            start, end = presence(plans[0].stops)
            return Relaxation(change, f"{limit:%H:%M}", _wall(start if change == "arrive" else end))
    return None


def _wall(instant: datetime) -> str:
    return f"{to_riga(instant):%H:%M}"


def _fewer_wishes(
    request: PlanRequest, offers: Sequence[SessionRow], now: datetime
) -> Relaxation | None:
    if len(request.wishes) < 2:
        return None
    for index in reversed(range(len(request.wishes))):
        left = request.wishes[:index] + request.wishes[index + 1 :]
        if plan_days(replace(request, wishes=left), offers, now=now):
            dropped = request.wishes[index]
            return Relaxation("without", dropped.code or dropped.kind or "", "")
    return None
