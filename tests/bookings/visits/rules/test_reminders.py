"""A class is reminded at its marks, once, not late, and not of what it has just booked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.visits.rules.reminders import reminded_days, reminder_due

DAY = date(2027, 3, 16)
MARKS = (7, 2)


@pytest.mark.parametrize(
    ("days_left", "booked_before", "mark"),
    [
        (8, 30, None),
        (7, 30, 7),
        (6, 30, 7),  # the mark fell on a Sunday
        (5, 30, 7),
        (4, 30, None),
        (3, 30, None),
        (2, 30, 2),
        (1, 30, 2),
        (0, 30, None),
        (-1, 30, None),
        (7, 7, None),  # booked today: it knows
        (6, 7, None),
        (2, 7, 2),
        (2, 2, None),
    ],
)
def test_reminder_is_due_in_its_window(
    days_left: int, booked_before: int, mark: int | None
) -> None:
    today = DAY - timedelta(days=days_left)
    booked = DAY - timedelta(days=booked_before)

    assert reminder_due(DAY, booked=booked, today=today, marks=MARKS) == mark


@given(st.integers(0, 400), st.sets(st.integers(1, 30), max_size=4), st.integers(1, 60))
def test_only_visits_of_the_looked_at_days_are_ever_due(
    days_left: int, marks: set[int], booked_before: int
) -> None:
    today = DAY - timedelta(days=days_left)
    booked = DAY - timedelta(days=booked_before)

    due = reminder_due(DAY, booked=booked, today=today, marks=marks)

    assert due is None or due in marks
    assert due is None or DAY in reminded_days(today, marks)
