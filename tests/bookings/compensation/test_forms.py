"""What a teacher may type into the claim's form, good and bad."""

from datetime import date

import pytest

from bookings.compensation.forms import draft_of, form_of, parse_decision, parse_filing
from bookings.compensation.rules import Filing
from tests.bookings.compensation.typed import GOOD
from tests.factories.compensation import TRIP_DAY, given_filing
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form


def _parse(**changes: str) -> Filing:
    form = Form({name: [value] for name, value in (GOOD | changes).items()})
    today = date(2027, 2, 1)
    return parse_filing(form, visited_on=TRIP_DAY, today=today, has_evidence=True)


@pytest.mark.parametrize(
    ("name", "value", "field", "code"),
    [
        ("km", "-1", "km", "out_of_bounds"),
        ("km", "1000000000", "km", "out_of_bounds"),
        ("km", "0", "km", "out_of_bounds"),
        ("km", "3001", "km", "out_of_bounds"),
        ("km", "", "km", "missing"),
        ("km", "daudz", "km", "not_a_number"),
        ("km", "380,5", "km", "not_a_number"),
        ("total", "", "total", "not_an_amount"),
        ("total", "0", "total", "amount_positive"),
        ("total", "-5", "total", "not_an_amount"),
        ("total", "1.234,567", "total", "not_an_amount"),
        ("total", "99999999999999", "total", "amount_too_large"),
        ("cofunding", "570,01", "cofunding", "cofunding_above_invoice"),
        ("cofunding", "-1", "cofunding", "not_an_amount"),
        ("iban", "", "iban", "missing"),
        ("iban", "LV81BANK0000435195001", "iban", "iban_check_digits"),
        ("iban", "LV80BANK000043519500", "iban", "iban_length"),
        ("iban", "'; DROP TABLE", "iban", "iban_form"),
        ("supplier", "123", "supplier", "registration_number_digits"),
        ("supplier_name", " ", "supplier_name", "missing"),
        ("issued_month", "smarch", "issued", "not_a_date"),
        ("issued_year", "2037", "issued", "date_in_future"),
        ("issued_year", "1999", "issued", "invoice_too_old"),
        ("number", "", "number", "missing"),
        ("number", "x" * 61, "number", "too_long"),
        ("declared", "", "declared", "declaration_missing"),
    ],
)
def test_bad_answer_is_named_at_its_field_alone(
    name: str, value: str, field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _parse(**{name: value})

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,34", 1234),
        ("12.34", 1234),
        ("1 234,50", 123_450),
        ("1.234,50", 123_450),
        ("€ 12", 1200),
        ("1\u00a0234,5", 123_450),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, cents: int) -> None:
    assert _parse(total=typed).invoice.total_cents == cents


def test_good_answers_are_a_filing() -> None:
    assert _parse() == given_filing()


def test_form_without_anything_names_every_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_filing(Form({}), visited_on=TRIP_DAY, today=date(2027, 2, 1), has_evidence=False)

    assert {error.field for error in refused.value.errors} == {
        *("file", "supplier_name", "supplier", "number", "issued", "total", "km", "iban"),
        "declared",
    }


def test_draft_gives_back_what_was_typed() -> None:
    form = Form({name: [value] for name, value in GOOD.items()})

    kept = form_of(draft_of(form))

    assert {name: kept.raw(name) for name in GOOD} == GOOD


def test_decision_with_an_unknown_reason_is_refused() -> None:
    form = Form({"award": ["1,00"], "version": ["3"], "reasons": ["because"]})

    with pytest.raises(InvalidInput) as refused:
        parse_decision(form, "claim")

    assert [error.field for error in refused.value.errors] == ["reasons"]
