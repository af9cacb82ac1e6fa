"""Re-planning: for each thing that goes wrong on the day, the smallest change that mends it."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.visits.planner.difference import Change, StopChange, difference
from bookings.visits.planner.plan import Plan, Subgroup
from bookings.visits.planner.replan import Replan, replan
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.world import World
from bookings.visits.rules import Group
from tests.bookings.visits.planner.brute import least_change
from tests.bookings.visits.planner.faults import SPLIT_REQUEST, with_stop
from tests.bookings.visits.planner.worlds import (
    OFFERS,
    at,
    broken,
    crowded,
    given_plan,
    given_request,
    given_split_plan,
    given_stop,
    given_world,
    ill,
    shut,
    taken,
)

PLAN, REQUEST = given_plan(), given_request()
PROGRAMME, SHOW, LUNCH, GALLERY = PLAN.stops


def _told(outcome: Replan) -> list[tuple[Change, str]]:
    return [
        (change.kind, (change.after or change.before).code)  # type: ignore[union-attr]
        for change in outcome.changed
    ]


def _checked(plan: Plan, request: PlanRequest, world: World, **options: Any) -> Replan:
    """Re-plan, and hold the outcome to what it promises."""
    outcome = replan(plan, request, world, **options)
    if outcome.plan is None:
        assert outcome.stay
        return outcome
    assert blocks(validate(outcome.plan, outcome.request, world, under_way=True)) == ()
    assert outcome.changed == difference(plan, outcome.plan)
    assert set(outcome.kept) == set(plan.stops) & set(outcome.plan.stops)
    return outcome


def test_a_plan_that_holds_stays_as_it_is() -> None:
    outcome = _checked(PLAN, REQUEST, given_world())

    assert (outcome.plan, outcome.changed, outcome.violations_before) == (PLAN, (), ())


def test_host_ill_another_host_takes_over() -> None:
    outcome = _checked(PLAN, REQUEST, ill(given_world(), "h-08"))

    after = replace(PROGRAMME, host="h-09")
    assert outcome.changed == (StopChange(Change.OTHER_HOST, PROGRAMME, after),)
    assert [one.code for one in outcome.violations_before] == ["host_off_shift"]


def test_room_out_of_order_another_room_at_the_same_hour() -> None:
    world = shut(given_world(offers={"S-02.11": OFFERS["S-02.11"]}), "room-a")

    outcome = _checked(PLAN, REQUEST, world)

    after = replace(PROGRAMME, rooms=("room-b", "room-c"))
    assert outcome.changed == (StopChange(Change.OTHER_ROOM, PROGRAMME, after),)


def test_room_and_host_out_both_change_at_the_same_hour() -> None:
    world = ill(shut(given_world(offers={"S-02.11": OFFERS["S-02.11"]}), "room-a"), "h-08")

    outcome = _checked(PLAN, REQUEST, world)

    assert _told(outcome) == [(Change.OTHER_ROOM, "T-07")]
    assert outcome.plan is not None
    assert outcome.plan.stops[0].start == PROGRAMME.start


def test_gallery_out_of_order_another_gallery_at_the_same_hour() -> None:
    outcome = _checked(PLAN, REQUEST, shut(given_world(), "g-smart"))

    assert outcome.changed == (
        StopChange(Change.OTHER_ROOM, GALLERY, replace(GALLERY, code="g-body")),
    )


def test_wanted_gallery_full_is_seen_at_another_hour() -> None:
    world = crowded(given_world(), "g-smart", "12:45", "13:45", free=0)

    outcome = _checked(PLAN, given_request(galleries=("g-smart",)), world)

    assert _told(outcome) == [(Change.MOVED, "g-smart")]


def test_wanted_gallery_out_of_order_is_given_up_and_named() -> None:
    request = given_request(galleries=("g-smart",))

    outcome = _checked(PLAN, request, shut(given_world(), "g-smart"))

    assert [(one.code, one.facts["gallery"]) for one in outcome.given_up] == [
        ("gallery_missing", "g-smart")
    ]
    assert outcome.request == REQUEST


def test_show_cancelled_another_show_meets_the_same_wish() -> None:
    offers = {key: line for key, line in OFFERS.items() if key != "S-02.11"}
    request = given_request(depart=time(15, 30))

    outcome = _checked(PLAN, request, given_world(offers=offers))

    assert outcome.given_up == ()
    assert outcome.plan is not None
    assert [stop.code for stop in outcome.plan.stops if stop.code.startswith("S")] == ["S-02"]


def test_exhibit_out_of_order_other_activity_of_the_subject_stands_in() -> None:
    request = given_request(wishes=(Wish(area="science"),))
    stop = given_stop("T-18", "09:45", "10:45", rooms=("room-a", "room-b"), host="h-11")
    plan = given_plan(stops=(stop, LUNCH))

    outcome = _checked(plan, request, broken(given_world(), "ex-041"))

    assert outcome.given_up == ()
    assert _told(outcome) == [(Change.ADDED, "T-17"), (Change.DROPPED, "T-18")]


def test_late_bus_moves_what_was_missed_and_keeps_the_rest() -> None:
    world = replace(given_world(), now=at("09:40"))

    outcome = _checked(PLAN, given_request(arrive=time(10, 0)), world)

    assert {SHOW, LUNCH} <= set(outcome.kept)
    assert outcome.given_up == ()
    assert outcome.plan is not None
    assert outcome.plan.arrive == at("10:00")


def test_bus_too_late_for_everything_gives_up_the_least() -> None:
    world = replace(given_world(), now=at("09:40"))

    outcome = _checked(PLAN, given_request(arrive=time(12, 15)), world)

    assert [(one.code, one.facts["wish"]) for one in outcome.given_up] == [("wish_missing", 1)]
    assert outcome.request.wishes == (Wish(code="T-07"),)


def test_session_without_its_host_says_so_and_another_show_is_seen() -> None:
    world = given_world()
    offer = world.offers["S-02.11"]
    out = replace(offer, free=0, out=offer.host)

    outcome = _checked(PLAN, REQUEST, replace(world, offers={**world.offers, "S-02.11": out}))

    assert [one.code for one in outcome.violations_before] == ["session_host_absent"]
    assert outcome.given_up == ()


def test_very_late_bus_leaves_lunch_at_noon_and_never_in_the_afternoon() -> None:
    """Every day in which lunch could be had at noon is better than one in which it cannot."""
    for arrive in (time(11, 0), time(12, 0), time(12, 45)):
        world = given_world(now=at("09:40"))
        outcome = _checked(PLAN, given_request(arrive=arrive, depart=time(17, 0)), world)

        assert outcome.plan is not None
        lunch = next(stop for stop in outcome.plan.stops if stop.code == "lunch")
        assert at("11:00") <= lunch.start <= lunch.end <= at("14:00")
        assert "lunch_untimely" not in {one.code for one in outcome.given_up}


def test_lunch_that_can_only_be_late_is_named_as_given_up() -> None:
    world = given_world(now=at("09:40"))

    outcome = _checked(PLAN, given_request(arrive=time(13, 30), depart=time(17, 0)), world)

    assert outcome.plan is not None
    lunch = next(stop for stop in outcome.plan.stops if stop.code == "lunch")
    assert lunch.end <= at("15:00")
    assert "lunch_untimely" in {one.code for one in outcome.given_up}
    assert Need.LUNCH in outcome.request.needs


def test_lunch_in_the_late_afternoon_is_none() -> None:
    world = crowded(given_world(now=at("09:40")), "lunch", "11:00", "15:30", free=0)

    outcome = _checked(PLAN, given_request(arrive=time(11, 0), depart=time(18, 0)), world)

    assert [one.code for one in outcome.given_up] == ["lunch_missing"]


def test_lunch_that_stood_late_before_is_no_news() -> None:
    late = with_stop(given_plan(leave=at("15:00")), 2, start=at("14:00"), end=at("14:30"))
    request = given_request(depart=time(15, 30))

    outcome = _checked(late, request, ill(given_world(), "h-08"))

    assert outcome.given_up == ()


def test_what_the_class_has_had_is_kept() -> None:
    """At noon the rooms of the first stop are shut; only lunch, which is full, has to move."""
    world = crowded(shut(given_world(), "room-a"), "lunch", "12:00", "12:30", free=0)

    outcome = _checked(PLAN, REQUEST, replace(world, now=at("11:50")))

    assert outcome.kept[:2] == (PROGRAMME, SHOW)
    assert outcome.plan is not None
    assert all(stop.start >= at("11:50") for stop in outcome.plan.stops[2:])


def test_fewer_pupils_keep_the_day() -> None:
    outcome = _checked(PLAN, given_request(groups=(Group(5, 20),), adults=2), given_world())

    assert outcome.changed == ()
    assert outcome.plan is not None
    assert outcome.plan.subgroups == (Subgroup(20, 2),)


def test_fewer_pupils_shrink_the_largest_subgroup() -> None:
    request = replace(SPLIT_REQUEST, groups=(Group(5, 20),))

    outcome = _checked(given_split_plan(), request, given_world())

    assert outcome.changed == ()
    assert outcome.plan is not None
    assert outcome.plan.subgroups == (Subgroup(10, 2), Subgroup(10, 1))


def test_more_pupils_get_larger_rooms() -> None:
    small = with_stop(given_plan(subgroups=(Subgroup(16, 2),)), 0, rooms=("room-a",))

    outcome = _checked(small, REQUEST, given_world())

    assert outcome.changed == (
        StopChange(
            Change.OTHER_ROOM, small.stops[0], replace(small.stops[0], rooms=("room-a", "room-b"))
        ),
    )


def test_too_few_pupils_for_an_activity_gives_it_up() -> None:
    outcome = _checked(PLAN, given_request(groups=(Group(5, 7),)), given_world())

    assert [(one.code, one.facts["code"]) for one in outcome.given_up] == [("wish_missing", "T-07")]


def test_a_new_day_is_searched_before_a_promise_is_given_up() -> None:
    request = given_request(groups=(Group(5, 41),), adults=5)
    halves = (Subgroup(21, 3), Subgroup(20, 2))
    rounds = (
        replace(PROGRAMME, who=(0,)),
        replace(PROGRAMME, who=(1,), start=at("12:45"), end=at("13:45"), host="h-07"),
    )
    day = given_plan(
        subgroups=halves, stops=(*rounds, *(replace(s, who=(0, 1)) for s in PLAN.stops[1:3]))
    )
    bad = replace(day, stops=day.stops[1:])

    outcome = _checked(PLAN, request, given_world(), search=lambda *_: (bad, day))

    assert (outcome.plan, outcome.given_up) == (day, ())


def test_a_class_that_has_begun_gets_no_new_day() -> None:
    request = given_request(groups=(Group(5, 41),), adults=5)
    world = replace(given_world(), now=at("09:50"))

    outcome = _checked(PLAN, request, world, search=lambda *_: pytest.fail("searched"))

    assert [one.code for one in outcome.given_up] == ["wish_missing"]


@pytest.mark.parametrize(
    ("request_", "world", "codes"),
    [
        (given_request(adults=2), given_world(), {"too_few_adults"}),
        (REQUEST, crowded(given_world(), "hall", "09:30", "10:00", free=0), {"hall_full"}),
        (REQUEST, given_world(now=at("08:00") + timedelta(days=1)), {"day_is_past"}),
        (REQUEST, given_world(closes="09:00", why_closed="storm", offers={}), {"closed_day"}),
    ],
    ids=["adults", "hall", "past", "closed"],
)
def test_what_no_change_mends_is_said(request_: PlanRequest, world: World, codes: set[str]) -> None:
    outcome = _checked(PLAN, request_, world)

    assert outcome.plan is None
    assert {one.code for one in outcome.stay} == codes


def test_where_nothing_can_be_made_good_the_rest_of_the_day_is_kept() -> None:
    """At 11:00 the show is cancelled, and lunch and every gallery are closed."""
    world = given_world(offers={}, now=at("11:00"))
    for code in ("lunch", *world.galleries):
        world = crowded(world, code, "09:00", "19:00", free=0)

    outcome = _checked(PLAN, REQUEST, world)

    assert outcome.kept == (PROGRAMME,)
    assert [one.code for one in outcome.given_up] == ["wish_missing", "lunch_missing"]


def test_lunch_is_given_up_only_when_nothing_else_helps() -> None:
    outcome = _checked(PLAN, REQUEST, crowded(given_world(), "lunch", "09:00", "19:00", free=0))

    assert [one.code for one in outcome.given_up] == ["lunch_missing"]
    assert Need.LUNCH not in outcome.request.needs
    assert _told(outcome) == [(Change.DROPPED, "lunch")]


def test_difference_of_equal_plans_is_empty() -> None:
    assert difference(PLAN, PLAN) == ()


def test_difference_tells_each_kind_of_change() -> None:
    later = replace(LUNCH, start=at("12:45"), end=at("13:15"))
    other = replace(PROGRAMME, rooms=("room-c", "room-d"))
    gallery = given_stop("g-geo", "13:30", "14:00")
    after = given_plan(stops=(other, later, gallery))

    assert difference(PLAN, after) == (
        StopChange(Change.OTHER_ROOM, PROGRAMME, other),
        StopChange(Change.DROPPED, SHOW, None),
        StopChange(Change.DROPPED, GALLERY, None),
        StopChange(Change.MOVED, LUNCH, later),
        StopChange(Change.ADDED, None, gallery),
    )


# A small day for the control that tries everything: three hours and a bit, few rooms and people.
SMALL_REQUEST = given_request(
    groups=(Group(5, 15),),
    adults=2,
    wishes=(Wish(code="T-07"),),
    galleries=("g-body",),
    arrive=time(9, 0),
    depart=None,
)
SMALL_PLAN = given_plan(
    arrive=at("09:00"),
    leave=at("12:00"),
    subgroups=(Subgroup(15, 2),),
    stops=(
        given_stop("T-07", "09:15", "10:15", rooms=("room-a",), host="h-08"),
        given_stop("lunch", "10:30", "11:00"),
        given_stop("g-body", "11:15", "11:45"),
    ),
)
_BUSY = st.tuples(
    st.sampled_from(["room-a", "room-b", "h-07", "h-08", "lunch", "g-body"]),
    st.integers(0, 11),
    st.integers(1, 4),
)


@settings(max_examples=25)
@given(busy=st.lists(_BUSY, max_size=4), late_min=st.sampled_from([0, 0, 5, 15, 30, 60]))
def test_the_change_is_the_smallest_there_is(
    busy: list[tuple[str, int, int]], late_min: int
) -> None:
    world = _small_world(busy)
    request = replace(SMALL_REQUEST, arrive=time(9 + late_min // 60, late_min % 60))

    outcome = _checked(SMALL_PLAN, request, world)
    least = least_change(SMALL_PLAN, request, world)

    if least is None:
        assert outcome.plan is None or outcome.given_up
    else:
        assert outcome.plan is not None
        assert _size(outcome) == least


def _small_world(busy: list[tuple[str, int, int]]) -> World:
    world = given_world(opens="09:00", closes="12:15", offers={})
    world = replace(
        world,
        rooms={code: world.rooms[code] for code in ("room-a", "room-b")},
        hosts={code: world.hosts[code] for code in ("h-07", "h-08")},
        galleries={"g-body": world.galleries["g-body"]},
    )
    for code, first, length in busy:
        start, end = _wall(first), _wall(first + length)
        if code in world.pools:
            world = crowded(world, code, start, end, free=16)
        else:
            world = taken(world, code, start, end)
    return world


def _wall(cell: int) -> str:
    return f"{9 + cell // 4:02}:{cell % 4 * 15:02}"


def _size(outcome: Replan) -> tuple[int, int]:
    """How many stops changed, and by how many minutes together."""
    shifts = [
        abs(change.after.start - change.before.start) // timedelta(minutes=1)
        for change in outcome.changed
        if change.before is not None and change.after is not None
    ]
    return len(outcome.changed), sum(shifts)


_TROUBLES = st.lists(
    st.one_of(
        st.tuples(st.just("ill"), st.sampled_from(["h-04", "h-08", "h-02"])),
        st.tuples(st.just("shut"), st.sampled_from(["room-a", "laboratory", "g-smart", "g-geo"])),
        st.tuples(st.just("late"), st.sampled_from(["10:00", "10:45", "11:30", "12:30"])),
        st.tuples(st.just("pupils"), st.sampled_from(["5", "14", "26", "33", "48", "90"])),
        st.tuples(st.just("broken"), st.sampled_from(["ex-041"])),
        st.tuples(st.just("noon"), st.just("")),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda trouble: trouble[0],
)


@settings(max_examples=60)
@given(is_split=st.booleans(), troubles=_TROUBLES)
def test_whatever_happens_the_outcome_passes_the_judge_or_says_why_not(
    is_split: bool, troubles: list[tuple[str, str]]
) -> None:
    plan = given_split_plan() if is_split else PLAN
    request, world = (SPLIT_REQUEST if is_split else REQUEST), given_world()
    for kind, what in troubles:
        request, world = _after(kind, what, request, world)

    outcome = _checked(plan, request, world)

    if outcome.plan is not None:
        had = [stop for stop in plan.stops if stop.end <= world.now]
        is_there = request.arrive is None or at(f"{request.arrive:%H:%M}") <= at("09:30")
        assert not is_there or set(had) <= set(outcome.kept)


def _after(kind: str, what: str, request: PlanRequest, world: World) -> tuple[PlanRequest, World]:
    if kind == "ill":
        return request, ill(world, what)
    if kind == "shut":
        return request, shut(world, what)
    if kind == "broken":
        return request, broken(world, what)
    if kind == "noon":
        return request, replace(world, now=at("11:50"))
    if kind == "late":
        return replace(request, arrive=time.fromisoformat(what)), world
    pupils = int(what)
    return replace(request, groups=(Group(5, pupils),), adults=max(2, -(-pupils // 10))), world
