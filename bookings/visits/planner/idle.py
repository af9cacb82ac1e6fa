"""Time in the house in which a class does nothing, or nothing of what it came for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.ways import MINUTE
from bookings.visits.planner.world import World


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


def idle_of(plan: Plan, request: PlanRequest, world: World) -> timedelta:
    """How long nobody of the class does what it asked for.

    Galleries that nobody asked for are no part of it, however good; who asked for nothing came for
    all of them. While a part of a divided class waits for its turn, the other takes it. A walk and
    a short pause between two wishes are no idleness.
    """
    policy = world.policy
    until, apart = plan.arrive + policy.arrive_early, timedelta()
    idle = timedelta()
    for stop in (stop for stop in plan.stops if is_asked_for(stop, request)):
        idle += max(timedelta(), stop.start - until - apart)
        until, apart = max(until, stop.end), policy.walk + policy.pause
    return idle + max(timedelta(), plan.leave - until)


def is_asked_for(stop: Stop, request: PlanRequest) -> bool:
    """Whether the class came for this stop."""
    asks = bool(request.wishes or request.galleries)
    return stop.kind is not StopKind.GALLERY or stop.code in request.galleries or not asks
