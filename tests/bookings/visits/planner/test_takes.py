"""What a plan takes: every resource once, whole cells, and no more than the judge allows."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.resources.rules import Take, demand
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.takes import takes_of
from bookings.visits.planner.world import World
from tests.bookings.visits.planner.faults import SPLIT_REQUEST, Trial
from tests.bookings.visits.planner.worlds import (
    at,
    crowded,
    given_plan,
    given_split_plan,
    given_stop,
    given_world,
    taken,
)
from vizium.kernel.clock import CELL

SETUPS = {code: room.setup for code, room in given_world().rooms.items()}


def _takes(plan: Plan, *, has_coach: bool = True) -> list[Take]:
    return list(takes_of(plan, setups=SETUPS, alone={"g-small"}, has_coach=has_coach))


def test_an_undivided_day_takes_rooms_host_seats_pools_hall_and_a_coach_bay() -> None:
    assert _takes(given_plan()) == [
        Take("room-a", at("09:30"), at("10:45"), 1),
        Take("room-b", at("09:30"), at("10:45"), 1),
        Take("h-08", at("09:45"), at("10:45"), 1),
        Take("session:S-02.11", at("11:15"), at("11:45"), 27),
        Take("lunch", at("12:00"), at("12:30"), 30),
        Take("g-smart", at("12:45"), at("13:45"), 30),
        Take("hall", at("09:30"), at("14:00"), 30),
        Take("coach-bays", at("09:30"), at("14:00"), 1),
    ]


def test_a_class_on_foot_takes_no_coach_bay() -> None:
    takes = _takes(given_plan(), has_coach=False)

    assert [take for take in takes if take.resource == "coach-bays"] == []


def test_subgroups_take_for_themselves_alone() -> None:
    takes = Counter[tuple[str, datetime]]()
    for take in _takes(given_split_plan()):
        takes[take.resource, take.start] += take.amount

    assert takes["g-smart", at("09:45")] == 14
    assert takes["g-smart", at("11:00")] == 16
    assert takes["laboratory", at("09:30")] == takes["laboratory", at("10:45")] == 1
    assert takes["session:S-01.13", at("13:15")] == 27


def test_machines_are_taken_with_the_room() -> None:
    machines = ("m-solder-1", "m-solder-2")
    stop = given_stop("W-01", "10:00", "11:00", rooms=("workshop-1",), machines=machines)

    takes = _takes(given_plan(stops=(stop,)), has_coach=False)

    assert [take.resource for take in takes] == ["workshop-1", *machines, "hall"]


def test_setup_and_arrival_are_rounded_to_whole_cells() -> None:
    plan = given_plan(arrive=at("09:20"))

    takes = takes_of(plan, setups={"room-a": timedelta(minutes=20)}, alone=())

    starts = {take.resource: take.start for take in takes}
    assert (starts["room-a"], starts["room-b"]) == (at("09:15"), at("09:45"))
    assert starts["hall"] == starts["coach-bays"] == at("09:15")


def test_a_gallery_of_one_group_is_taken_once_a_cell() -> None:
    stops = (
        given_stop("g-small", "10:00", "10:40", who=(0,)),
        given_stop("g-small", "10:15", "11:00", who=(1,)),
        given_stop("g-small", "11:00", "11:30", who=(0,)),
        given_stop("g-small", "12:00", "12:40", who=(1,)),
    )

    takes = _takes(given_split_plan(stops=stops))

    assert [take for take in takes if take.resource == "alone:g-small"] == [
        Take("alone:g-small", at("10:00"), at("11:30"), 1),
        Take("alone:g-small", at("12:00"), at("12:45"), 1),
    ]


_CROWDS = st.tuples(
    st.sampled_from(["g-smart", "lunch", "hall", "coach-bays"]),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from([0, 1, 13, 14, 15, 16, 29, 30]),
)
_OTHERS = st.tuples(
    st.sampled_from(["laboratory", "h-04", "room-a"]), st.integers(0, 20), st.integers(1, 4)
)


@settings(max_examples=150)
@given(crowds=st.lists(_CROWDS, max_size=3), others=st.lists(_OTHERS, max_size=2))
def test_the_judge_lets_pass_exactly_what_the_cells_can_hold(
    crowds: list[tuple[str, int, int, int]], others: list[tuple[str, int, int]]
) -> None:
    world = given_world()
    for pool, first, length, free in crowds:
        world = crowded(world, pool, _wall(first), _wall(first + length), free=free)
    for code, first, length in others:
        world = taken(world, code, _wall(first), _wall(first + length))
    plan = given_split_plan()

    said = Trial(plan, SPLIT_REQUEST, world).judge()

    assert (said == ()) == _holds(world, plan)


def _wall(cell: int) -> str:
    return f"{9 + cell // 4:02}:{cell % 4 * 15:02}"


def _holds(world: World, plan: Plan) -> bool:
    """Whether the cells of the day have what the takes of a plan come to."""
    return all(
        _free(world, resource, world.cell(start)) >= amount
        for (resource, start), amount in demand(_takes(plan))
    )


def _free(world: World, resource: str, cell: int) -> int:
    if resource in world.pools:
        return world.pools[resource].free[cell]
    if resource.startswith("session:"):
        return world.offers[resource.removeprefix("session:")].free
    facts = world.rooms.get(resource) or world.hosts[resource]
    return facts.free >> cell & 1


def test_takes_are_on_the_grid_of_the_database() -> None:
    plan = replace(given_plan(), arrive=at("09:37"), leave=at("13:52"))

    cells = [start for (_, start), _ in demand(_takes(plan))]

    assert all(start.timestamp() % CELL.total_seconds() == 0 for start in cells)
