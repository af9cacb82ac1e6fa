"""Booking as it is done by hand: each wish, in the order asked, at the earliest free fixed slot.

The rhythm of the house is a slot every 75 minutes from 09:00 beside the published timetable. Lunch
comes as soon as it is past eleven, wanted galleries come last, the wanted dates are tried in turn.
Rooms, hosts, places and the judge are the planner's; what is missing is the search: no wish is
tried at a later slot, in another order or beside another, and nothing is taken back.

Two who book so: the plain one looks at the slot's rooms, host and places and takes the class as it
is, as a booking form does; whether hall and forecourt hold it, the judge says in the end. The
careful one passes over slots at which hall or forecourt are full, and divides a class over the
seats into even parts that take successive slots.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bookings.visits.planner.candidates import Candidates
from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup, order_of
from bookings.visits.planner.request import Need, PlanRequest
from bookings.visits.planner.schedule import Scheduler, Steps, Window
from bookings.visits.planner.search import is_valid
from bookings.visits.planner.situation import Draft, Placed
from bookings.visits.planner.ways import CELL_MIN, MINUTE, Task, divide, room_for
from bookings.visits.planner.world import COACH_BAYS, HALL, World
from vizium.kernel.clock import from_wall

_SLOTS = range(0, 450, 75)
_LUNCH_FROM_MIN = 120


def book_by_hand(request: PlanRequest, world: World, *, is_careful: bool) -> Plan | None:
    """The one day that this way of booking finds, if the judge lets it pass."""
    candidates = Candidates(request, world)
    seats = candidates.pupils_most()
    count = -(-request.pupils // seats) if seats else 0
    most = min(request.adults, world.policy.subgroups_most) if is_careful else 1
    if not 1 <= count <= most:
        return None
    subgroups = divide(request.pupils, request.adults, count)
    tasks = candidates.tasks(subgroups)
    open_cells = _open_cells(request, world) if is_careful else -1
    placed = _placed(request, world, subgroups, _at_slots(tasks, open_cells)) if tasks else None
    if not placed:
        return None
    plan = _plan(request, world, subgroups, placed)
    return plan if is_valid(plan, request, world) else None


def _placed(
    request: PlanRequest, world: World, subgroups: tuple[Subgroup, ...], tasks: tuple[Task, ...]
) -> Draft | None:
    early = world.policy.arrive_early // MINUTE
    ready = 0
    if request.arrive is not None:
        ready = max(0, _minute(world, request) + early)
    bus = from_wall(world.day, request.depart) if request.depart else world.end
    last = (bus - world.start) // MINUTE
    wishes, lunch = _in_turn(request, tasks)
    found: list[Placed] = []
    while wishes or lunch:
        is_lunch = lunch is not None and (ready >= _LUNCH_FROM_MIN or not wishes)
        task = lunch if lunch is not None and is_lunch else wishes.pop(0)
        lunch = None if is_lunch else lunch
        drafts = Scheduler(world, (task,), subgroups).drafts(
            Window(ready, last), Steps(20 * len(subgroups)), 1
        )
        if not drafts:
            return None
        found += drafts[0]
        # To the next place on the grid, walk included.
        ready = max(one.end for one in drafts[0]) + CELL_MIN
    return tuple(found)


def _minute(world: World, request: PlanRequest) -> int:
    assert request.arrive is not None
    return (from_wall(world.day, request.arrive) - world.start) // MINUTE


def _in_turn(request: PlanRequest, tasks: tuple[Task, ...]) -> tuple[list[Task], Task | None]:
    """Wishes and galleries in the order asked, and lunch, which stands last among the tasks."""
    if Need.LUNCH in request.needs:
        return list(tasks[:-1]), tasks[-1]
    return list(tasks), None


def _open_cells(request: PlanRequest, world: World) -> int:
    """The cells in which hall and forecourt have room for the class."""
    people = request.pupils + request.adults
    return room_for(world, HALL, people) & room_for(world, COACH_BAYS, 1)


def _at_slots(tasks: tuple[Task, ...], open_cells: int) -> tuple[Task, ...]:
    """The same tasks at the fixed slots and in published sessions only."""
    slots = sum(1 << minute // CELL_MIN for minute in _SLOTS)
    found = []
    for task in tasks:
        ways = []
        for way in task.ways:
            fixed = -1 if way.pool else slots | sum(1 << cell for cell in way.sessions)
            ways.append(replace(way, starts=way.starts & fixed & open_cells))
        found.append(Task(tuple(ways)))
    return tuple(found)


def _plan(
    request: PlanRequest, world: World, subgroups: tuple[Subgroup, ...], placed: Draft
) -> Plan:
    stops = tuple(sorted(_stops(world, placed), key=order_of))
    arrive = min(stop.start for stop in stops) - world.policy.arrive_early
    if request.arrive is not None:
        arrive = world.start + timedelta(minutes=_minute(world, request))
    leave = max(stop.end for stop in stops)
    return Plan(day=world.day, arrive=arrive, leave=leave, subgroups=subgroups, stops=stops)


def _stops(world: World, placed: Draft) -> Iterator[Stop]:
    for one in placed:
        is_made = one.way.kind not in {StopKind.GALLERY, StopKind.LUNCH} and one.session is None
        yield Stop(
            kind=one.way.kind,
            code=one.way.code,
            start=world.start + one.start * MINUTE,
            end=world.start + one.end * MINUTE,
            who=one.who,
            session=one.session,
            rooms=one.rooms,
            host=one.host,
            machines=one.way.machines if is_made else (),
        )
