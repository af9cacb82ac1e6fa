from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.schoolyear import SchoolYear


@pytest.mark.parametrize(
    ("day", "start_year"),
    [
        (date(2026, 8, 31), 2025),
        (date(2026, 9, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 8, 31), 2026),
    ],
)
def test_school_year_turns_on_the_first_of_september(day: date, start_year: int) -> None:
    assert SchoolYear.of(day) == SchoolYear(start_year)


@given(st.dates(min_value=date(2, 1, 1), max_value=date(9000, 1, 1)))
def test_every_day_is_in_its_school_year_and_in_no_neighbour(day: date) -> None:
    year = SchoolYear.of(day)

    assert day in year
    assert day not in year.next()
    assert year < year.next()
    assert year.last_day + timedelta(days=1) == year.next().first_day
    assert SchoolYear.parse(str(year)) == year


@pytest.mark.parametrize("text", ["", "2026", "2026/", "2026/2026", "2026/2028", "26-27", "a/b"])
def test_parse_refuses_what_is_no_school_year(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        SchoolYear.parse(text)
