"""The judge of plans: a good plan passes, and each planted fault is named by exactly its code."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.visits.planner.judge.wishes import meets, unmet
from bookings.visits.planner.plan import Subgroup
from bookings.visits.planner.request import Wish
from bookings.visits.planner.validate import CODES, LEVELS, Level, blocks, validate
from bookings.visits.planner.world import ActivityFact
from tests.bookings.visits.planner.faults import (
    FAULTS,
    GALLERY,
    PROGRAMME,
    SHOW,
    SPLIT_REQUEST,
    Trial,
    half_at_the_show,
    in_world,
    running_for_the_bus,
    trial_of,
    with_stop,
)
from tests.bookings.visits.planner.worlds import (
    ACTIVITIES,
    at,
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


@pytest.mark.parametrize(
    ("code", "trial"),
    [pytest.param(code, trial(), id=f"{code}: {why}") for code, why, trial in FAULTS],
)
def test_fault_is_named_by_its_code_alone(code: str, trial: Trial) -> None:
    said = set(trial.codes())

    assert said == {code}


def test_every_code_is_planted_once_at_least() -> None:
    assert {code for code, _, _ in FAULTS} == set(CODES)


def test_good_plans_have_no_fault_and_no_warning() -> None:
    assert trial_of().codes() == []
    assert Trial(given_split_plan(), SPLIT_REQUEST, given_world()).codes() == []


def test_warnings_do_not_block() -> None:
    warning = running_for_the_bus().judge()

    assert [(one.code, one.level) for one in warning] == [("bus_slack_short", Level.WARN)]
    assert blocks(warning) == ()
    assert {code for code, level in LEVELS.items() if level is Level.WARN} == {
        "lead_time_short",
        "too_long_day",
        "bus_slack_short",
        "no_pause",
        "lunch_untimely",
    }


def test_everything_wrong_is_said_in_the_order_of_the_ladder() -> None:
    world = ill(shut(crowded(given_world(), "hall", "09:00", "19:00", free=0), "room-a"), "h-08")
    request = given_request(galleries=("g-geo",), depart=time(13, 30))

    said = trial_of(request=request, world=world).codes()

    assert said == [
        "leaves_too_late",
        "leaves_too_late",
        "gallery_missing",
        "room_taken",
        "host_off_shift",
        "hall_full",
    ]


def test_facts_let_a_page_explain_and_mend() -> None:
    trial = in_world(crowded(given_world(), "g-smart", "13:30", "13:45", free=29))

    (fault,) = trial.judge()

    assert (fault.stop, fault.facts) == (
        GALLERY,
        {
            "resource": "g-smart",
            "free": 29,
            "wanted": 30,
            "start": at("12:45"),
            "end": at("13:45"),
        },
    )


def test_who_is_left_out_is_said() -> None:
    (fault,) = half_at_the_show().judge()

    assert fault.facts == {"wish": 1, "kind": "show", "subgroups": (1,)}


def test_subgroups_in_one_gallery_at_once_add_up() -> None:
    plan = given_split_plan()
    together = replace(plan.stops[2], start=at("09:45"), end=at("10:40"), who=(0,))
    stops = (plan.stops[1], together, *plan.stops[3:])
    world = crowded(given_world(), "g-smart", "09:45", "10:00", free=29)
    request = given_request(wishes=(Wish(kind="show"),))

    said = validate(replace(plan, stops=stops), request, world)

    assert [(one.code, one.facts["wanted"]) for one in said] == [("gallery_full", 30)] * 2


def test_a_gallery_of_one_group_holds_two_parts_of_the_same_class() -> None:
    stop = given_stop("g-small", "09:45", "10:30", who=(0,))
    stops = (stop, replace(stop, who=(1,)), *given_split_plan().stops[4:])
    request = given_request(wishes=(Wish(kind="show"),))

    assert Trial(given_split_plan(stops=stops), request, given_world()).codes() == []


def test_rooms_before_the_doors_open_may_be_set_up() -> None:
    plan = with_stop(given_plan(arrive=at("08:45")), PROGRAMME, start=at("09:00"), end=at("10:00"))

    assert trial_of(plan, given_request(arrive=time(8, 45))).codes() == []


def test_a_plan_that_cannot_be_read_is_not_read_further() -> None:
    plan = with_stop(given_plan(), GALLERY, who=(7,))

    assert trial_of(plan, world=shut(given_world(), "room-a")).codes() == ["pupils_lost"]


def test_on_a_closed_day_only_the_day_and_the_people_are_judged() -> None:
    world = given_world(closes="09:00", why_closed="closed", offers={})
    plan = given_plan(subgroups=(Subgroup(26, 3),))

    assert trial_of(plan, world=world).codes() == ["pupils_lost", "closed_day"]


def test_what_a_class_has_had_is_no_longer_judged() -> None:
    """At 11:50 the room of the first stop is a building site, the session gone and the host ill."""
    world = replace(ill(shut(given_world(offers={}), "room-a"), "h-08"), now=at("11:50"))

    assert in_world(world).codes(under_way=True) == []
    assert "day_is_past" in in_world(world).codes()


def test_a_stop_before_a_late_bus_was_not_had() -> None:
    trial = trial_of(request=given_request(arrive=time(11, 45)), world=given_world(now=at("11:50")))

    found = trial.judge(under_way=True)

    assert [(one.code, one.stop) for one in found] == [
        ("arrives_too_late", None),
        ("arrives_too_late", PROGRAMME),
        ("arrives_too_late", SHOW),
    ]


@pytest.mark.parametrize(
    ("day", "cells"),
    [
        (date(2027, 3, 28), 72),
        (date(2027, 10, 31), 80),
        (date(2028, 2, 29), 76),
        (date(2027, 12, 31), 76),
        (date(2028, 1, 1), 76),
    ],
    ids=["spring forward", "fall back", "leap day", "last of the year", "first of the year"],
)
def test_wall_times_mean_the_same_on_every_day(day: date, cells: int) -> None:
    world = given_world(day, opens="00:00", now=at("09:00", day) - timedelta(days=30))
    plan, request = given_plan(day), given_request(dates=(day,))

    good = validate(plan, request, world)
    faulty = validate(plan, request, taken(world, "room-b", "10:30", "10:45"))

    assert world.cells == cells
    assert good == ()
    assert [one.code for one in faulty] == ["room_taken"]


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (datetime(2027, 12, 20, 21, 59, tzinfo=UTC), []),
        (datetime(2027, 12, 20, 22, 0, tzinfo=UTC), ["lead_time_short"]),
        (datetime(2028, 1, 3, 7, 30, tzinfo=UTC), ["lead_time_short"]),
        (datetime(2028, 1, 3, 7, 31, tzinfo=UTC), ["day_is_past"]),
        (datetime(2028, 1, 3, 22, 0, tzinfo=UTC), ["day_is_past"]),
    ],
)
def test_days_ahead_are_counted_in_latvia_over_the_new_year(
    now: datetime, codes: list[str]
) -> None:
    day = date(2028, 1, 3)

    assert trial_of(
        given_plan(day), given_request(dates=(day,)), given_world(day, now=now)
    ).codes() == (codes)


def test_a_wish_means_all_that_it_says() -> None:
    activity = given_world().activities["T-07"]

    assert meets(activity, Wish())
    assert meets(activity, Wish(code="T-07", kind="programme", subject="computing"))
    assert not meets(activity, Wish(kind="programme", subject="biology"))
    assert not meets(activity, Wish(code="T-07", area="science"))


_WISHES = st.lists(
    st.sampled_from(
        [
            Wish(),
            Wish(code="T-03"),
            Wish(code="T-07"),
            Wish(kind="show"),
            Wish(kind="programme"),
            Wish(kind="workshop"),
            Wish(subject="computing"),
            Wish(area="science"),
        ]
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(wishes=_WISHES, chosen=st.sets(st.sampled_from(ACTIVITIES), max_size=5))
def test_wishes_get_activities_of_their_own_as_far_as_any_sharing_can(
    wishes: list[Wish], chosen: set[ActivityFact]
) -> None:
    best = max(
        sum(one is not None and meets(one, wish) for wish, one in zip(wishes, order, strict=True))
        for order in permutations([*chosen, *[None] * len(wishes)], len(wishes))
    )

    assert len(wishes) - len(unmet(wishes, chosen)) == best
