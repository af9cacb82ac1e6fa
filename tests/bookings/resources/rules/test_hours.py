from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.resources.rules import (
    OpenDay,
    OpeningRule,
    Shift,
    WhyClosed,
    Window,
    hours_of,
    on_grid,
    open_day,
    rule_of,
    whole_day,
    working_windows,
)
from vizium.kernel.clock import from_wall

TUESDAY = OpeningRule(2, date(2026, 9, 1), date(2027, 8, 31), time(10), time(19), time(9))
WINTER_MONDAY = OpeningRule(1, date(2026, 11, 1), date(2027, 3, 31), None, None, None)
SUMMER_TUESDAY = OpeningRule(2, date(2027, 6, 1), date(2027, 8, 31), time(11), time(20), time(10))
RULES = [SUMMER_TUESDAY, TUESDAY, WINTER_MONDAY]
SHIFT = Shift(
    "h-01", 2, date(2026, 9, 1), date(2027, 8, 31), time(9), time(17), time(12), time(12, 30)
)
DAY = date(2027, 3, 16)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2027, 3, 16), (time(10), time(19), time(9))),
        (date(2027, 6, 8), (time(11), time(20), time(10))),
        (date(2027, 3, 15), None),
        (date(2027, 3, 17), None),
        (date(2027, 9, 7), None),
    ],
)
def test_day_is_open_as_its_rule_says(day: date, hours: tuple[time, time, time] | None) -> None:
    expected = OpenDay(day, *hours) if hours else None

    assert open_day(day, RULES) == expected


@pytest.mark.parametrize(
    ("day", "closed", "why"),
    [
        (date(2027, 3, 16), True, WhyClosed.CLOSURE),
        (date(2029, 5, 1), False, WhyClosed.PUBLIC_HOLIDAY),
        (date(2027, 3, 15), False, WhyClosed.CLOSED_WEEKDAY),
        (date(2027, 3, 17), False, WhyClosed.NO_HOURS),
    ],
)
def test_closed_day_says_why(day: date, why: WhyClosed, *, closed: bool) -> None:
    assert hours_of(day, RULES, closed=closed) is why


def test_public_holiday_is_closed() -> None:
    labour_day_on_a_tuesday = date(2029, 5, 1)
    rule = OpeningRule(2, date(2029, 1, 1), date(2029, 12, 31), time(10), time(19), time(9))

    assert open_day(labour_day_on_a_tuesday, [rule]) is None
    assert open_day(labour_day_on_a_tuesday + timedelta(days=7), [rule]) is not None


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2027, 3, 28), 23),
        (date(2027, 10, 31), 25),
        (date(2027, 12, 31), 24),
        (date(2028, 2, 29), 24),
    ],
)
def test_whole_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    start, end = whole_day(day)

    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2027, 3, 28), 6),
        (date(2027, 10, 31), 7),
        (date(2027, 12, 31), 7),
        (date(2028, 2, 29), 7),
    ],
)
def test_shift_begins_at_the_same_wall_time_on_strange_days(day: date, utc: int) -> None:
    shift = Shift("h-01", day.isoweekday(), day, day, time(9), time(17))

    windows = working_windows(day, rule_of(day, [shift]))

    start = datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert windows == ((start, start + timedelta(hours=8)),)


def wall(start: float, end: float) -> Window:
    """Hours of `DAY` on the wall."""
    midnight = from_wall(DAY, time())
    return midnight + timedelta(hours=start), midnight + timedelta(hours=end)


@pytest.mark.parametrize(
    ("away", "works"),
    [
        ([], [(9, 12), (12.5, 17)]),
        ([(0, 24)], []),
        ([(8, 10), (9.5, 11)], [(11, 12), (12.5, 17)]),
        ([(11, 13)], [(9, 11), (13, 17)]),
        ([(10, 10.5), (16, 18)], [(9, 10), (10.5, 12), (12.5, 16)]),
        ([(17, 20)], [(9, 12), (12.5, 17)]),
    ],
)
def test_host_works_outside_break_and_absences(
    away: list[tuple[float, float]], works: list[tuple[float, float]]
) -> None:
    windows = working_windows(DAY, SHIFT, [wall(*each) for each in away])

    assert windows == tuple(wall(*each) for each in works)


def test_nobody_works_without_a_shift() -> None:
    assert working_windows(DAY, rule_of(DAY, [])) == ()


def test_shift_that_began_later_counts() -> None:
    later = Shift("h-01", 2, date(2027, 3, 1), date(2027, 3, 31), time(13), time(18))

    assert rule_of(DAY, [later, SHIFT]) == later
    assert rule_of(date(2027, 4, 6), [later, SHIFT]) == SHIFT


def test_window_grows_to_whole_cells() -> None:
    start = from_wall(DAY, time(10))

    grown = on_grid((start + timedelta(minutes=7), start + timedelta(minutes=46)))

    assert grown == (start, start + timedelta(hours=1))
    assert on_grid(grown) == grown
