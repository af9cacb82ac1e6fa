from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.errors import InvalidInput
from vizium.kernel.money import Cents
from vizium.kernel.registers import parse_phone
from vizium.web.forms import PROSE_LENGTH_MAX, TEXT_LENGTH_MAX, Form

HUGE = "9" * 1_000_000
DAY = date(2027, 1, 1)


def form(**fields: str | list[str]) -> Form:
    return Form({name: [text] if isinstance(text, str) else text for name, text in fields.items()})


def codes(form: Form) -> dict[str, str]:
    return {error.field: error.code for error in form.errors}


def test_every_error_comes_at_once_and_only_the_first_of_a_field() -> None:
    asked = form(pupils="many", email="")
    asked.whole("pupils", least=1, most=30)
    asked.text("email")
    asked.fail("pupils", "too_many_pupils")

    with pytest.raises(InvalidInput) as refused:
        asked.check()

    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("pupils", "not_a_number"),
        ("email", "missing"),
    ]


def test_form_without_errors_passes() -> None:
    form(name="Anna").check()


@pytest.mark.parametrize(
    ("typed", "text", "code"),
    [
        ("  Anna   Ozola ", "Anna Ozola", None),
        ("Anna\r\nBcc: x", "Anna Bcc: x", None),
        ("Anna\0\x1b[31m\u202eOzola", "Anna [31m Ozola", None),
        ("", "", "missing"),
        (" \n\t\0 ", "", "missing"),
        ("x" * TEXT_LENGTH_MAX, "x" * TEXT_LENGTH_MAX, None),
        ("x" * (TEXT_LENGTH_MAX + 1), "x" * TEXT_LENGTH_MAX, "too_long"),
        ("x" * 1_000_000, "x" * TEXT_LENGTH_MAX, "too_long"),
    ],
)
def test_text_is_one_clean_line(typed: str, text: str, code: str | None) -> None:
    asked = form(name=typed)

    assert asked.text("name") == text
    assert codes(asked).get("name") == code


def test_text_that_may_be_empty_is_empty() -> None:
    asked = form()

    assert asked.text("note", missing=None) == ""
    assert codes(asked) == {}


@pytest.mark.parametrize(
    ("typed", "text", "code"),
    [
        ("a\r\n\r\nb", "a\n\nb", None),
        ("a\0b\x07", "ab", None),
        ("", "", None),
        ("x" * PROSE_LENGTH_MAX, "x" * PROSE_LENGTH_MAX, None),
        ("x" * 1_000_000, "x" * PROSE_LENGTH_MAX, "too_long"),
    ],
)
def test_prose_keeps_its_lines(typed: str, text: str, code: str | None) -> None:
    asked = form(note=typed)

    assert asked.prose("note") == text
    assert codes(asked).get("note") == code


@pytest.mark.parametrize(
    ("typed", "number", "code"),
    [
        ("24", 24, None),
        (" 2 4 ", 24, None),
        ("", 1, "missing"),
        ("0", 1, "out_of_bounds"),
        ("31", 30, "out_of_bounds"),
        ("-5", 1, "out_of_bounds"),
        ("1.5", 1, "not_a_number"),
        ("1e1", 1, "not_a_number"),
        ("0x1f", 1, "not_a_number"),
        ("٢٤", 1, "not_a_number"),
        ("²", 1, "not_a_number"),
        ("1_0", 1, "not_a_number"),
        (str(10**30), 1, "not_a_number"),
        (HUGE, 1, "not_a_number"),
        ("NaN", 1, "not_a_number"),
        ("24\0", 1, "not_a_number"),
    ],
)
def test_whole_number_is_within_its_bounds(typed: str, number: int, code: str | None) -> None:
    asked = form(pupils=typed)

    assert asked.whole("pupils", least=1, most=30) == number
    assert codes(asked).get("pupils") == code


def test_whole_number_that_may_be_empty_has_its_stand_in() -> None:
    assert form(adults="").whole("adults", least=1, most=9, empty=2) == 2


