"""Hours and days as people on the telephone write them."""

from datetime import date, time

import pytest

from bookings.visits.forms.clock import parse_day_typed, parse_days_typed, parse_wall
from vizium.web.forms import Form

TODAY = date(2027, 2, 1)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("16.3.", [date(2027, 3, 16)]),
        ("16.3.2027", [date(2027, 3, 16)]),
        ("17. 3. 2027, 16.3", [date(2027, 3, 16), date(2027, 3, 17)]),
        ("2027-03-16; 16.3.", [date(2027, 3, 16)]),
        ("1.2.", [TODAY]),
        ("31.1.", [date(2028, 1, 31)]),
    ],
)
def test_days_are_read_as_they_are_written(typed: str, days: list[date]) -> None:
    form = Form({"dates": [typed]})

    assert list(parse_days_typed(form, "dates", today=TODAY)) == days
    assert form.errors == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("otrdien", "not_days"),
        ("31.2.2027", "not_days"),
        ("29.2.", "not_days"),
        ("16.3. vai 17.3.", "not_days"),
        ("16.3.2020", "day_is_past_one"),
        ("2027-13-01", "not_days"),
        ("0.0.", "not_days"),
    ],
)
def test_what_is_no_day_to_come_is_said(typed: str, code: str) -> None:
    form = Form({"dates": [typed]})

    parse_days_typed(form, "dates", today=TODAY)

    assert [error.code for error in form.errors] == [code]


def test_one_day_may_be_past_or_empty_and_no_two() -> None:
    assert parse_day_typed(Form({"first": ["16.3.2020"]}), "first", today=TODAY) == date(
        2020, 3, 16
    )
    assert parse_day_typed(Form({}), "first", today=TODAY) is None
    assert parse_day_typed(Form({"first": ["1.11."]}), "first", today=TODAY) == date(2026, 11, 1)
    assert parse_day_typed(Form({"first": ["1.6."]}), "first", today=TODAY) == date(2027, 6, 1)
    form = Form({"first": ["16.3., 17.3."]})
    assert parse_day_typed(form, "first", today=TODAY) is None
    assert [error.code for error in form.errors] == ["not_days"]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("9", time(9)),
        ("9.30", time(9, 30)),
        ("09:30", time(9, 30)),
        ("930", time(9, 30)),
        ("", None),
    ],
)
def test_hours_are_read_as_they_are_written(typed: str, at: time | None) -> None:
    form = Form({"arrive": [typed]})

    assert parse_wall(form, "arrive") == at
    assert form.errors == []


@pytest.mark.parametrize("typed", ["24", "9.60", "rīts", "-1", "9.3", "²"])
def test_what_is_no_hour_is_said(typed: str) -> None:
    form = Form({"arrive": [typed]})

    parse_wall(form, "arrive")

    assert [error.code for error in form.errors] == ["not_an_hour"]
