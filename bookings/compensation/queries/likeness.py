"""What a claim has in common with others: its invoice, its files, its account."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim, Evidence
from bookings.compensation.queries.claims import ClaimRow
from bookings.compensation.queries.evidence import EvidenceRow
from bookings.visits.models import Visit


def list_same_invoice(session: Session, claim: ClaimRow) -> list[str]:
    """References of other visits that claimed with the same invoice of the same supplier."""
    if claim.filing is None:
        return []
    invoice = claim.filing.invoice
    return _references(
        session,
        claim,
        (Claim.supplier_reg_no == invoice.supplier_reg_no)
        & (func.upper(Claim.invoice_number) == invoice.number.upper()),
    )


def list_same_file(session: Session, claim: ClaimRow, evidence: Sequence[EvidenceRow]) -> list[str]:
    """References of other visits that sent one of these files."""
    hashes = [row.original_sha256 for row in evidence]
    owners = select(Evidence.claim).where(Evidence.original_sha256.in_(hashes))
    return _references(session, claim, Claim.id.in_(owners))


def list_same_iban(session: Session, claim: ClaimRow) -> list[str]:
    """References of other schools' visits that want to be paid to the same account."""
    if claim.filing is None:
        return []
    same = (Claim.iban == claim.filing.iban) & (Claim.school != claim.school)
    return _references(session, claim, same)


def list_other_ibans(session: Session, claim: ClaimRow) -> list[str]:
    """Other accounts to which the school wanted to be paid before."""
    if claim.filing is None:
        return []
    query = select(Claim.iban).where(
        Claim.school == claim.school,
        Claim.iban.is_not(None),
        Claim.iban != claim.filing.iban,
        Claim.id != claim.id,
    )
    return [iban for iban in session.scalars(query.distinct().order_by(Claim.iban)) if iban]


def _references(session: Session, claim: ClaimRow, same: ColumnElement[bool]) -> list[str]:
    query = (
        select(Visit.reference)
        .join(Claim, Claim.visit == Visit.id)
        .where(Claim.id != claim.id, same)
        .order_by(Visit.reference)
    )
    return list(session.scalars(query))
