"""Which of two days is better for a class, and which few to show.

In this order: least waiting, by half hours; least in the way of others (`crowd`: a short day, when
the forecourt is not full, in galleries that are not full); galleries that belong to the programme;
time before the bus; an undivided class; the date named first; the earlier start.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bookings.visits.planner.crowd import Crowd
from bookings.visits.planner.idle import waiting_of
from bookings.visits.planner.plan import Plan, StopKind
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.ways import CELL_MIN, MINUTE
from bookings.visits.planner.world import World
from vizium.kernel.clock import from_wall

PLANS_MOST = 3
# Starts nearer to each other are the same morning to a teacher.
_APART = timedelta(minutes=30)
# Who is shown several starts of one day wants some that are so far from the others.
_FAR_APART = timedelta(hours=2)
# A longer visit to a programme's galleries is no longer a better one.
_LINKED_MOST_MIN = 60

Rank = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plan with its rank; the lower, the better."""

    rank: Rank
    plan: Plan


def rank(plan: Plan, request: PlanRequest, crowd: Crowd) -> Ranked:
    """How good a plan is; plans of one request compare over all its days."""
    world = crowd.world
    bus = from_wall(plan.day, request.depart) if request.depart else plan.leave
    slack = min(bus - plan.leave, 2 * world.policy.bus_slack) // MINUTE
    key = (
        waiting_of(plan, world) // (2 * CELL_MIN),
        crowd.load_of(plan) // 4,
        -(min(_linked_minutes(plan, world), _LINKED_MOST_MIN) // (2 * CELL_MIN)),
        -max(0, slack // 5),
        len(plan.subgroups),
        request.dates.index(plan.day),
        (plan.arrive - world.start) // MINUTE,
    )
    return Ranked(key, plan)


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

    Who named several days wants to see them, and who left the hours open wants to see others too: a
    plan steps back by half an hour of waiting for each that is shown of its day, and once more for
    each that starts at about its time.
    """
    left = sorted(ranked, key=lambda one: (one.rank, _tie(one.plan)))
    shown: list[Plan] = []
    while left:
        one = min(left, key=lambda each: (each.rank[0] + _stale(each.plan, shown), each.rank))
        yield one.plan
        shown.append(one.plan)
        left = [each for each in left if differ(each.plan, one.plan)]


def _stale(plan: Plan, shown: Iterable[Plan]) -> int:
    """How much of what is shown a plan repeats."""
    same = [abs(plan.arrive - other.arrive) for other in shown if other.day == plan.day]
    return len(same) + sum(apart < _FAR_APART for apart in same)


def _tie(plan: Plan) -> tuple[object, ...]:
    """So that equal ranks always come in the same order."""
    return tuple((stop.start, stop.who, stop.code, stop.rooms, stop.host) for stop in plan.stops)
