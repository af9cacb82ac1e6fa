"""What the rules say to a filed claim: the proposed award, and what the checker should look at."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bookings.compensation.queries.claims import ClaimRow
from bookings.compensation.queries.evidence import EvidenceRow
from bookings.compensation.queries.funds import get_policy
from bookings.compensation.queries.likeness import (
    list_other_ibans,
    list_same_file,
    list_same_iban,
    list_same_invoice,
)
from bookings.compensation.rules import Filing, Finding, WarningCode, differences, is_km_strange
from bookings.compensation.tariff import Award, Costs, Trip, award
from bookings.visits.queries import get_visit, list_arrivals
from vizium.kernel.money import Cents

_METRES_PER_KM = 1000


def propose_award(session: Session, claim: ClaimRow) -> Award:
    """What the policy of the reservation gives for the trip as it was and the invoice as filed."""
    policy = get_policy(session, claim.fund, claim.policy_version).policy
    trip = Trip(
        school_known=True,
        pupils=pupils_who_came(session, claim),
        programmes=get_visit(session, claim.reference).plan.programmes,
        distance_m=claim.distance_m,
    )
    return award(policy, trip, _costs(claim))


def pupils_who_came(session: Session, claim: ClaimRow) -> int:
    """The head count at the door; a second count replaces the first."""
    arrivals = list_arrivals(session, claim.visit)
    return arrivals[-1].pupils if arrivals else 0


def list_findings(
    session: Session, claim: ClaimRow, evidence: Sequence[EvidenceRow]
) -> list[Finding]:
    """Everything that is unusual about a filed claim; nothing of it decides by itself."""
    if claim.filing is None:
        return []
    filing, invoice = claim.filing, claim.filing.invoice
    road_m = 2 * (claim.distance_m or 0)
    came = pupils_who_came(session, claim)
    shared = (
        (WarningCode.INVOICE_SEEN, list_same_invoice(session, claim)),
        (WarningCode.FILE_SEEN, list_same_file(session, claim, evidence)),
        (WarningCode.IBAN_SHARED, list_same_iban(session, claim)),
        (WarningCode.IBAN_CHANGED, list_other_ibans(session, claim)),
        (WarningCode.PDF_ACTIVE, [row.name for row in evidence if "pdf_active" in row.warnings]),
    )
    found = [Finding(code, {"where": ", ".join(where)}) for code, where in shared if where]
    if is_km_strange(filing.km, road_m):
        facts: dict[str, object] = {"km": filing.km, "road_km": road_m // _METRES_PER_KM}
        found.append(Finding(WarningCode.KM_FAR_FROM_DISTANCE, facts))
    if filing.cofunding_cents:
        found.append(Finding(WarningCode.COFUNDED, {"cents": filing.cofunding_cents}))
    if came < claim.pupils:
        found.append(Finding(WarningCode.FEWER_CAME, {"came": came, "booked": claim.pupils}))
    if invoice.issued_on < claim.visited_on:
        found.append(Finding(WarningCode.INVOICE_BEFORE_VISIT, {}))
    return found + _against_reading(filing, evidence)


def _against_reading(filing: Filing, evidence: Sequence[EvidenceRow]) -> list[Finding]:
    """What an e-invoice says otherwise than the school; of several the one with its number."""
    readings = [row.reading for row in evidence if row.reading is not None]
    if not readings:
        return []
    same = [one for one in readings if one.invoice.number == filing.invoice.number]
    reading = (same or readings)[0]
    found = differences(filing.invoice, reading.invoice)
    if reading.iban == filing.iban:
        found.append(Finding(WarningCode.IBAN_OF_CARRIER, {}))
    return found + [Finding(WarningCode(problem), {}) for problem in reading.problems]


def _costs(claim: ClaimRow) -> Costs | None:
    filing = claim.filing
    if filing is None:
        return None
    return Costs(
        invoice_cents=filing.invoice.total_cents,
        driven_m=filing.km * _METRES_PER_KM,
        cofunding_cents=filing.cofunding_cents,
        reserved_cents=Cents(claim.award_cents),
    )
