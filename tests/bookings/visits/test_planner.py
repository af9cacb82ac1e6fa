"""The planner: plans fit, refusals come with changes that really fit, ids cannot be forged."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.visits.planner import (
    Plan,
    PlanRequest,
    Relaxation,
    Wish,
    decode_plan,
    encode_plan,
    plan_days,
    relax,
)
from bookings.visits.rules import POLICY, Group, SessionRow, check_stops
from tests.factories.visits import session_row

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
DAY = date(2027, 3, 16)
TEN = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
SECRET = "a secret key of a centre, long enough"
REQUEST = PlanRequest(
    school="3213900123",
    dates=(DAY,),
    groups=(Group(5, 27),),
    adults=3,
    language="lv",
    wishes=(Wish(code="T-07"), Wish(kind="show")),
)


def _offer(code: str, minutes: int, **changes: object) -> SessionRow:
    start = TEN + timedelta(minutes=minutes)
    kind = "show" if code.startswith("S") else "programme"
    return replace(session_row(f"{code}.{minutes}", start=start), kind=kind, **changes)  # type: ignore[arg-type]


def test_plan_meets_each_wish_with_time_to_walk_between() -> None:
    offers = [_offer("T-07", 0), _offer("S-01", 60), _offer("S-01", 75), _offer("S-02", 180)]

    plans = plan_days(REQUEST, offers, now=NOW)

    assert [[stop.id for stop in plan.stops] for plan in plans] == [["T-07.0", "S-01.75"]]


def test_plans_are_ranked_by_waiting_then_start() -> None:
    offers = [_offer("T-07", minutes) for minutes in (0, 120, 240)] + [_offer("S-01", 195)]

    plans = plan_days(REQUEST, offers, now=NOW)

    assert [[stop.id for stop in plan.stops] for plan in plans] == [
        ["T-07.120", "S-01.195"],
        ["T-07.0", "S-01.195"],
    ]


def test_at_most_three_plans_over_several_days() -> None:
    days = tuple(DAY + timedelta(days=number) for number in range(5))
    offers = [
        replace(session_row(f"T-07.{day}", start=TEN + (day - DAY)), local_date=day) for day in days
    ]

    plans = plan_days(replace(REQUEST, dates=days, wishes=(Wish(code="T-07"),)), offers, now=NOW)

    assert [plan.day for plan in plans] == list(days[:3])


def test_arrival_and_departure_bound_the_day() -> None:
    offers = [_offer("T-07", 0), _offer("T-07", 120)]
    request = replace(REQUEST, wishes=(Wish(code="T-07"),))

    late = plan_days(replace(request, arrive=time(10, 0)), offers, now=NOW)
    early = plan_days(replace(request, depart=time(12, 0)), offers, now=NOW)

    assert [plan.stops[0].id for plan in late] == ["T-07.120"]
    assert [plan.stops[0].id for plan in early] == ["T-07.0"]


@pytest.mark.parametrize(
    ("changes", "offers", "expected"),
    [
        (
            {"wishes": (Wish(code="T-07"),)},
            [_offer("T-07", 24 * 60, local_date=DAY + timedelta(days=1))],
            Relaxation("date", "2027-03-16", "2027-03-17"),
        ),
        (
            {"wishes": (Wish(code="T-07"),)},
            [_offer("T-07", 0, used=6)],
            Relaxation("pupils", "27", "24"),
        ),
        (
            {"wishes": (Wish(code="T-07"),), "arrive": time(10, 30)},
            [_offer("T-07", 0)],
            Relaxation("arrive", "10:30", "09:45"),
        ),
        (
            {"wishes": (Wish(code="T-07"),), "depart": time(10, 30)},
            [_offer("T-07", 0)],
            Relaxation("depart", "10:30", "11:00"),
        ),
        ({}, [_offer("T-07", 0)], Relaxation("without", "show", "")),
    ],
)
def test_refusal_names_the_smallest_change(
    changes: dict[str, object], offers: list[SessionRow], expected: Relaxation
) -> None:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]

    assert plan_days(request, offers, now=NOW) == []
    assert relax(request, offers, now=NOW) == [expected]


OFFERS = st.lists(
    st.builds(
        lambda code, quarter, used: _offer(code, quarter * 15, used=used),
        st.sampled_from(["T-07", "S-01", "S-02"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=14,
    unique_by=lambda offer: offer.id,
)


@settings(max_examples=200, deadline=None)
@given(OFFERS)
def test_every_plan_passes_the_rules_of_the_hold(offers: list[SessionRow]) -> None:
    for plan in plan_days(REQUEST, offers, now=NOW):
        assert check_stops(plan.stops, REQUEST.groups, language="lv", now=NOW) == []
        assert all(stop.takes(27, school=REQUEST.school) for stop in plan.stops)
        for before, after in zip(plan.stops, plan.stops[1:], strict=False):
            assert before.end + POLICY.walk <= after.start


@settings(max_examples=100, deadline=None)
@given(OFFERS)
def test_fewer_pupils_really_fit_when_the_planner_says_so(offers: list[SessionRow]) -> None:
    if plan_days(REQUEST, offers, now=NOW):
        return
    for change in relax(REQUEST, offers, now=NOW):
        if change.change == "pupils":
            smaller = replace(REQUEST, groups=(Group(5, int(change.after)),))
            assert plan_days(smaller, offers, now=NOW)


def test_plan_id_carries_the_plan_and_cannot_be_forged() -> None:
    plan = Plan(DAY, (_offer("T-07", 0),))
    plan_id = encode_plan(REQUEST, plan, secret_key=SECRET)

    said = decode_plan(plan_id, secret_key=SECRET)

    assert said is not None
    assert (said.school, said.sessions, said.groups) == ("3213900123", ("T-07.0",), REQUEST.groups)
    assert decode_plan("x" + plan_id, secret_key=SECRET) is None
    assert decode_plan(plan_id, secret_key="another secret key of another centre") is None
    assert decode_plan("", secret_key=SECRET) is None
