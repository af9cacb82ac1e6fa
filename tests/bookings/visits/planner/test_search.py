"""The planner finds the day that a good coordinator would: one small world for each difficulty."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bookings.visits.planner.idle import waiting_of
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.rank import differ
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.search import plan_days
from bookings.visits.planner.validate import validate
from bookings.visits.planner.world import World
from bookings.visits.rules import Group
from tests.bookings.visits.planner.worlds import (
    DAY,
    NOW,
    at,
    broken,
    crowded,
    given_request,
    given_world,
    ill,
    shut,
    taken,
)
from vizium.kernel.clock import CELL, to_riga

NO_OFFERS: dict[str, tuple[str, str, str, int]] = {}


def _plans(world: World, **changes: object) -> tuple[Plan, ...]:
    request = given_request(**changes)
    plans = plan_days(request, {world.day: world})
    for plan in plans:
        assert not [one for one in validate(plan, request, world) if one.level == "block"]
    return plans


def _best(world: World, **changes: object) -> Plan:
    plans = _plans(world, **changes)
    assert plans
    return plans[0]


def _stops(plans: Plan | Sequence[Plan], code: str) -> list[Stop]:
    every = [plans] if isinstance(plans, Plan) else plans
    return [stop for plan in every for stop in plan.stops if stop.code == code]


def test_plan_days_offers_three_days_that_differ() -> None:
    plans = _plans(given_world())

    assert len(plans) == 3
    assert all(differ(one, other) for one in plans for other in plans if one is not other)


def test_plan_days_is_the_same_each_time() -> None:
    assert _plans(given_world()) == _plans(given_world())


def test_plan_days_keeps_a_class_together_where_the_seats_allow() -> None:
    plan = _best(given_world(), wishes=(Wish(code="T-07"),), groups=(Group(5, 38),), adults=4)

    assert len(plan.subgroups) == 1


@pytest.mark.parametrize(
    ("pupils", "sizes"), [(24, [24]), (25, [13, 12]), (48, [24, 24]), (50, [17, 17, 16])]
)
def test_plan_days_divides_a_class_evenly_into_as_few_as_fit(pupils: int, sizes: list[int]) -> None:
    hours = {"arrive": None, "depart": None}

    plan = _best(
        given_world(), wishes=(Wish(code="T-03"),), groups=(Group(5, pupils),), adults=8, **hours
    )

    assert [subgroup.pupils for subgroup in plan.subgroups] == sizes


def test_plan_days_rotates_subgroups_through_two_wishes() -> None:
    wishes = (Wish(code="W-01"), Wish(code="T-03"))

    plan = _best(given_world(), wishes=wishes, groups=(Group(5, 46),), adults=5, needs=frozenset())

    workshop, laboratory = _stops(plan, "W-01"), _stops(plan, "T-03")
    assert [stop.who for stop in (*workshop, *laboratory)] in (
        [(0,), (1,), (1,), (0,)],
        [(1,), (0,), (0,), (1,)],
    )
    assert [stop.start for stop in workshop] == [stop.start for stop in laboratory]


def test_plan_days_runs_subgroups_side_by_side_with_two_hosts() -> None:
    wishes = (Wish(code="T-07"),)
    free: dict[str, Any] = {"arrive": None, "depart": None, "needs": frozenset()}

    plans = _plans(given_world(), wishes=wishes, groups=(Group(6, 70),), adults=7, **free)

    together = [_stops(plan, "T-07") for plan in plans]
    assert any(
        one.start == other.start and one.host != other.host and not {*one.rooms} & {*other.rooms}
        for one, other in together
    )


def test_plan_days_takes_the_whole_divided_class_to_one_show() -> None:
    wishes = (Wish(code="T-03"), Wish(code="S-02"))

    plan = _best(given_world(), wishes=wishes, arrive=None, depart=None)

    assert len(plan.subgroups) == 2
    assert [stop.who for stop in _stops(plan, "S-02")] == [(0, 1)]


def test_plan_days_takes_no_more_seats_of_a_shared_show_than_are_free() -> None:
    offers = {"S-02.11": ("11:15", "show-hall", "h-02", 26)}

    assert _plans(given_world(offers=offers), wishes=(Wish(code="S-02"),)) == ()
    assert _plans(
        given_world(offers={"S-02.11": ("11:15", "show-hall", "h-02", 27)}),
        wishes=(Wish(code="S-02"),),
    )


def test_plan_days_makes_no_session_of_what_is_only_published() -> None:
    assert _plans(given_world(offers=NO_OFFERS), wishes=(Wish(code="S-01"),)) == ()


def test_plan_days_has_lunch_where_there_are_places() -> None:
    crowd = crowded(given_world(), "lunch", "11:00", "13:00", free=6)

    early, late = _stops(_plans(given_world()), "lunch"), _stops(_plans(crowd), "lunch")

    assert early
    assert all(at("11:00") <= stop.start <= stop.end <= at("14:00") for stop in early)
    assert late
    assert all(at("13:00") <= stop.start <= stop.end <= at("14:00") for stop in late)


def test_plan_days_has_lunch_in_turns_where_all_do_not_fit() -> None:
    world = crowded(given_world(), "lunch", "09:00", "19:00", free=16)

    plan = _best(world, wishes=(Wish(code="T-03"), Wish(kind="show")), arrive=None, depart=None)

    assert sorted(who for stop in _stops(plan, "lunch") for who in stop.who) == [0, 1]


def test_plan_days_without_lunch_places_finds_nothing() -> None:
    assert _plans(crowded(given_world(), "lunch", "09:00", "19:00", free=7)) == ()


def test_plan_days_keeps_out_of_a_gallery_that_another_group_has_alone() -> None:
    world = taken(given_world(), "g-small", "09:00", "12:00")

    stops = _stops(_plans(world, wishes=(Wish(code="T-07"),), galleries=("g-small",)), "g-small")

    assert stops
    assert all(stop.start >= at("12:00") for stop in stops)


@pytest.mark.parametrize("room", ["room-b", "room-c"])
def test_plan_days_joins_only_neighbouring_rooms(room: str) -> None:
    world = shut(given_world(), room)

    rooms = {stop.rooms for stop in _stops(_plans(world, wishes=(Wish(code="T-17"),)), "T-17")}

    assert rooms == {("room-c", "room-d") if room == "room-b" else ("room-a", "room-b")}


def test_plan_days_with_every_other_room_taken_divides_the_class() -> None:
    world = shut(shut(given_world(offers=NO_OFFERS), "room-b"), "room-d")

    plan = _best(world, wishes=(Wish(code="T-17"),))

    assert len(plan.subgroups) == 2
    assert {len(stop.rooms) for stop in _stops(plan, "T-17")} == {1}


def test_plan_days_takes_a_host_who_speaks_the_language() -> None:
    russian = [
        replace(activity, languages=frozenset({"lv", "ru"}))
        for activity in given_world().activities.values()
    ]
    world = given_world(activities=russian, offers=NO_OFFERS)

    plans = _plans(world, wishes=(Wish(code="T-07"),), language="ru")

    assert {stop.host for stop in _stops(plans, "T-07")} == {"h-09"}
    assert _plans(ill(world, "h-09"), wishes=(Wish(code="T-07"),), language="ru") == ()


def test_plan_days_takes_no_host_beyond_the_minutes_of_the_day() -> None:
    world = ill(given_world(offers=NO_OFFERS), "h-08")
    tired = replace(world.hosts["h-07"], minutes_left=59)
    world = ill(replace(world, hosts={**world.hosts, "h-07": tired}), "h-09")

    assert _plans(world, wishes=(Wish(code="T-07"),)) == ()


def test_plan_days_leaves_time_to_set_a_room_up() -> None:
    world = taken(given_world(offers=NO_OFFERS), "laboratory", "09:00", "10:00")

    free: dict[str, Any] = {"arrive": None, "depart": None, "needs": frozenset()}
    plans = _plans(world, wishes=(Wish(code="T-03"),), groups=(Group(5, 20),), **free)

    assert min(stop.start for stop in _stops(plans, "T-03")) == at("10:15")


def test_plan_days_shares_machines_between_no_two_stops() -> None:
    stops = _stops(
        _best(
            given_world(),
            wishes=(Wish(code="W-01"),),
            groups=(Group(6, 40),),
            adults=4,
            arrive=None,
            depart=None,
        ),
        "W-01",
    )

    assert [stop.machines for stop in stops] == [("m-solder-1", "m-solder-2")] * 2
    assert stops[0].end <= stops[1].start


def test_plan_days_leaves_time_to_walk() -> None:
    far = dict.fromkeys(given_world().walks, timedelta(minutes=40))
    policy = replace(given_world().policy, walk=timedelta(minutes=40))
    world = given_world(walks=far, policy=policy)

    for plan in _plans(world):
        stops = list(plan.stops_of(0))
        gaps = [later.start - one.end for one, later in pairwise(stops)]
        assert all(gap >= timedelta(minutes=40) for gap in gaps)


def test_plan_days_is_back_at_the_bus_in_time() -> None:
    slack = given_world().policy.bus_slack

    assert all(plan.leave + slack <= at("14:30") for plan in _plans(given_world()))


def test_plan_days_runs_for_the_bus_only_where_nothing_else_fits() -> None:
    request = {"arrive": time(10, 45), "depart": time(11, 45), "needs": frozenset()}

    plan = _best(given_world(), wishes=(Wish(code="S-02"),), **request)

    assert plan.leave == at("11:45")


def test_plan_days_waits_for_a_late_bus() -> None:
    plans = _plans(given_world(), arrive=time(10, 40), depart=None)

    assert all(plan.arrive == at("10:40") for plan in plans)
    assert all(stop.start >= at("11:00") for plan in plans for stop in plan.stops)


@pytest.mark.parametrize(
    ("need", "avoided"),
    [(Need.STEP_FREE, {"workshop-2", "g-sim"}), (Need.QUIET, {"workshop-1", "show-hall", "g-sim"})],
)
def test_plan_days_respects_needs(need: Need, avoided: set[str]) -> None:
    plans = _plans(given_world(), wishes=(Wish(code="W-03"),), needs=frozenset({need}))

    visited = {place for plan in plans for stop in plan.stops for place in (*stop.rooms, stop.code)}
    assert plans
    assert not visited & avoided


def test_plan_days_without_a_quiet_show_finds_none() -> None:
    assert _plans(given_world(), wishes=(Wish(kind="show"),), needs=frozenset({Need.QUIET})) == ()


def test_plan_days_passes_over_a_programme_whose_exhibit_is_broken() -> None:
    wishes = (Wish(code="T-18"),)

    assert _plans(given_world(), wishes=wishes)
    assert _plans(broken(given_world(), "ex-041"), wishes=wishes) == ()


def test_plan_days_fills_waiting_with_the_galleries_of_the_programme() -> None:
    wishes = (Wish(code="T-18"), Wish(code="S-02"))

    plan = _best(given_world(), wishes=wishes, arrive=None, depart=None)

    assert _stops(plan, "g-body")
    assert waiting_of(plan, given_world()) <= 30


def test_plan_days_shows_every_subgroup_the_wanted_galleries() -> None:
    plans = _plans(
        given_world(), wishes=(Wish(code="T-03"),), galleries=("g-geo",), arrive=None, depart=None
    )

    assert plans
    for plan in plans:
        seen = {index for stop in _stops(plan, "g-geo") for index in stop.who}
        assert seen == set(range(len(plan.subgroups)))


def test_plan_days_of_a_class_without_wishes_goes_through_galleries() -> None:
    plan = _best(given_world(), wishes=(), needs=frozenset(), arrive=None, depart=None)

    assert {stop.kind for stop in plan.stops} == {StopKind.GALLERY}
    assert len(plan.stops) >= 2


@pytest.mark.parametrize("pool", ["hall", "coach-bays"])
def test_plan_days_comes_when_the_house_has_room(pool: str) -> None:
    world = crowded(given_world(), pool, "09:00", "12:00", free=0)

    plans = _plans(world, arrive=None, depart=None, needs=frozenset())

    assert plans
    assert all(plan.arrive >= at("12:00") for plan in plans)


def test_plan_days_ranks_over_several_dates() -> None:
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    worlds = {day: given_world(day) for day in days}
    worlds[days[0]] = shut(worlds[days[0]], "show-hall")
    worlds[days[0]] = replace(worlds[days[0]], offers={})

    plans = plan_days(given_request(dates=tuple(days)), worlds)

    assert [plan.day in days[1:] for plan in plans] == [True] * 3
    assert len({plan.day for plan in plans}) == 2


@pytest.mark.parametrize(
    "world",
    [
        given_world(why_closed="holiday"),
        given_world(now=at("19:00")),
        replace(given_world(), cells=0),
    ],
    ids=["closed", "past", "no hours"],
)
def test_plan_days_on_a_day_that_cannot_be_visited_finds_nothing(world: World) -> None:
    assert _plans(world) == ()


def test_plan_days_without_a_world_for_the_date_finds_nothing() -> None:
    assert plan_days(given_request(dates=(DAY + timedelta(days=9),)), {DAY: given_world()}) == ()


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29)])
def test_plan_days_keeps_wall_times_when_the_clocks_change(day: date) -> None:
    world = given_world(day, now=NOW)

    plans = _plans(world, dates=(day,))

    assert len(plans) == 3
    for plan in plans:
        assert f"{to_riga(plan.arrive):%H:%M}" == "09:30"
        assert all((stop.start - world.start) % CELL == timedelta() for stop in plan.stops)
        assert plan.leave <= at("14:20", day)


def test_plan_days_of_joint_schools_takes_every_grade() -> None:
    joint = {"schools": ("3213900123", "4113900124"), "groups": (Group(4, 14), Group(9, 14))}

    plan = _best(given_world(), wishes=(Wish(subject="geography"),), **joint)

    assert {stop.code for stop in plan.stops if stop.is_activity} == {"T-17"}


def test_plan_days_with_too_few_adults_finds_nothing() -> None:
    assert _plans(given_world(), adults=2) == ()


def test_plan_days_of_everything_at_once_ends() -> None:
    worlds = {day: given_world(day) for day in (DAY + timedelta(days=n) for n in range(14))}
    request = PlanRequest(
        schools=("3213900123",),
        dates=tuple(worlds),
        groups=(Group(6, 500),),
        adults=60,
        language="lv",
        wishes=(Wish(),) * 6,
    )

    assert plan_days(request, worlds) == ()
