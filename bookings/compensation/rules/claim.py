"""A claim's life and who may move it; pure.

```
draft -> submitted <-> needs_info -> ineligible | reserved (E1) | waitlisted -> offered -> reserved
reserved -> open (class was here) -> claimed <-> needs_info -> checked (by A)
checked -> approved | partial (E3, by B != A) | rejected (E2) -> contested -> upheld | overturned
withdrawn, lapsed (E2); withdrawn -> reserved | waitlisted | ineligible (the visit was changed)
approved, partial, overturned -> payable -> batched -> sent (E4, by C) -> paid (E5) | payable (E6)
paid -> returned -> payable (E7); payable -> revoked (E8); paid -> recovery -> recovered
```
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from vizium.kernel.errors import FieldError
from vizium.kernel.money import AMOUNT_CENTS_MAX, Cents, format_euro

# To Daugavpils and back is 900 km; a bus that drove more than this did not come to us.
KM_MAX = 3000
# An invoice may be written in advance, but not years before the trip.
_INVOICE_DAYS_BEFORE_MAX = 365
_REASONS_MAX = 10


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    INELIGIBLE = "ineligible"
    RESERVED = "reserved"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    OPEN = "open"
    CLAIMED = "claimed"
    CHECKED = "checked"
    APPROVED = "approved"
    PARTIAL = "partial"
    REJECTED = "rejected"
    CONTESTED = "contested"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    PAYABLE = "payable"
    BATCHED = "batched"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    REVOKED = "revoked"
    RECOVERY = "recovery"
    RECOVERED = "recovered"


_S = ClaimState
_ASKED = frozenset({_S.INELIGIBLE, _S.RESERVED, _S.WAITLISTED})
# Keyed by the state that is left.
MOVES: dict[ClaimState, frozenset[ClaimState]] = {
    _S.DRAFT: _ASKED | {_S.SUBMITTED, _S.WITHDRAWN},
    _S.SUBMITTED: _ASKED | {_S.NEEDS_INFO, _S.WITHDRAWN},
    _S.NEEDS_INFO: frozenset({_S.SUBMITTED, _S.CLAIMED, _S.WITHDRAWN, _S.LAPSED}),
    _S.INELIGIBLE: _ASKED,
    _S.RESERVED: frozenset({_S.OPEN, _S.WITHDRAWN, _S.LAPSED}),
    _S.WAITLISTED: frozenset({_S.OFFERED, _S.WITHDRAWN, _S.LAPSED}),
    _S.OFFERED: frozenset({_S.RESERVED, _S.WITHDRAWN, _S.LAPSED}),
    _S.OPEN: frozenset({_S.CLAIMED, _S.WITHDRAWN, _S.LAPSED}),
    _S.CLAIMED: frozenset({_S.NEEDS_INFO, _S.CHECKED, _S.WITHDRAWN}),
    _S.CHECKED: frozenset({_S.APPROVED, _S.PARTIAL, _S.REJECTED}),
    _S.APPROVED: frozenset({_S.PAYABLE, _S.CONTESTED}),
    _S.PARTIAL: frozenset({_S.PAYABLE, _S.CONTESTED}),
    _S.REJECTED: frozenset({_S.CONTESTED}),
    _S.CONTESTED: frozenset({_S.UPHELD, _S.OVERTURNED}),
    _S.UPHELD: frozenset(),
    _S.OVERTURNED: frozenset({_S.PAYABLE}),
    _S.WITHDRAWN: _ASKED,
    _S.LAPSED: frozenset(),
    _S.PAYABLE: frozenset({_S.BATCHED, _S.REVOKED}),
    _S.BATCHED: frozenset({_S.SENT, _S.PAYABLE}),
    _S.SENT: frozenset({_S.PAID, _S.PAYABLE}),
    _S.PAID: frozenset({_S.RETURNED, _S.RECOVERY}),
    _S.RETURNED: frozenset({_S.PAYABLE}),
    _S.REVOKED: frozenset(),
    _S.RECOVERY: frozenset({_S.RECOVERED}),
    _S.RECOVERED: frozenset(),
}
# States in which the fund keeps an award aside: the sum of them is the encumbered money.
ENCUMBERING = frozenset({_S.RESERVED, _S.OPEN, _S.CLAIMED, _S.CHECKED})
# States in which the school may still change what it claims.
EDITABLE = frozenset({_S.OPEN})
# States in which an award was decided and is owed.
OWED = frozenset({_S.APPROVED, _S.PARTIAL, _S.OVERTURNED, _S.PAYABLE, _S.BATCHED, _S.SENT})
# States that a claim has after its invoice was sent in.
FILED = frozenset(_S) - {
    *(_S.DRAFT, _S.SUBMITTED, _S.NEEDS_INFO, _S.INELIGIBLE, _S.RESERVED, _S.WAITLISTED),
    *(_S.OFFERED, _S.OPEN, _S.WITHDRAWN, _S.LAPSED),
}
# States that only two people together can give a claim.
DECIDED = FILED - {_S.CLAIMED, _S.CHECKED}


class ClaimReason(StrEnum):
    """Why an award was refused, limited or put on the waiting list; several may apply."""

    SCHOOL_UNKNOWN = "school_unknown"
    BELOW_MIN_PUPILS = "below_min_pupils"
    BELOW_MIN_PROGRAMMES = "below_min_programmes"
    DISTANCE_UNKNOWN = "distance_unknown"
    NOTHING_TO_PAY = "nothing_to_pay"
    TRIP_CAP = "trip_cap"
    KM_ABOVE_DISTANCE = "km_above_distance"
    INVOICE_BELOW_ELIGIBLE = "invoice_below_eligible"
    COFUNDING = "cofunding"
    RESERVED_BELOW = "reserved_below"
    NO_FUND = "no_fund"
    CAP_REACHED = "cap_reached"
    FUND_EMPTY = "fund_empty"
    DOCUMENT_UNCLEAR = "document_unclear"
    COST_NOT_ELIGIBLE = "cost_not_eligible"
    PAID_ELSEWHERE = "paid_elsewhere"
    OTHER = "other"


# What a decision may give as its reason beyond what the tariff says.
DECISION_REASONS = (
    ClaimReason.DOCUMENT_UNCLEAR,
    ClaimReason.COST_NOT_ELIGIBLE,
    ClaimReason.PAID_ELSEWHERE,
    ClaimReason.OTHER,
)


class WarningCode(StrEnum):
    """What the checker should look at."""

    KM_FAR_FROM_DISTANCE = "km_far_from_distance"
    INVOICE_SEEN = "invoice_seen"
    FILE_SEEN = "file_seen"
    IBAN_SHARED = "iban_shared"
    IBAN_CHANGED = "iban_changed"
    COFUNDED = "cofunded"
    FEWER_CAME = "fewer_came"
    PDF_ACTIVE = "pdf_active"
    INVOICE_BEFORE_VISIT = "invoice_before_visit"
    SUPPLIER_DIFFERS = "supplier_differs"
    NUMBER_DIFFERS = "number_differs"
    DATE_DIFFERS = "date_differs"
    TOTAL_DIFFERS = "total_differs"
    IBAN_OF_CARRIER = "iban_of_carrier"
    EINVOICE_NOT_PEPPOL = "einvoice_not_peppol"
    EINVOICE_NOT_EURO = "einvoice_not_euro"
    EINVOICE_LINES_DO_NOT_ADD_UP = "einvoice_lines_do_not_add_up"
    EINVOICE_TAX_DOES_NOT_ADD_UP = "einvoice_tax_does_not_add_up"
    EINVOICE_DUE_DOES_NOT_ADD_UP = "einvoice_due_does_not_add_up"
    EINVOICE_SUPPLIER_NUMBER_MISSING = "einvoice_supplier_number_missing"
    EINVOICE_IBAN_DAMAGED = "einvoice_iban_damaged"


@dataclass(frozen=True, slots=True)
class Invoice:
    """What the carrier billed, as the school typed it."""

    supplier_reg_no: str
    number: str
    issued_on: date
    total_cents: Cents


@dataclass(frozen=True, slots=True)
class Filing:
    """What a school sends in: the invoice, the kilometres driven, where to pay, what others pay."""

    invoice: Invoice
    km: int
    iban: str
    cofunding_cents: Cents
    supplier_name: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning with the facts that its sentence names."""

    code: WarningCode
    facts: dict[str, object]