@pytest.mark.parametrize(
    ("day", "month", "year", "found"),
    [
        ("30", "3", "2027", date(2027, 3, 30)),
        (" 30 ", "03", "2027", date(2027, 3, 30)),
        ("30", "marts", "2027", date(2027, 3, 30)),
        ("30", "Martā", "2027", date(2027, 3, 30)),
        ("30", "March", "2027", date(2027, 3, 30)),
        ("30", "März", "2027", date(2027, 3, 30)),
        ("1", "jūnijs", "2027", date(2027, 6, 1)),
        ("1", "JŪLIJS", "2027", date(2027, 7, 1)),
        ("1", "maijā", "2027", date(2027, 5, 1)),
        ("1", "oktobris", "2027", date(2027, 10, 1)),
        ("29", "2", "2028", date(2028, 2, 29)),
    ],
)
def test_date_is_read_from_three_fields(day: str, month: str, year: str, found: date) -> None:
    asked = form(when_day=day, when_month=month, when_year=year)

    assert asked.date("when", stand_in=DAY) == found
    assert codes(asked) == {}


@pytest.mark.parametrize(
    ("day", "month", "year", "code"),
    [
        ("", "", "", "missing"),
        ("31", "2", "2027", "not_a_date"),
        ("29", "2", "2027", "not_a_date"),
        ("0", "1", "2027", "not_a_date"),
        ("1", "13", "2027", "not_a_date"),
        ("1", "", "2027", "not_a_date"),
        ("1", "xyz", "2027", "not_a_date"),
        ("1", "²", "2027", "not_a_date"),
        ("1", "3", "0", "not_a_date"),
        ("1", "1", "1", "not_a_date"),
        ("31", "12", "9999", "not_a_date"),
        ("1", "3", "20270", "not_a_date"),
        ("1", "3", "2_027", "not_a_date"),
        ("+1", "3", "2027", "not_a_date"),
        ("1", "3", str(10**30), "not_a_date"),
        ("1", HUGE, "2027", "not_a_date"),
        (HUGE, "3", "2027", "not_a_date"),
        ("1\0", "3", "2027", "not_a_date"),
    ],
)
def test_date_that_does_not_exist_is_refused(day: str, month: str, year: str, code: str) -> None:
    asked = form(when_day=day, when_month=month, when_year=year)

    assert asked.date("when", stand_in=DAY) == DAY
    assert codes(asked) == {"when": code}


def test_repeated_field_counts_once_and_all_of_them_where_several_are_asked_for() -> None:
    asked = form(grade=["5", "6"], stops=[f"stop {number}" for number in range(1000)])

    assert asked.whole("grade", least=1, most=12) == 5
    assert asked.all("stops") == [f"stop {number}" for number in range(100)]


def test_choice_is_one_of_the_options() -> None:
    asked = form(language="xx", kind="show")

    assert asked.choice("kind", ["workshop", "show"]) == "show"
    assert asked.choice("language", ["lv", "en"]) == "lv"
    assert codes(asked) == {"language": "choose"}


@pytest.mark.parametrize(("typed", "flag"), [("1", True), ("on", True), ("", False), ("0", False)])
def test_flag_is_a_ticked_box(typed: str, flag: bool) -> None:
    assert form(agree=typed).flag("agree") is flag


@pytest.mark.parametrize(
    ("typed", "cents", "code"),
    [("285,50", 28_550, None), ("x", 0, "not_an_amount"), (HUGE, 0, "not_an_amount")],
)
def test_money_is_whole_cents(typed: str, cents: int, code: str | None) -> None:
    asked = form(amount=typed)

    assert asked.euro("amount") == cents
    assert codes(asked).get("amount") == code


def test_money_that_may_be_empty_has_its_stand_in() -> None:
    assert form().euro("amount", empty=Cents(0)) == 0


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "missing"), ("  ", "missing"), ("123", "phone_digits"), (HUGE, "phone_digits")],
)
def test_number_of_a_register_says_why_not(typed: str, code: str) -> None:
    asked = form(phone=typed)

    assert asked.number("phone", parse_phone, "stand-in") == "stand-in"
    assert codes(asked) == {"phone": code}


READERS: list[Callable[[Form], object]] = [
    lambda asked: asked.text("x"),
    lambda asked: asked.prose("x"),
    lambda asked: asked.whole("x", least=-(10**9), most=10**9),
    lambda asked: asked.choice("x", ["a"]),
    lambda asked: asked.flag("x"),
    lambda asked: asked.euro("x"),
    lambda asked: asked.number("x", parse_phone, ""),
    lambda asked: asked.date("x", stand_in=DAY),
    lambda asked: asked.all("x"),
]


@given(st.text(max_size=60), st.sampled_from(READERS))
def test_no_reader_fails_on_any_text(typed: str, read: Callable[[Form], object]) -> None:
    names = ("x", "x_day", "x_month", "x_year")

    read(form(**dict.fromkeys(names, typed)))
