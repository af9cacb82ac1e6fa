"""The control for re-planning: every way to place every stop, judged one by one.

It shares nothing with the repair but the judge, and is only for days of three stops and few rooms.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise, product

from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.world import World
from vizium.kernel.clock import CELL, from_wall

_MINUTE = timedelta(minutes=1)
_MISSING = {"wish_missing", "gallery_missing", "lunch_missing"}


def least_change(plan: Plan, request: PlanRequest, world: World) -> tuple[int, int] | None:
    """How few stops must change, and by how few minutes together; None if nothing fits.

    A lunch that moves, moves to noon.
    """
    assert request.arrive is not None
    plan = replace(plan, arrive=max(plan.arrive, from_wall(plan.day, request.arrive)))
    for count in range(len(plan.stops) + 1):
        shifts = [
            shift
            for chosen in combinations(range(len(plan.stops)), count)
            for shift in _shifts(plan, request, world, chosen)
        ]
        if shifts:
            return count, min(shifts)
    return None


def _shifts(
    plan: Plan, request: PlanRequest, world: World, chosen: tuple[int, ...]
) -> Iterator[int]:
    """The minutes of every day that fits when just these stops are placed anew."""
    choices = [
        [
            one
            for one in (_anywhere(stop, world) if index in chosen else [stop])
            if (one != stop) == (index in chosen)
            and _holds_alone(plan, request, world, one)
            and (one == stop or _is_timely(one, world))
        ]
        for index, stop in enumerate(plan.stops)
    ]
    for stops in product(*choices):
        in_order = sorted(stops, key=lambda stop: stop.start)
        if any(before.end > after.start for before, after in pairwise(in_order)):
            continue
        leave = max(plan.leave, *(stop.end for stop in stops))
        day = replace(plan, stops=stops, leave=leave)
        if not blocks(validate(day, request, world, under_way=True)):
            yield sum(
                abs(one.start - other.start) // _MINUTE
                for one, other in zip(plan.stops, stops, strict=True)
            )


def _holds_alone(plan: Plan, request: PlanRequest, world: World, stop: Stop) -> bool:
    """Whether a stop is without fault in an otherwise empty day; most are not, and save time."""
    day = replace(plan, stops=(stop,), leave=max(plan.leave, stop.end))
    faults = blocks(validate(day, request, world, under_way=True))
    return all(fault.code in _MISSING for fault in faults)


def _is_timely(stop: Stop, world: World) -> bool:
    earliest = from_wall(world.day, world.policy.lunch_from)
    latest = from_wall(world.day, world.policy.lunch_until)
    return stop.kind is not StopKind.LUNCH or earliest <= stop.start <= stop.end <= latest


def _anywhere(stop: Stop, world: World) -> Iterator[Stop]:
    length = stop.end - stop.start
    for cell in range(world.cells):
        start = world.start + cell * CELL
        moved = replace(stop, start=start, end=start + length)
        if not stop.is_activity:
            yield moved
            continue
        for host in world.hosts:
            for rooms in ((room,) for room in world.rooms):
                yield replace(moved, host=host, rooms=rooms)
            yield replace(moved, host=host, rooms=tuple(world.rooms))
