"""The JSON bodies of calls; a field that stands in none of them is refused."""

from datetime import date

import msgspec

from bookings.compensation.rules import Filing, Invoice
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents
from vizium.kernel.registers import NumberError, parse_iban, parse_registration_number
from vizium.kernel.text import one_line
from vizium.web.api import Body
from vizium.web.forms import TEXT_LENGTH_MAX

# What the service calls a field -> what the body calls it.
_NAMES = {
    "total": "invoice.total_cents",
    "issued": "invoice.date",
    "number": "invoice.number",
    "cofunding": "cofunding_cents",
    "award": "award_cents",
}


class InvoiceBody(Body, frozen=True, kw_only=True):
    """The carrier's invoice."""

    supplier_reg_no: str
    number: str
    date: date
    total_cents: int


class ClaimBody(Body, frozen=True, kw_only=True):
    """What the school sends in."""

    visit: str
    invoice: InvoiceBody
    km: int
    iban: str
    cofunding_cents: int = 0
    supplier_name: str = ""


class CheckBody(Body, frozen=True, kw_only=True):
    """Officer A's check, with the award that A recommends."""

    award_cents: int | None = None
    reasons: list[str] = msgspec.field(default_factory=list)
    note: str = ""
    expected_version: int | None = None


class PayoutBody(Body, frozen=True, kw_only=True):
    """A batch of all that a fund owes."""

    fund: str
    execute_on: date | None = None


class VersionBody(Body, frozen=True, kw_only=True):
    """An act on what was seen in this version."""

    expected_version: int | None = None


class DecisionBody(Body, frozen=True, kw_only=True):
    """Officer B's decision."""

    award_cents: int
    reasons: list[str] = msgspec.field(default_factory=list)
    note: str = ""
    expected_version: int | None = None


def filing_of(data: ClaimBody) -> Filing:
    """The filing of a body.

    Raises:
        InvalidInput: numbers that are none.
    """
    errors = []
    supplier, iban = data.invoice.supplier_reg_no, data.iban
    try:
        supplier = parse_registration_number(supplier)
    except NumberError as error:
        errors.append(FieldError("invoice.supplier_reg_no", error.reason))
    try:
        iban = parse_iban(iban)
    except NumberError as error:
        errors.append(FieldError("iban", error.reason))
    if errors:
        raise InvalidInput(errors)
    return Filing(
        invoice=Invoice(
            supplier_reg_no=supplier,
            number=one_line(data.invoice.number[:60]),
            issued_on=data.invoice.date,
            total_cents=Cents(data.invoice.total_cents),
        ),
        km=data.km,
        iban=iban,
        cofunding_cents=Cents(data.cofunding_cents),
        supplier_name=one_line(data.supplier_name[:TEXT_LENGTH_MAX]),
    )


def renamed(error: InvalidInput) -> InvalidInput:
    """An error of the service with the names of the body's fields."""
    return InvalidInput(
        [
            FieldError(_NAMES.get(found.field, found.field), found.code, found.facts)
            for found in error.errors
        ],
        error.code,
    )
