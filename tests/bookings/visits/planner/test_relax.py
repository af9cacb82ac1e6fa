"""The smallest change after a refusal: the bus, the adults; each with a plan that it allows."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bookings.visits.planner.relax import Relaxation, relax
from bookings.visits.planner.request import PlanRequest, Wish
from bookings.visits.planner.search import plan_days
from bookings.visits.planner.world import World
from bookings.visits.rules import POLICY
from tests.bookings.visits.planner.worlds import DAY, at, given_request, given_world


def _changes(request: PlanRequest, *worlds: World) -> list[tuple[str, str, str]]:
    found = relax(request, {world.day: world for world in worlds})
    return [(one.change, one.before, one.after) for one in found]


def _only(request: PlanRequest, change: str) -> Relaxation:
    found = relax(request, {DAY: given_world()})
    return next(one for one in found if one.change == change)


@pytest.mark.parametrize("depart", [time(10, 30), time(11), time(12)])
def test_relax_lengthens_a_stay_that_is_much_too_short(depart: time) -> None:
    one = _only(given_request(arrive=time(10), depart=depart), "depart")

    leaves = at(one.after)
    assert one.request.depart == time.fromisoformat(one.after)
    assert one.plan.leave <= leaves <= one.plan.leave + timedelta(minutes=30)


def test_relax_lets_a_bus_come_earlier_where_it_cannot_leave_later() -> None:
    changes = _changes(given_request(arrive=time(16), depart=time(17)), given_world())

    assert changes[0][:2] == ("arrive", "16:00")
    assert changes[0][2] < "16:00"


def test_relax_names_the_smaller_move_of_the_bus_first() -> None:
    request = given_request(arrive=time(12), depart=time(13), needs=frozenset())

    hours = [one for one in _changes(request, given_world()) if one[0] in {"arrive", "depart"}]

    moved = [
        abs(
            timedelta(hours=int(after[:2]), minutes=int(after[3:]))
            - timedelta(hours=int(before[:2]), minutes=int(before[3:]))
        )
        for _, before, after in hours
    ]
    assert len(moved) == 2
    assert moved == sorted(moved)


def test_relax_asks_for_the_adults_that_the_rules_of_the_day_want() -> None:
    strict = replace(POLICY, pupils_per_adult_basic=5)
    request = given_request(wishes=(Wish(kind="show"),))

    assert _changes(request, replace(given_world(), visiting=strict)) == [("adults", "3", "6")]


def test_relax_asks_for_no_adults_where_another_wanted_day_has_gentler_rules() -> None:
    later = DAY + timedelta(days=1)
    strict = replace(POLICY, pupils_per_adult_basic=5)
    worlds = {DAY: replace(given_world(), visiting=strict), later: given_world(later)}

    plans = plan_days(given_request(dates=(DAY, later)), worlds)

    assert {plan.day for plan in plans} == {later}
