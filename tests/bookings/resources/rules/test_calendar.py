from datetime import date

import pytest

from bookings.resources.rules import (
    BreakKind,
    BreakStatus,
    SchoolBreak,
    format_grades,
    parse_grades,
)


@pytest.mark.parametrize(
    ("text", "grades", "short"),
    [
        ("1-8,10-11", (1, 2, 3, 4, 5, 6, 7, 8, 10, 11), "1-8, 10-11"),
        (" 9 ", (9,), "9"),
        ("12; 1–3", (1, 2, 3, 12), "1-3, 12"),
        ("all", tuple(range(1, 13)), "1-12"),
        ("Visas", tuple(range(1, 13)), "1-12"),
    ],
)
def test_grades_are_read_and_written_as_people_do(
    text: str, grades: tuple[int, ...], short: str
) -> None:
    assert parse_grades(text) == grades
    assert format_grades(grades) == short


@pytest.mark.parametrize("text", ["", "0", "13", "3-", "8-1", "a", "1-99"])
def test_grades_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        parse_grades(text)


@pytest.mark.parametrize(
    ("day", "concerned"),
    [
        (date(2027, 3, 14), False),
        (date(2027, 3, 15), True),
        (date(2027, 3, 19), True),
        (date(2027, 3, 20), False),
    ],
)
def test_break_concerns_its_days_both_included(day: date, *, concerned: bool) -> None:
    spring = SchoolBreak(
        BreakKind.SPRING,
        date(2027, 3, 15),
        date(2027, 3, 19),
        (1, 2),
        BreakStatus.ASSUMPTION,
        "",
    )

    assert spring.concerns(day) is concerned
