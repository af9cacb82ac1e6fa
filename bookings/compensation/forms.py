"""What people type about a bus: read into a filing, a check or a decision, or told what to mend."""

from collections.abc import Mapping
from datetime import date

from bookings.compensation.queries import ReadingRow
from bookings.compensation.queries.payouts import PayerAccount
from bookings.compensation.rules import (
    BIC,
    KM_MAX,
    NAME_LENGTH_MAX,
    ClaimReason,
    Filing,
    Invoice,
    check_filing,
)
from bookings.compensation.service import CheckClaim, DecideClaim
from vizium.kernel.money import Cents
from vizium.kernel.registers import (
    Iban,
    RegistrationNumber,
    parse_iban,
    parse_registration_number,
)
from vizium.web.forms import Form

# The names of the claim's form, which is also what a draft keeps.
FIELDS = (
    *("supplier_name", "supplier", "number", "issued_day", "issued_month", "issued_year"),
    *("total", "km", "iban", "cofunding", "declared"),
)
_NUMBER_LENGTH_MAX = 60
_NOTHING = Cents(0)


def draft_of(form: Form) -> dict[str, object]:
    """What was typed, to be kept as it is."""
    return {name: form.raw(name) for name in FIELDS}


def form_of(draft: Mapping[str, object]) -> Form:
    """A draft as the form that it came from."""
    return Form({name: [str(draft[name])] for name in FIELDS if draft.get(name)})


def filled_in(draft: Mapping[str, object], reading: ReadingRow) -> dict[str, object]:
    """A draft with what an e-invoice says where nothing was typed; its account is the carrier's."""
    invoice = reading.invoice
    said = {
        "supplier_name": reading.supplier_name,
        "supplier": invoice.supplier_reg_no,
        "number": invoice.number,
        "total": f"{invoice.total_cents // 100},{invoice.total_cents % 100:02d}",
    }
    if not any(draft.get(f"issued_{part}") for part in ("day", "month", "year")):
        day = invoice.issued_on
        said |= {
            "issued_day": f"{day.day}",
            "issued_month": f"{day.month}",
            "issued_year": f"{day.year}",
        }
    return {**draft, **{name: value for name, value in said.items() if not draft.get(name)}}


def parse_filing(form: Form, *, visited_on: date, today: date, has_evidence: bool) -> Filing:
    """The invoice of a claim.

    Raises:
        InvalidInput: every field's error.
    """
    if not has_evidence:
        form.fail("file", "evidence_missing")
    filing = Filing(
        supplier_name=form.text("supplier_name"),
        invoice=Invoice(
            supplier_reg_no=form.number(
                "supplier", parse_registration_number, RegistrationNumber("")
            ),
            number=form.text("number", length_max=_NUMBER_LENGTH_MAX),
            issued_on=form.date("issued", stand_in=visited_on),
            total_cents=form.euro("total"),
        ),
        km=form.whole("km", least=1, most=KM_MAX),
        iban=form.number("iban", parse_iban, Iban("")),
        cofunding_cents=form.euro("cofunding", empty=_NOTHING),
    )
    for error in check_filing(filing, visited_on=visited_on, today=today):
        form.fail(error.field, error.code, **error.facts)
    if not form.flag("declared"):
        form.fail("declared", "declaration_missing")
    form.check()
    return filing


def parse_payer(form: Form) -> PayerAccount:
    """The account that a fund pays from.

    Raises:
        InvalidInput: every field's error.
    """
    bic = form.text("payer_bic", missing=None).upper().replace(" ", "")
    if bic and not BIC.fullmatch(bic):
        form.fail("payer_bic", "bic_form")
    payer = PayerAccount(
        name=form.text("payer_name", length_max=NAME_LENGTH_MAX),
        iban=form.number("payer_iban", parse_iban, Iban("")),
        bic=bic,
    )
    form.check()
    return payer


def parse_check(form: Form, claim_id: str) -> CheckClaim:
    """Officer A's check.

    Raises:
        InvalidInput: every field's error.
    """
    command = CheckClaim(
        claim=claim_id,
        note=form.prose("note"),
        expected_version=form.whole("version", least=1, most=10**6),
    )
    form.check()
    return command


def parse_decision(form: Form, claim_id: str) -> DecideClaim:
    """Officer B's decision.

    Raises:
        InvalidInput: every field's error.
    """
    reasons = form.all("reasons")
    if not set(reasons) <= set(ClaimReason):
        form.fail("reasons", "reason_unknown")
    command = DecideClaim(
        claim=claim_id,
        award_cents=form.euro("award"),
        reasons=tuple(dict.fromkeys(reasons)),
        note=form.prose("note"),
        expected_version=form.whole("version", least=1, most=10**6),
    )
    form.check()
    return command
