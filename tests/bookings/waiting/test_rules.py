"""The rule of fairness: who gets what became free, and why the others did not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.programmes.rules import ActivityKind, ActivityRow
from bookings.visits.rules import POLICY, Group
from bookings.waiting.rules import (
    Candidate,
    Verdict,
    check_wishes,
    chosen_of,
    days_left,
    in_turn,
    offer_ends,
    weigh,
)
from tests.factories.programmes import ROBOT

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
FIRST = Candidate("first", "school-1", 28, NOW, visits=0, fits=True)
LATER = replace(FIRST, waiting="later", school="school-2", created_at=NOW + timedelta(days=1))

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        waiting=st.text("abcdef", min_size=1, max_size=8),
        school=st.sampled_from(["one", "two", "three"]),
        pupils=st.integers(1, 60),
        created_at=st.integers(0, 40_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        visits=st.integers(0, 3),
        fits=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.waiting,
)


@pytest.mark.parametrize(
    ("candidates", "verdicts"),
    [
        ([LATER, FIRST], {"first": Verdict.CHOSEN, "later": Verdict.WAITS_SHORTER}),
        (
            [replace(FIRST, visits=1), LATER],
            {"later": Verdict.CHOSEN, "first": Verdict.SCHOOL_WAS_HERE},
        ),
        (
            [replace(FIRST, pupils=22), LATER],
            {"first": Verdict.TOO_SMALL, "later": Verdict.CHOSEN},
        ),
        # 23 of 28 are 82 %: near enough, so the longer wait decides.
        (
            [replace(FIRST, pupils=23), LATER],
            {"first": Verdict.CHOSEN, "later": Verdict.WAITS_SHORTER},
        ),
        # Who does not fit does not raise the bar for the others.
        (
            [replace(FIRST, pupils=60, fits=False), replace(LATER, pupils=10)],
            {"first": Verdict.NO_PLAN, "later": Verdict.CHOSEN},
        ),
        (
            [replace(FIRST, visits=2), replace(LATER, visits=1)],
            {"first": Verdict.CHOSEN, "later": Verdict.WAITS_SHORTER},
        ),
    ],
)
def test_weigh_says_who_is_chosen_and_why_not_the_others(
    candidates: list[Candidate], verdicts: dict[str, Verdict]
) -> None:
    weighed = weigh(candidates)

    assert {one.candidate.waiting: one.verdict for one in weighed} == verdicts


@given(CANDIDATES)
def test_offer_goes_to_one_that_fits_whatever_the_order_of_asking(
    candidates: list[Candidate],
) -> None:
    weighed = weigh(candidates)

    chosen = chosen_of(weighed)
    assert weigh(list(reversed(candidates))) == weighed
    assert {one.candidate for one in weighed} == set(candidates)
    assert (chosen is not None) == any(one.fits for one in candidates)
    assert sum(one.verdict is Verdict.CHOSEN for one in weighed) == (chosen is not None)


@given(CANDIDATES)
def test_nobody_who_fits_as_well_was_before_the_chosen(candidates: list[Candidate]) -> None:
    chosen = chosen_of(weigh(candidates))

    largest = max((one.pupils for one in candidates if one.fits), default=0)
    best = [
        one
        for one in candidates
        if one.fits and one.pupils * 100 >= largest * POLICY.best_fit_percent
    ]
    assert in_turn(best)[:1] == ([chosen] if chosen else [])


@pytest.mark.parametrize(
    ("hours_to_visit", "hours_of_offer"),
    [(240, 48), (72, 48), (71, 47), (36, 12), (35, None), (1, None)],
)
def test_offer_ends_a_day_before_the_visit_and_leaves_time_to_decide(
    hours_to_visit: int, hours_of_offer: int | None
) -> None:
    ends = offer_ends(NOW, NOW + timedelta(hours=hours_to_visit))

    assert ends == (None if hours_of_offer is None else NOW + timedelta(hours=hours_of_offer))


def test_days_left_are_to_come_and_were_not_offered_before() -> None:
    days = [date(2027, 2, day) for day in (5, 1, 3, 2, 3)]

    left = days_left(days, today=date(2027, 2, 1), tried=[date(2027, 2, 5)])

    assert left == (date(2027, 2, 2), date(2027, 2, 3))


@pytest.mark.parametrize(
    ("changes", "group", "language", "codes"),
    [
        ({}, Group(5, 24), "lv", []),
        # The planner makes subgroups of a class larger than the seats.
        ({}, Group(5, 90), "lv", []),
        ({}, Group(5, 9), "lv", ["group_too_small"]),
        ({}, Group(12, 24), "lv", ["grade_not_taken"]),
        ({}, Group(12, 9), "ru", ["grade_not_taken", "group_too_small", "language_not_offered"]),
        ({"kind": ActivityKind.EDUCATOR}, Group(5, 24), "lv", ["not_for_waiting"]),
        ({"sessions_count": 3}, Group(5, 24), "lv", ["not_for_waiting"]),
        ({"archived": True}, Group(5, 24), "lv", ["not_for_waiting"]),
    ],
)
def test_class_waits_only_for_what_a_day_could_give_it(
    changes: dict[str, Any], group: Group, language: str, codes: list[str]
) -> None:
    activity: ActivityRow = replace(ROBOT, **changes)

    errors = check_wishes([activity], [group], language)

    assert [error.code for error in errors] == codes
