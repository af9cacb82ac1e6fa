from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibits.usage.rules import (
    Amount,
    Bucket,
    Session,
    Span,
    end_of,
    median_dwell_s,
    roll_up,
    start_of,
    uses_by_quarter,
)
from vizium.kernel.clock import from_wall, to_epoch_ms

HOUR_MS = 3_600_000


def test_use_counts_where_it_began_and_busy_time_where_it_was_spent() -> None:
    at = datetime(2027, 2, 1, 21, 50, tzinfo=UTC)

    found = roll_up([Session("ex-001", at, 20 * 60_000)])

    assert found == {
        Bucket("ex-001", Span.HOUR, at.replace(minute=0)): Amount(1, 600_000),
        Bucket("ex-001", Span.HOUR, at.replace(hour=22, minute=0)): Amount(0, 600_000),
        # Riga's midnight is 22:00 UTC in winter.
        Bucket("ex-001", Span.DAY, datetime(2027, 1, 31, 22, tzinfo=UTC)): Amount(1, 600_000),
        Bucket("ex-001", Span.DAY, datetime(2027, 2, 1, 22, tzinfo=UTC)): Amount(0, 600_000),
    }


def test_use_of_no_length_counts() -> None:
    at = datetime(2027, 2, 1, 9, tzinfo=UTC)

    assert roll_up([Session("ex-001", at, 0)])[Bucket("ex-001", Span.HOUR, at)] == Amount(1, 0)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_day_of_the_clock_change_is_one_bucket(day: date, hours: int) -> None:
    start = start_of(Span.DAY, from_wall(day, time(12)))

    assert end_of(Span.DAY, start) - start == timedelta(hours=hours)


def test_median_is_of_seconds_and_none_without_sessions() -> None:
    assert median_dwell_s([1000, 2000, 90_000]) == 2.0
    assert median_dwell_s([]) is None


def test_quarters_leave_out_what_began_before_or_after() -> None:
    since = datetime(2027, 2, 1, tzinfo=UTC)
    starts = [since + timedelta(minutes=m) for m in (-1, 0, 14, 15, 59, 60)]

    assert uses_by_quarter(starts, since, quarters=4) == [2, 1, 0, 1]


sessions = st.lists(
    st.builds(
        Session,
        st.sampled_from(["ex-001", "ex-002"]),
        st.integers(to_epoch_ms(datetime(2027, 3, 20, tzinfo=UTC)), 1_806_000_000_000).map(
            lambda ms: datetime.fromtimestamp(ms / 1000, UTC)
        ),
        st.integers(0, 24 * HOUR_MS),
    ),
    max_size=20,
)


@given(sessions)
def test_hours_and_days_sum_to_the_sessions(told: list[Session]) -> None:
    found = roll_up(told)

    for span in Span:
        amounts = [amount for bucket, amount in found.items() if bucket.span is span]
        assert sum(amount.uses for amount in amounts) == len(told)
        assert sum(amount.busy_ms for amount in amounts) == sum(s.dwell_ms for s in told)


@given(sessions)
def test_no_single_use_fills_more_than_its_bucket(told: list[Session]) -> None:
    for session in told:
        for bucket, amount in roll_up([session]).items():
            length = end_of(bucket.span, bucket.start_at) - bucket.start_at
            assert timedelta(milliseconds=amount.busy_ms) <= length
