"""Which of two days is better for a class, and which few to show.

In this order: least waiting; least in the way of others (a short day, when the forecourt is not
full, in galleries that are not full); galleries that belong to the programme; time before the bus;
an undivided class; the date named first; the earlier start.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from bookings.visits.planner.candidates import CELL_MIN, MINUTE
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.world import COACH_BAYS, World
from vizium.kernel.clock import from_wall

PLANS_MOST = 3
# Starts nearer to each other are the same morning to a teacher.
_APART = timedelta(minutes=30)
# A longer visit to a programme's galleries is no longer a better one.
_LINKED_MOST_MIN = 60

# A cell of the day costs so much more when the last coach bay is taken than when all are free.
_FULL_COSTS = 8

Rank = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plan with its rank; the lower, the better."""

    rank: Rank
    plan: Plan


def rank(plan: Plan, request: PlanRequest, world: World) -> Ranked:
    """How good a plan is; plans of one request compare over all its days."""
    bus = from_wall(plan.day, request.depart) if request.depart else plan.leave
    slack = min(bus - plan.leave, 2 * world.policy.bus_slack) // MINUTE
    key = (
        -(-waiting_of(plan, world) // (2 * CELL_MIN)),
        _load(plan, world) // 4,
        -(min(_linked_minutes(plan, world), _LINKED_MOST_MIN) // (2 * CELL_MIN)),
        -max(0, slack // 5),
        len(plan.subgroups),
        request.dates.index(plan.day),
        (plan.arrive - world.start) // MINUTE,
    )
    return Ranked(key, plan)


def _load(plan: Plan, world: World) -> int:
    """What a day takes from others: each cell of it costs more, the fuller the forecourt is.

    The fullest gallery counts as some cells of an empty day.
    """
    load = _fullest(plan, world)
    pool = world.pools.get(COACH_BAYS)
    if pool is not None:
        first, last = max(0, world.cell(plan.arrive)), world.cell_after(plan.leave)
        for free in pool.free[first:last]:
            used = pool.capacity - free + 1
            load += 1 + _FULL_COSTS * used * used // (pool.capacity * pool.capacity)
    return load


def waiting_of(plan: Plan, world: World) -> int:
    """Minutes in which a pupil waits, on average over the subgroups.

    The walk and a short pause between two stops are no waiting; the day ends when the class leaves.
    """
    policy = world.policy
    first = plan.arrive + policy.arrive_early
    last = plan.leave
    total = timedelta()
    for index in range(len(plan.subgroups)):
        for start, end, walk in _pauses(list(plan.stops_of(index)), first, last, world):
            total += max(timedelta(), end - start - walk)
    return total // MINUTE // len(plan.subgroups)


def _pauses(
    stops: list[Stop], first: datetime, last: datetime, world: World
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Each time without a stop, with how much of it is a walk and a pause."""
    if not stops:
        yield first, last, timedelta()
        return
    yield first, stops[0].start, timedelta()
    for one, other in pairwise(stops):
        walk = world.walk_between(place_of(one, world), place_of(other, world))
        yield one.end, other.start, walk + world.policy.pause
    yield stops[-1].end, last, timedelta()


def place_of(stop: Stop, world: World) -> str:
    """Where a stop is, for the walk: its first room, its gallery, or the lunch places."""
    rooms = stop.rooms
    if stop.session is not None and stop.session in world.offers:
        rooms = world.offers[stop.session].rooms
    return rooms[0] if rooms else stop.code


def _linked_minutes(plan: Plan, world: World) -> int:
    linked = {
        gallery
        for stop in plan.stops
        if stop.is_activity and stop.code in world.activities
        for gallery in world.activities[stop.code].galleries
    }
    stays = [
        (stop.end - stop.start) // MINUTE * len(stop.who)
        for stop in plan.stops
        if stop.kind is StopKind.GALLERY and stop.code in linked
    ]
    return sum(stays) // len(plan.subgroups)


def _fullest(plan: Plan, world: World) -> int:
    """The fullest gallery of the day with this class in it, in fifths."""
    fullest = 0
    for stop in plan.stops:
        if stop.kind is StopKind.GALLERY and stop.code in world.pools:
            pool = world.pools[stop.code]
            free = world.free_in(stop.code, stop.start, stop.end)
            people = pool.capacity - free + plan.pupils_of(stop) + plan.adults_of(stop)
            fullest = max(fullest, 5 * people // max(1, pool.capacity))
    return fullest


def differ(one: Plan, other: Plan) -> bool:
    """Whether a teacher sees two choices: another day, another start, or another content."""
    return (
        one.day != other.day
        or abs(one.arrive - other.arrive) >= _APART
        or contents_of(one) != contents_of(other)
    )


def contents_of(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """What each subgroup does, in which order; the galleries only where nothing else is done."""
    days = [tuple(plan.stops_of(index)) for index in range(len(plan.subgroups))]
    is_taught = any(stop.is_activity for stop in plan.stops)
    return tuple(
        tuple(s.code for s in day if s.kind is not StopKind.GALLERY or not is_taught)
        for day in days
    )


def choose(ranked: Iterable[Ranked]) -> Iterator[Plan]:
    """The plans from the best on, without those that differ little from a better one.

    Who named several days wants to see them: a day that has been shown steps back by half an hour
    of waiting each time.
    """
    left = sorted(ranked, key=lambda one: (one.rank, _tie(one.plan)))
    # Keyed by day: the plans shown.
    shown: Counter[date] = Counter()
    while left:
        one = min(left, key=lambda each: (each.rank[0] + shown[each.plan.day], each.rank))
        yield one.plan
        shown[one.plan.day] += 1
        left = [each for each in left if differ(each.plan, one.plan)]


def _tie(plan: Plan) -> tuple[object, ...]:
    """So that equal ranks always come in the same order."""
    return tuple((stop.start, stop.who, stop.code, stop.rooms, stop.host) for stop in plan.stops)
