"""The answers of a day that is planned, without a database."""

from dataclasses import replace
from datetime import date, time

import pytest

from bookings.visits.forms import day
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.rules import POLICY, Funding, Group
from vizium.web.forms import Form

TODAY = date(2027, 2, 1)
CLASS = {"g5": ["27"], "adults": ["3"], "language": ["lv"]}


def _form(**fields: str | list[str]) -> Form:
    return Form({name: [one] if isinstance(one, str) else one for name, one in fields.items()})


def _codes(form: Form) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in form.errors]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"g5": "0"}, [("groups", "pupils_missing")]),
        ({"g5": ""}, [("groups", "pupils_missing")]),
        ({"g5": "10000"}, [("g5", "out_of_bounds")]),
        ({"g5": "400", "g6": "400"}, [("groups", "pupils_too_many")]),
        ({"g5": "ten"}, [("g5", "not_a_number"), ("groups", "pupils_missing")]),
        ({"adults": "2"}, [("adults", "adults_too_few")]),
        ({"adults": "0"}, [("adults", "adults_none")]),
        ({"adults": "0", "joint": "1"}, []),
        ({"adults": ""}, [("adults", "missing")]),
        ({"language": ""}, [("language", "missing")]),
    ],
)
def test_class_is_read_or_every_fault_is_noted(
    changes: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    form = _form(**(CLASS | changes))

    day.parse_class(form)

    assert _codes(form) == wrong


def test_class_is_held_against_the_rules_that_are_in_force() -> None:
    form = _form(**CLASS)

    day.parse_class(form, replace(POLICY, pupils_per_adult_basic=5))

    assert _codes(form) == [("adults", "adults_too_few")]


def test_joint_group_adds_its_schools_up_by_grade() -> None:
    form = _form(
        **CLASS, joint="1", school="1", p2="2", p2g5="4", p2g6="5", p2adults="1", p3="", p4g1="9"
    )

    answers = day.parse_day(form)

    assert [party.school for party in answers.parties] == ["1", "2"]
    assert answers.request().groups == (Group(5, 31), Group(6, 5))
    assert answers.request().adults == 4
    assert form.errors == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"p2": "1"}, [("schools", "school_twice")]),
        ({"p2adults": "0", "adults": "0"}, [("adults", "adults_none")]),
        ({"p2g5": ""}, [("p2groups", "pupils_missing")]),
        ({"p2adults": ""}, [("p2adults", "missing")]),
    ],
)
def test_joint_group_with_a_fault_says_where(
    changes: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    given = CLASS | {"joint": "1", "school": "1", "p2": "2", "p2g5": "4", "p2adults": "1"}
    form = _form(**(given | changes))

    day.parse_parties(form)

    assert _codes(form) == wrong


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ({}, (None, None)),
        ({"arrive": "9"}, (time(9), None)),
        ({"arrive": "9.30", "depart": "14:05"}, (time(9, 30), time(14, 5))),
        ({"arrive": "09 45", "depart": " 1430 "}, (time(9, 45), time(14, 30))),
    ],
)
def test_hours_are_read_as_people_write_them(
    typed: dict[str, str], hours: tuple[time | None, time | None]
) -> None:
    form = _form(**typed)

    assert day.parse_hours(form) == hours
    assert form.errors == []


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"arrive": "soon"}, [("arrive", "not_an_hour")]),
        ({"arrive": "25"}, [("arrive", "not_an_hour")]),
        ({"depart": "9.75"}, [("depart", "not_an_hour")]),
        ({"arrive": "12", "depart": "9"}, [("depart", "leaves_before_coming")]),
    ],
)
def test_hours_that_cannot_be_are_noted(
    typed: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    form = _form(**typed)

    day.parse_hours(form)

    assert _codes(form) == wrong


def test_days_that_are_ticked_and_typed_come_together_once() -> None:
    typed = {"date_day": "16", "date_month": "marts", "date_year": "2027"}
    form = _form(d=["2027-03-30", "2027-03-16", "never"], **typed)

    days = day.parse_days(form, today=TODAY)

    assert days == (date(2027, 3, 16), date(2027, 3, 30))
    assert [pair for pair in day.travelling_day(form) if pair[0] == "d"] == [
        ("d", "2027-03-16"),
        ("d", "2027-03-30"),
    ]


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (_form(), [("date", "days_missing")]),
        (_form(d="2027-01-31"), [("date", "day_is_past_one")]),
        (_form(date_day="31", date_month="2", date_year="2027"), [("date", "not_a_date")]),
        (_form(d=[f"2027-03-{day:02}" for day in range(1, 16)]), [("date", "dates_count")]),
    ],
)
def test_days_that_cannot_be_are_noted(form: Form, wrong: list[tuple[str, str]]) -> None:
    day.parse_days(form, today=TODAY)

    assert _codes(form) == wrong


@pytest.mark.parametrize(
    ("wishes", "wrong"),
    [
        (["T-07", "kind:show"], []),
        ([], [("w", "wishes_missing")]),
        (["", "T-07"], []),
        (["T-99"], [("w", "wish_unknown")]),
        (["P-01"], [("w", "wish_other_grade")]),
        ([f"kind:{number}" for number in range(7)], [("w", "wishes_too_many")]),
    ],
)
def test_wishes_are_known_and_for_these_grades(
    wishes: list[str], wrong: list[tuple[str, str]]
) -> None:
    form = _form(w=wishes)

    day.parse_wishes(form, {"T-07": (4, 5, 6), "P-01": (0,)}, {5})

    assert _codes(form) == wrong


@pytest.mark.parametrize(
    "wish", [Wish(code="T-07"), Wish(kind="show"), Wish(subject="physics"), Wish(area="nature")]
)
def test_wish_survives_its_way_through_the_address(wish: Wish) -> None:
    assert day.read_wish(day.write_wish(wish)) == wish


def test_request_becomes_the_answers_that_ask_for_it() -> None:
    request = PlanRequest(
        schools=("3213900123",),
        dates=(date(2027, 3, 16),),
        groups=(Group(5, 27),),
        adults=3,
        language="lv",
        wishes=(Wish(code="T-07"), Wish(kind="show")),
        galleries=("g-sim",),
        needs=frozenset({Need.LUNCH}),
        arrive=time(9, 45),
        depart=time(14, 30),
    )
    fields: dict[str, list[str]] = {}
    for name, value in day.pairs_of(request):
        fields.setdefault(name, []).append(value)

    assert day.parse_day(Form(fields)).request() == request


def test_names_travel_only_where_nobody_reads_the_address() -> None:
    form = _form(**CLASS, name="Anna", email="a@example.lv", phone="2000", transport="yes")

    assert {name for name, _ in day.travelling_day(form)} == {"g5", "adults", "language"}
    assert ("name", "Anna") in day.travelling_day(form, private=True)
    assert day.has_private(form)


def test_school_that_is_dropped_stays_behind() -> None:
    form = _form(**CLASS, joint="1", school="1", p2="2", p2g5="4", p2adults="1", drop="p2")

    assert day.parties_named(form) == []
    assert not [name for name, _ in day.travelling_day(form) if name.startswith("p2")]


def test_who_pays_and_the_bus_are_both_asked() -> None:
    wrong = _form(funding="nobody")
    day.parse_money(wrong)
    right = _form(funding="skolas_soma", transport="no")

    assert _codes(wrong) == [("funding", "choose"), ("transport", "choose")]
    assert day.parse_money(right) == (Funding.SKOLAS_SOMA, False)