def may_move(before: ClaimState, after: ClaimState) -> bool:
    """Whether a claim may go from one state to another."""
    return after in MOVES[before]


def claim_last_day(visited_on: date, claim_days: int) -> date:
    """The last day on which a claim may be filed."""
    return visited_on + timedelta(days=claim_days)


def check_filing(filing: Filing, *, visited_on: date, today: date) -> list[FieldError]:
    """Whether a filing can be meant so; every problem, not the first."""
    invoice = filing.invoice
    errors = []
    if not 0 < invoice.total_cents <= AMOUNT_CENTS_MAX:
        errors.append(FieldError("total", "amount_positive"))
    if not 1 <= filing.km <= KM_MAX:
        errors.append(FieldError("km", "out_of_bounds", {"least": 1, "most": KM_MAX}))
    if not 0 <= filing.cofunding_cents <= max(0, invoice.total_cents):
        errors.append(FieldError("cofunding", "cofunding_above_invoice"))
    if invoice.issued_on > today:
        errors.append(FieldError("issued", "date_in_future"))
    elif invoice.issued_on < visited_on - timedelta(days=_INVOICE_DAYS_BEFORE_MAX):
        errors.append(FieldError("issued", "invoice_too_old"))
    if not invoice.number.strip():
        errors.append(FieldError("number", "missing"))
    return errors


