"""What a day takes from others: idle hours, the price of the forecourt, and who may stay on."""

from datetime import time, timedelta
from typing import Any

import pytest

from bookings.visits.planner.crowd import Crowd
from bookings.visits.planner.idle import idle_of
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import Wish
from bookings.visits.planner.search import plan_days
from bookings.visits.planner.world import World
from tests.bookings.visits.planner.worlds import (
    at,
    crowded,
    given_plan,
    given_request,
    given_split_plan,
    given_world,
    taken,
)

NO_OFFERS: dict[str, tuple[str, str, str, int]] = {}


def test_idle_of_counts_galleries_that_nobody_asked_for() -> None:
    # 10:45-11:15 less a walk and a pause, and from lunch to the bus, gallery and all.
    idle = timedelta(minutes=15) + timedelta(minutes=90)

    assert idle_of(given_plan(), given_request(), given_world()) == idle


def test_idle_of_counts_a_wanted_gallery_as_what_it_is() -> None:
    request = given_request(galleries=("g-smart",))

    assert idle_of(given_plan(), request, given_world()) == timedelta(minutes=15 + 15)


def test_idle_of_who_asked_for_nothing_counts_no_gallery() -> None:
    request = given_request(wishes=(), needs=frozenset())

    assert idle_of(given_plan(), request, given_world()) == timedelta(minutes=15 + 15)


def test_idle_of_a_divided_class_counts_no_turn_of_the_other_part() -> None:
    request = given_request(wishes=(Wish(code="T-03"), Wish(kind="show")))

    # 12:45-13:15 less a walk and a pause; the last quarter before the bus.
    assert idle_of(given_split_plan(), request, given_world()) == timedelta(minutes=15 + 15)


def _waits_for_its_programme(world: World, **more: Any) -> tuple[Plan, ...]:
    """A class from 09:30 on whose only programme is at noon."""
    busy = taken(world, "laboratory", "09:00", "12:00")
    request = given_request(
        wishes=(Wish(code="T-03"),), groups=given_request().groups[:1], needs=frozenset()
    )
    return plan_days(request, {world.day: busy}, **more)


def test_plan_days_keeps_a_class_in_an_empty_house_for_its_programme() -> None:
    assert _waits_for_its_programme(given_world(offers=NO_OFFERS))


@pytest.mark.parametrize("pool", ["coach-bays", "hall"])
def test_plan_days_lets_nobody_idle_where_others_need_the_place(pool: str) -> None:
    free = {"coach-bays": 2, "hall": 120}[pool]
    full = crowded(given_world(offers=NO_OFFERS), pool, "09:00", "12:00", free=free)

    assert _waits_for_its_programme(full) == ()
    assert _waits_for_its_programme(full, may_idle=True)


def test_price_of_the_forecourt_rises_as_it_fills_and_at_noon() -> None:
    full = crowded(given_world(), "coach-bays", "09:00", "10:00", free=1)
    crowd, first = Crowd(full), full.cell

    morning = crowd.price_of(first(at("09:00")), first(at("10:00")))
    later = crowd.price_of(first(at("10:00")), first(at("11:00")))
    noon = crowd.price_of(first(at("12:00")), first(at("13:00")))
    assert later < morning
    assert later < noon


def test_plan_days_with_the_hours_left_open_shows_more_than_one_time_of_the_day() -> None:
    request = given_request(wishes=(), needs=frozenset(), arrive=None, depart=None)

    starts = sorted(plan.arrive for plan in plan_days(request, {given_world().day: given_world()}))

    assert starts[-1] - starts[0] >= timedelta(hours=2)


def test_plan_days_is_home_by_the_hour_of_its_bus_however_empty_the_house() -> None:
    plans = plan_days(given_request(), {given_world().day: given_world()})

    assert all(plan.leave <= at("14:20") for plan in plans)
    assert given_request().depart == time(14, 30)
