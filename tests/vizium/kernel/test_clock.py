from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.clock import (
    CELL,
    cells,
    days_after,
    from_epoch_ms,
    from_wall,
    local_date,
    system_now,
    to_epoch_ms,
    to_riga,
)

# Clocks go from 03:00 to 04:00 on the first, from 04:00 back to 03:00 on the second.
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "wall", "instant"),
    [
        (date(2027, 1, 15), time(10), utc(date(2027, 1, 15), 8)),
        (date(2027, 6, 15), time(10), utc(date(2027, 6, 15), 7)),
        (SPRING, time(2, 59), utc(SPRING, 0, 59)),
        (SPRING, time(4), utc(SPRING, 1)),
        (SPRING, time(10), utc(SPRING, 7)),
        (AUTUMN, time(2, 59), utc(AUTUMN, 0) - timedelta(minutes=1)),
        (AUTUMN, time(4), utc(AUTUMN, 2)),
        (AUTUMN, time(10), utc(AUTUMN, 8)),
    ],
)
def test_wall_time_is_the_instant_at_which_clocks_in_riga_show_it(
    day: date, wall: time, instant: datetime
) -> None:
    assert from_wall(day, wall) == instant
    assert from_wall(day, wall).tzinfo is UTC
    assert to_riga(instant).time() == wall


def test_wall_time_that_the_clocks_skip_is_moved_forward_by_the_missing_hour() -> None:
    instant = from_wall(SPRING, time(3, 30))

    assert instant == utc(SPRING, 1, 30)
    assert to_riga(instant).time() == time(4, 30)


def test_wall_time_that_comes_twice_means_the_first() -> None:
    instant = from_wall(AUTUMN, time(3, 30))

    assert instant == utc(AUTUMN, 0, 30)
    assert to_riga(instant).time() == to_riga(instant + timedelta(hours=1)).time() == time(3, 30)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 5, 3), 24)])
def test_cells_of_a_whole_day_are_as_many_as_its_hours_have(day: date, hours: int) -> None:
    start, end = from_wall(day, time()), from_wall(day + timedelta(days=1), time())

    found = cells(start, end)

    assert len(found) == hours * 4
    assert found[0] == start
    assert found[-1] + CELL == end
    assert {later - earlier for earlier, later in pairwise(found)} == {CELL}
    assert {local_date(cell) for cell in found} == {day}


def test_cells_touch_the_last_started_quarter() -> None:
    start = utc(SPRING, 8)

    assert cells(start, start + timedelta(minutes=1)) == [start]
    assert cells(start, start + timedelta(minutes=15)) == [start]
    assert cells(start, start + timedelta(minutes=16)) == [start, start + CELL]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(SPRING, 8), utc(SPRING, 8)),
        (utc(SPRING, 9), utc(SPRING, 8)),
        (utc(SPRING, 8, 5), utc(SPRING, 9)),
    ],
)
def test_cells_of_no_interval_or_off_the_grid_are_a_mistake(start: datetime, end: datetime) -> None:
    with pytest.raises(AssertionError):
        cells(start, end)


def test_local_date_changes_at_midnight_in_riga() -> None:
    assert local_date(datetime(2027, 1, 15, 21, 59, tzinfo=UTC)) == date(2027, 1, 15)
    assert local_date(datetime(2027, 1, 15, 22, 0, tzinfo=UTC)) == date(2027, 1, 16)
    assert local_date(datetime(2027, 6, 15, 21, 0, tzinfo=UTC)) == date(2027, 6, 16)


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_epoch_milliseconds_survive_the_round_trip(at_ms: int) -> None:
    assert to_epoch_ms(from_epoch_ms(at_ms)) == at_ms


@pytest.mark.parametrize("read", [to_riga, to_epoch_ms, local_date])
def test_naive_instant_is_a_mistake_of_the_programmer(read: object) -> None:
    assert callable(read)
    with pytest.raises(AssertionError):
        read(datetime(2027, 1, 1))  # noqa: DTZ001 - naive is what is tested


def test_system_now_is_aware_utc() -> None:
    assert system_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "days", "later"),
    [
        (date(2027, 2, 28), 1, date(2027, 3, 1)),
        (date(2027, 2, 28), 0, date(2027, 2, 28)),
        (date(9999, 12, 1), 60, date(9999, 12, 31)),
        (date.max, 1, date.max),
    ],
)
def test_days_after_never_leaves_the_calendar(day: date, days: int, later: date) -> None:
    assert days_after(day, days) == later
