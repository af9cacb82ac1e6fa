"""Claims as the API says them: instants with Riga's offset, money in cents."""

from dataclasses import asdict

from bookings.compensation.guards import READERS
from bookings.compensation.queries import (
    ClaimRow,
    list_decisions,
    list_evidence,
    list_findings,
    propose_award,
)
from vizium.auth.rules import Person
from vizium.db.session import Session
from vizium.kernel.clock import to_riga

Json = dict[str, object]


def claim_item(claim: ClaimRow) -> Json:
    """A claim in a list."""
    filing = claim.filing
    return {
        "id": claim.id,
        "visit": claim.reference,
        "school": claim.school,
        "visited_on": claim.visited_on,
        "state": claim.state.value,
        "version": claim.version,
        "asked_at": to_riga(claim.asked_at),
        "filed_at": to_riga(claim.filed_at) if claim.filed_at else None,
        "last_day": claim.last_day,
        "reserved_cents": claim.award_cents,
        "share_bp": claim.share_bp,
        "reasons": claim.reasons,
        "decided_cents": claim.decided_cents,
        "invoice": None
        if filing is None
        else {
            "supplier_reg_no": filing.invoice.supplier_reg_no,
            "number": filing.invoice.number,
            "date": filing.invoice.issued_on,
            "total_cents": filing.invoice.total_cents,
        },
        "km": filing and filing.km,
        "iban": filing and filing.iban,
        "cofunding_cents": filing and filing.cofunding_cents,
    }


def claim_body(session: Session, claim: ClaimRow, person: Person) -> Json:
    """A claim with its papers and decisions; finance also sees warnings and the proposal."""
    evidence = list_evidence(session, claim.id)
    item = claim_item(claim)
    item["evidence"] = [
        {"id": row.id, "name": row.name, "media_type": row.media_type, "size": row.size}
        for row in evidence
    ]
    item["decisions"] = [
        {
            "outcome": row.outcome.value,
            "award_cents": row.award_cents,
            "reasons": row.reasons,
            "policy_version": row.policy_version,
            "decided_at": to_riga(row.decided_at),
        }
        for row in list_decisions(session, claim.id)
    ]
    if person.has(*READERS) and claim.filing is not None:
        item["proposal"] = asdict(propose_award(session, claim))
        findings = list_findings(session, claim, evidence)
        item["warnings"] = [{"code": one.code.value, **one.facts} for one in findings]
    return item
