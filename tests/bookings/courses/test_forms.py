"""What people type into the forms of courses: values, or every field's error."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.courses.forms import check_person, parse_capacity, parse_session
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
TYPED = {
    "day_day": ["16"],
    "day_month": ["februāris"],
    "day_year": ["2027"],
    "start": ["15.30"],
    "minutes": ["90"],
    "rooms": ["room-a", "room-a", "room-b"],
    "host": ["h-01"],
}


def test_session_is_read_as_people_write_it() -> None:
    new = parse_session(Form(TYPED), now=NOW)

    assert new.start == datetime(2027, 2, 16, 13, 30, tzinfo=UTC)
    assert new.end - new.start == timedelta(minutes=90)
    assert (new.rooms, new.host) == (("room-a", "room-b"), "h-01")


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"start": [""]}, "start", "missing"),
        ({"start": ["25.00"]}, "start", "not_a_time"),
        ({"start": ["9.75"]}, "start", "not_a_time"),
        ({"start": ["no rīta"]}, "start", "not_a_time"),
        ({"minutes": ["5"]}, "minutes", "out_of_bounds"),
        ({"day_day": ["31"]}, "day", "not_a_date"),
    ],
)
def test_session_that_cannot_be_read_names_its_field(
    typed: dict[str, list[str]], field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_session(Form(TYPED | typed), now=NOW)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


def test_person_of_a_call_is_refused_with_every_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_person("  ", "nobody", "12")

    assert [error.field for error in refused.value.errors] == ["name", "email", "phone"]
    assert check_person(" Anna\n Parauga ", "anna@EXAMPLE.lv", "") == (
        "Anna Parauga",
        "anna@example.lv",
        "",
    )


@given(st.dictionaries(st.sampled_from([*TYPED, "capacity"]), st.lists(st.text(), max_size=3)))
def test_forms_read_or_refuse_whatever_is_sent(fields: dict[str, list[str]]) -> None:
    session, capacity = Form(fields), Form(fields)

    with suppress(InvalidInput):
        assert parse_session(session, now=NOW).start
    with suppress(InvalidInput):
        assert parse_capacity(capacity) >= 1
