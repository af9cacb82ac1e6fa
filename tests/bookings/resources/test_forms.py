"""What the staff type becomes values, or an error at its field; no database."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bookings.resources.forms import (
    parse_break,
    parse_closure,
    parse_host,
    parse_hours,
    parse_outage,
    parse_planned,
    parse_retirement,
    parse_room,
    parse_shifts,
    parse_walk,
)
from bookings.resources.queries import HostRow, Planned, RoomRow
from bookings.resources.rules import OpeningRule, Shift
from bookings.resources.service import ReportOutage
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form

TODAY = date(2027, 2, 1)
NOW = datetime(2027, 2, 1, 8, tzinfo=UTC)
HOST = HostRow("h-01", "", (), (), 300)
ROOM = RoomRow("room-a", "classroom", "Telpa A", "Room A", 20, 1, 15)


def form_of(fields: dict[str, Any]) -> Form:
    return Form({name: v if isinstance(v, list) else [v] for name, v in fields.items()})


def a_date(name: str, year: int, month: int | str, day: int) -> dict[str, str]:
    return {f"{name}_year": str(year), f"{name}_month": str(month), f"{name}_day": str(day)}


PERIOD = a_date("valid_from", 2027, 12, 31) | a_date("valid_to", 2028, "feb", 29)
SHIFT = {"weekdays": ["3", "7"], "starts": "9", "ends": "17.30"} | PERIOD


def codes(refused: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in refused.value.errors}


def test_shift_of_a_leap_year_over_the_turn_of_the_year_is_read() -> None:
    shifts = parse_shifts(form_of(SHIFT), "h-01", today=TODAY)

    period = date(2027, 12, 31), date(2028, 2, 29)
    assert shifts == [Shift("h-01", day, *period, time(9), time(17, 30)) for day in (3, 7)]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"weekdays": []}, {("weekdays", "choose")}),
        ({"weekdays": ["8"]}, {("weekdays", "choose")}),
        ({"starts": "", "ends": "25"}, {("starts", "missing"), ("ends", "not_a_time")}),
        ({"ends": "8"}, {("ends", "end_before_start")}),
        ({"starts": "8.10"}, {("starts", "not_a_quarter")}),
        ({"starts": "8.99"}, {("starts", "not_a_time")}),
        ({"break_starts": "12"}, {("break_ends", "break_half")}),
        ({"break_ends": "12"}, {("break_starts", "break_half")}),
        ({"break_starts": "17", "break_ends": "17:30"}, {("break_starts", "break_outside")}),
        (a_date("valid_to", 2027, 2, 29), {("valid_to", "not_a_date")}),
        (a_date("valid_to", 2027, 12, 30), {("valid_to", "end_before_start")}),
    ],
)
def test_impossible_shift_is_said_at_its_field(
    changes: dict[str, Any], wrong: set[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_shifts(form_of(SHIFT | changes), "h-01", today=TODAY)

    assert codes(refused) == wrong


def test_hours_open_for_schools_with_the_doors_where_nothing_is_said() -> None:
    typed = {"opens_2": "10", "closes_2": "19", "opens_3": "10", "closes_3": "19"}

    rules = parse_hours(form_of(PERIOD | typed | {"schools_from_3": "9"}), today=TODAY)

    period = date(2027, 12, 31), date(2028, 2, 29)
    assert len(rules) == 7
    assert rules[0] == OpeningRule(1, *period, None, None, None)
    assert rules[1] == OpeningRule(2, *period, time(10), time(19), time(10))
    assert rules[2] == OpeningRule(3, *period, time(10), time(19), time(9))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"opens_2": "10"}, ("closes_2", "hours_half")),
        ({"closes_2": "10"}, ("opens_2", "hours_half")),
        ({"schools_from_2": "9"}, ("opens_2", "hours_half")),
        ({"opens_2": "10", "closes_2": "9"}, ("closes_2", "end_before_start")),
        (
            {"opens_2": "10", "closes_2": "19", "schools_from_2": "11"},
            ("schools_from_2", "schools_after_opening"),
        ),
    ],
)
def test_impossible_hours_are_said_at_their_field(
    typed: dict[str, str], wrong: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_hours(form_of(PERIOD | typed), today=TODAY)

    assert codes(refused) == {wrong}


def test_outage_without_times_is_the_whole_day_in_latvia() -> None:
    days = a_date("first_day", 2027, 3, 28) | a_date("last_day", 2027, 3, 28)

    outage = parse_outage(form_of(days | {"resource": "h-01", "reason": "slims"}), now=NOW)

    start = datetime(2027, 3, 27, 22, tzinfo=UTC)
    end = datetime(2027, 3, 28, 20, 45, tzinfo=UTC)
    assert outage == ReportOutage("h-01", start, end, "slims")


def test_host_gets_each_skill_once_and_needs_a_language() -> None:
    typed = {"name": "Anna", "skills": ["show", "juggling", "show"], "minutes_a_day_max": "300"}
    known = ["chemistry", "show"]

    host = parse_host(form_of(typed | {"languages": ["ru", "lv", "fr"]}), HOST, known)
    with pytest.raises(InvalidInput) as refused:
        parse_host(form_of(typed | {"languages": ["fr"]}), HOST, known)

    assert (host.skills, host.languages) == (("show",), ("lv", "ru"))
    assert codes(refused) == {("languages", "choose")}


@pytest.mark.parametrize("seats", ["0", "-1", "2001", "1e3", ""])
def test_room_of_nobody_or_of_too_many_is_refused(seats: str) -> None:
    typed = {"title_lv": "A", "title_en": "A", "kind": "workshop", "seats": seats}
    typed |= {"position": "", "setup_min": "15"}

    with pytest.raises(InvalidInput) as refused:
        parse_room(form_of(typed), ROOM, ["classroom", "workshop"])

    assert {field for field, _ in codes(refused)} == {"seats"}


def test_day_that_is_over_cannot_be_closed_and_grades_must_exist() -> None:
    closure = {"reason_lv": "x", "reason_en": "x"} | a_date("day", 2027, 1, 31)
    days = a_date("first_day", 2027, 3, 19) | a_date("last_day", 2027, 3, 15)

    with pytest.raises(InvalidInput) as over:
        parse_closure(form_of(closure), today=TODAY)
    with pytest.raises(InvalidInput) as strange:
        parse_break(form_of({"kind": "spring", "grades": "13"} | days), today=TODAY)

    assert codes(over) == {("day", "day_is_over")}
    assert codes(strange) == {("last_day", "end_before_start"), ("grades", "grades_form")}


def test_change_from_a_day_on_is_read_and_yesterday_is_refused() -> None:
    day = a_date("from", 2027, 2, 1)

    planned = parse_planned(form_of({"new_capacity": "90"} | day), today=TODAY)
    with pytest.raises(InvalidInput) as over:
        parse_retirement(form_of(a_date("from", 2027, 1, 31)), today=TODAY)
    with pytest.raises(InvalidInput) as far:
        parse_planned(form_of({"new_capacity": "0"} | a_date("from", 2099, 1, 1)), today=TODAY)

    assert planned == Planned(TODAY, 90)
    assert codes(over) == {("from", "day_is_over")}
    assert codes(far) == {("from", "too_far_ahead"), ("new_capacity", "out_of_bounds")}


def test_walk_without_minutes_is_the_usual_one() -> None:
    pair = {"one": "room-a", "other": "lunch"}
    places = ["lunch", "room-a"]

    with pytest.raises(InvalidInput) as refused:
        parse_walk(form_of({"one": "attic", "other": "lunch", "minutes": "61"}), places)

    assert parse_walk(form_of(pair | {"minutes": ""}), places) == (("room-a", "lunch"), None)
    assert parse_walk(form_of(pair | {"minutes": "4"}), places) == (("room-a", "lunch"), 4)
    assert codes(refused) == {("one", "choose"), ("minutes", "out_of_bounds")}