def differences(typed: Invoice, read: Invoice) -> list[Finding]:
    """Where a school typed another thing than the e-invoice says; its silence is no difference."""
    said = (
        (WarningCode.SUPPLIER_DIFFERS, typed.supplier_reg_no, read.supplier_reg_no),
        (WarningCode.NUMBER_DIFFERS, typed.number.upper(), read.number.upper()),
        (WarningCode.DATE_DIFFERS, f"{typed.issued_on:%d.%m.%Y}", f"{read.issued_on:%d.%m.%Y}"),
        (WarningCode.TOTAL_DIFFERS, format_euro(typed.total_cents), format_euro(read.total_cents)),
    )
    return [
        Finding(code, {"typed": one, "read": two})
        for code, one, two in said
        if two not in {"", one}
    ]


def outcome(award_cents: Cents, proposed_cents: Cents) -> ClaimState:
    """What a decision of this amount is called."""
    if award_cents == 0:
        return ClaimState.REJECTED
    return ClaimState.APPROVED if award_cents == proposed_cents else ClaimState.PARTIAL


def check_decision(
    award_cents: Cents, *, proposed_cents: Cents, reasons: Sequence[str]
) -> list[FieldError]:
    """Whether an amount may be decided, and says why where it is less than proposed."""
    errors = []
    if not 0 <= award_cents <= proposed_cents:
        facts: dict[str, object] = {"proposed_cents": proposed_cents}
        errors.append(FieldError("award", "award_above_proposal", facts))
    elif award_cents < proposed_cents and not reasons:
        errors.append(FieldError("reasons", "reason_missing"))
    return errors + _check_reasons(reasons)


def check_recommendation(
    recommended_cents: Cents | None, reasons: Sequence[str]
) -> list[FieldError]:
    """Whether a checker's advice can be meant so."""
    errors = []
    if recommended_cents is not None and not 0 <= recommended_cents <= AMOUNT_CENTS_MAX:
        errors.append(FieldError("award", "amount_positive"))
    return errors + _check_reasons(reasons)


def is_km_strange(km: int, road_m: int) -> bool:
    """Whether driven kilometres are far from the road: a fifth more or less, and over 20 km."""
    difference_m = abs(km * 1000 - road_m)
    return difference_m > 20_000 and difference_m * 5 > road_m


def _check_reasons(reasons: Sequence[str]) -> list[FieldError]:
    if len(reasons) > _REASONS_MAX or not set(reasons) <= set(ClaimReason):
        return [FieldError("reasons", "reason_unknown")]
    return []
