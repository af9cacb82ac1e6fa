"""Completion, offers and what a class may be, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.courses.rules import (
    CompletionMeasure,
    CompletionRule,
    EnrolmentState,
    TaughtSession,
    Waiting,
    academic_hours,
    check_class,
    check_run,
    choose_offers,
    is_open,
    measure_standing,
    offer_ends,
    state_at,
)

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
FOUR = [TaughtSession(name, 90) for name in "abcd"]
HOURS = CompletionRule(CompletionMeasure.HOURS)


@pytest.mark.parametrize(
    ("present", "attended", "people"),
    [
        ({}, 0, 0),
        ({"a": 1, "b": 1}, 2, 0),
        ({"a": 1, "b": 1, "c": 1}, 3, 1),
        ({"a": 1, "b": 1, "c": 1, "d": 1}, 4, 1),
        # A class: three sessions had at least 20 pupils.
        ({"a": 25, "b": 20, "c": 24, "d": 3}, 4, 20),
        ({"a": 25, "b": 20}, 2, 0),
    ],
)
def test_three_of_four_sessions_complete_at_75_percent(
    present: dict[str, int], attended: int, people: int
) -> None:
    standing = measure_standing(CompletionRule(), FOUR, present)

    assert (standing.attended, standing.needed, standing.total) == (attended, 3, 4)
    assert standing.people == people
    assert standing.is_fulfilled == (people > 0)


def test_hours_count_long_sessions_for_more() -> None:
    sessions = [TaughtSession("long", 270), TaughtSession("short", 90)]

    by_hours = measure_standing(HOURS, sessions, {"long": 1})
    by_sessions = measure_standing(CompletionRule(), sessions, {"long": 1})

    assert (by_hours.attended, by_hours.needed, by_hours.is_fulfilled) == (270, 270, True)
    assert by_sessions.is_fulfilled is False


def test_course_whose_sessions_were_all_cancelled_is_completed_by_nobody() -> None:
    assert measure_standing(CompletionRule(), [], {"a": 1}).is_fulfilled is False


@given(
    st.lists(st.tuples(st.integers(15, 480), st.integers(0, 40)), min_size=1, max_size=12),
    st.sampled_from(CompletionMeasure),
    st.integers(1, 10_000),
)
def test_people_completed_is_the_largest_number_that_reached_the_share(
    attended: list[tuple[int, int]], measure: CompletionMeasure, share_bp: int
) -> None:
    sessions = [TaughtSession(str(n), minutes) for n, (minutes, _) in enumerate(attended)]
    present = {str(n): count for n, (_, count) in enumerate(attended)}

    standing = measure_standing(CompletionRule(measure, share_bp), sessions, present)

    def reached(people: int) -> int:
        units = [minutes if measure is CompletionMeasure.HOURS else 1 for minutes, _ in attended]
        counted = zip(units, attended, strict=True)
        return sum(unit for unit, (_, count) in counted if count >= people)

    assert standing.people == max(n for n in range(41) if reached(n) >= standing.needed or n == 0)


def test_free_places_go_in_the_order_of_time_to_all_who_fit() -> None:
    waiting = [Waiting("class", 25), Waiting("anna", 1), Waiting("small", 8), Waiting("late", 2)]

    assert choose_offers(10, waiting) == ["anna", "small"]
    assert choose_offers(25, waiting) == ["class"]
    assert choose_offers(0, waiting) == []


@given(
    st.integers(0, 40),
    st.lists(st.integers(1, 30), max_size=10),
)
def test_offers_never_exceed_what_is_free_and_leave_nobody_who_fits(
    free: int, wanted: list[int]
) -> None:
    waiting = [Waiting(str(number), seats) for number, seats in enumerate(wanted)]

    chosen = choose_offers(free, waiting)

    left = free - sum(one.seats for one in waiting if one.id in chosen)
    assert left >= 0
    assert all(one.seats > left for one in waiting if one.id not in chosen)


@pytest.mark.parametrize(
    ("published", "enrol_until", "start", "expected"),
    [
        (True, date(2027, 2, 1), NOW + timedelta(hours=1), True),
        (False, date(2027, 2, 1), NOW + timedelta(hours=1), False),
        (True, date(2027, 1, 31), NOW + timedelta(hours=1), False),
        (True, date(2027, 2, 1), NOW, False),
        (True, date(2027, 2, 1), None, False),
    ],
)
def test_course_is_open_until_its_day_and_its_first_session(
    *, published: bool, enrol_until: date, start: datetime | None, expected: bool
) -> None:
    starts = [] if start is None else [start, NOW + timedelta(days=7)]

    found = is_open(published=published, enrol_until=enrol_until, starts=starts, now=NOW)

    assert found is expected


def test_offer_lasts_two_days_or_until_the_course_begins() -> None:
    soon, late = NOW + timedelta(hours=5), NOW + timedelta(days=9)

    assert offer_ends(NOW, late) == NOW + timedelta(hours=48)
    assert offer_ends(NOW, soon) == soon


def test_offer_counts_as_lapsed_from_its_very_end() -> None:
    offered = EnrolmentState.OFFERED

    assert state_at(offered, NOW, now=NOW - timedelta(seconds=1)) is offered
    assert state_at(offered, NOW, now=NOW) is EnrolmentState.LAPSED
    assert state_at(EnrolmentState.ENROLLED, None, now=NOW) is EnrolmentState.ENROLLED


@pytest.mark.parametrize(
    ("grade", "pupils", "codes"),
    [
        (5, 20, []),
        (None, 20, ["choose"]),
        (13, 20, ["choose"]),
        (9, 20, ["course_grade_not_taken"]),
        (5, 0, ["course_pupils_bounds"]),
        (9, 10_000, ["course_grade_not_taken", "course_pupils_bounds"]),
    ],
)
def test_class_is_refused_with_every_reason(
    grade: int | None, pupils: int, codes: list[str]
) -> None:
    errors = check_class(grade=grade, pupils=pupils, grades=(4, 5, 6), capacity=60)

    assert [error.code for error in errors] == codes


def test_run_is_refused_with_every_number_out_of_bounds() -> None:
    errors = check_run(capacity=0, hours=401, share_bp=10_001, price_cents=-1)

    assert [error.field for error in errors] == ["capacity", "hours", "share", "price"]


def test_academic_hours_are_never_more_than_were_taught() -> None:
    assert [academic_hours(minutes) for minutes in (0, 44, 45, 359, 360)] == [0, 0, 1, 7, 8]
