"""Quiet hours: what can wait leaves in the morning of a working day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.clock import to_riga
from vizium.mail.quiet import QuietHours, is_quiet, loud_from

QUIET = QuietHours()
EASTER_MONDAY = date(2027, 3, 29)


@pytest.mark.parametrize(
    ("wall", "leaves"),
    [
        ("2027-02-01T10:00+02:00", "2027-02-01T10:00+02:00"),
        ("2027-02-01T06:59+02:00", "2027-02-01T07:00+02:00"),
        ("2027-02-01T07:00+02:00", "2027-02-01T07:00+02:00"),
        ("2027-02-01T19:59+02:00", "2027-02-01T19:59+02:00"),
        ("2027-02-01T20:00+02:00", "2027-02-02T07:00+02:00"),
        ("2027-02-06T21:00+02:00", "2027-02-08T07:00+02:00"),  # Saturday evening: Monday
        ("2027-02-07T12:00+02:00", "2027-02-08T07:00+02:00"),  # Sunday
        ("2027-03-27T21:00+02:00", "2027-03-30T07:00+03:00"),  # Easter, and the clocks go forward
        ("2026-12-31T23:30+02:00", "2027-01-01T07:00+02:00"),
    ],
)
def test_mail_that_can_wait_leaves_in_waking_hours(wall: str, leaves: str) -> None:
    instant = datetime.fromisoformat(wall)

    assert loud_from(instant, QUIET, is_rest_day=lambda day: day == EASTER_MONDAY) == (
        datetime.fromisoformat(leaves)
    )


@given(st.integers(0, 8_000_000))
def test_mail_never_leaves_early_nor_in_quiet_hours(minutes: int) -> None:
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    leaves = loud_from(instant, QUIET)

    assert leaves >= instant
    assert not is_quiet(leaves, QUIET)
    assert 7 <= to_riga(leaves).hour < 20
    assert to_riga(leaves).isoweekday() != 7
