from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.resources.rules import OpenDay, OpeningRule, Take, demand, open_day
from vizium.kernel.clock import CELL, from_wall

START = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
TUESDAY = OpeningRule(2, date(2026, 9, 1), date(2027, 8, 31), time(10), time(19), time(9))
WINTER_MONDAY = OpeningRule(1, date(2026, 11, 1), date(2027, 3, 31), None, None, None)
SUMMER_TUESDAY = OpeningRule(2, date(2027, 6, 1), date(2027, 8, 31), time(11), time(20), time(10))
RULES = [SUMMER_TUESDAY, TUESDAY, WINTER_MONDAY]

TAKES = st.lists(
    st.builds(
        lambda resource, first, length, amount: Take(
            resource, START + first * CELL, START + (first + length) * CELL, amount
        ),
        st.sampled_from(["hall", "lunch", "room-a"]),
        st.integers(0, 20),
        st.integers(1, 8),
        st.integers(1, 40),
    )
)


@given(takes=TAKES)
def test_demand_names_each_cell_once_in_order_and_loses_nothing(takes: list[Take]) -> None:
    wanted = demand(takes)

    keys = [key for key, _ in wanted]
    assert keys == sorted(set(keys))
    assert sum(amount for _, amount in wanted) == sum(
        take.amount * ((take.end - take.start) // CELL) for take in takes
    )


def test_demand_over_the_night_of_summer_time_counts_real_quarters() -> None:
    day = date(2027, 3, 28)
    take = Take("hall", from_wall(day, time(2)), from_wall(day, time(5)), 1)

    assert len(demand([take])) == 2 * 4


def test_part_of_a_cell_takes_the_cell() -> None:
    take = Take("hall", START, START + timedelta(minutes=20), 3)

    assert demand([take]) == [(("hall", START), 3), (("hall", START + CELL), 3)]


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


def test_closed_day_is_closed() -> None:
    assert open_day(date(2027, 3, 16), RULES, closed=True) is None


def test_public_holiday_is_closed() -> None:
    labour_day_on_a_tuesday = date(2029, 5, 1)
    rule = OpeningRule(2, date(2029, 1, 1), date(2029, 12, 31), time(10), time(19), time(9))

    assert open_day(labour_day_on_a_tuesday, [rule]) is None
    assert open_day(labour_day_on_a_tuesday + timedelta(days=7), [rule]) is not None
