"""A plan's id carries the whole plan, cannot be forged, and fits into an address."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bookings.visits.planner.ids import PLAN_ID_LENGTH_MAX, decode_plan, encode_plan
from bookings.visits.planner.plan import Plan, Stop, Subgroup
from bookings.visits.planner.request import WISHES_MOST, Wish
from tests.bookings.visits.planner.worlds import given_plan, given_request

SECRET = "a secret key of a centre, long enough"


def _on(plan: Plan, day: date) -> Plan:
    """The plan at the same instants of another day."""
    shift = day - plan.day
    stops = tuple(
        replace(stop, start=stop.start + shift, end=stop.end + shift) for stop in plan.stops
    )
    return replace(plan, day=day, arrive=plan.arrive + shift, leave=plan.leave + shift, stops=stops)


def test_id_says_the_request_and_the_plan_again() -> None:
    request, plan = given_request(), given_plan()

    assert decode_plan(encode_plan(request, plan, SECRET), SECRET) == (request, plan)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 3, 28),  # the clocks go forward
        date(2027, 10, 31),  # the clocks go back
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2028, 2, 29),
        date(2027, 8, 31),
        date(2027, 9, 1),
    ],
)
def test_instants_survive_every_turn_of_the_calendar(day: date) -> None:
    plan = _on(given_plan(), day)
    request = replace(given_request(), dates=(day, day + timedelta(days=366)))

    assert decode_plan(encode_plan(request, plan, SECRET), SECRET) == (request, plan)


def test_forged_cut_and_foreign_ids_are_none_of_ours() -> None:
    plan_id = encode_plan(given_request(), given_plan(), SECRET)
    other = encode_plan(replace(given_request(), adults=9), given_plan(), SECRET)
    mixed = other.partition(".")[0] + "." + plan_id.partition(".")[2]

    for forged in ("", ".", plan_id[:-1], "x" + plan_id, mixed, plan_id * 9):
        assert decode_plan(forged, SECRET) is None
    assert decode_plan(plan_id, "another secret key of another centre") is None


def test_longest_day_fits_into_an_address() -> None:
    plan = given_plan()
    stop = plan.stops[0]
    stops: tuple[Stop, ...] = tuple(
        replace(
            stop,
            code=f"T-{number:02}",
            start=stop.start + timedelta(minutes=15 * number),
            end=stop.end + timedelta(minutes=15 * number),
            who=(number % 4,),
            rooms=(f"room-{number % 7}", f"room-{number % 7 + 1}"),
            host=f"h-{number:02}",
            machines=(f"m-print-{number % 3}",),
        )
        for number in range(36)
    )
    divided = replace(plan, stops=stops, subgroups=(Subgroup(125, 7),) * 4)
    request = replace(
        given_request(),
        schools=tuple(f"32139{number:05}" for number in range(8)),
        wishes=tuple(Wish(f"T-{number:02}", "programme") for number in range(WISHES_MOST)),
    )

    plan_id = encode_plan(request, divided, SECRET)

    assert len(plan_id) <= PLAN_ID_LENGTH_MAX
    assert decode_plan(plan_id, SECRET) == (request, divided)
