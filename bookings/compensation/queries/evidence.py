"""The files of claims, and what e-invoices among them say."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.compensation.models import Evidence, Reading
from bookings.compensation.rules import Invoice
from vizium.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What an e-invoice says; `iban` is the carrier's, and may be empty."""

    supplier_name: str
    invoice: Invoice
    iban: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A file of a claim; `reading` is there where it is an e-invoice."""

    id: str
    sha256: str
    original_sha256: str
    media_type: str
    size: int
    name: str
    warnings: tuple[str, ...]
    added_at: datetime
    reading: ReadingRow | None = None


def list_evidence(session: Session, claim_id: str) -> list[EvidenceRow]:
    """The files of a claim, oldest first."""
    query = _evidence().where(Evidence.claim == claim_id).order_by(Evidence.id)
    return [_evidence_row(*row) for row in session.execute(query)]


def get_evidence(session: Session, claim_id: str, evidence_id: str) -> EvidenceRow:
    """One file of a claim.

    Raises:
        NotFound: ``evidence``.
    """
    query = _evidence().where(Evidence.claim == claim_id, Evidence.id == evidence_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("evidence")
    return _evidence_row(*found)


def _evidence() -> Select[Evidence, Reading | None]:
    return (
        select(Evidence, Reading)
        .outerjoin(Reading, Reading.evidence == Evidence.id)
        .execution_options(populate_existing=True)
    )


def _evidence_row(evidence: Evidence, reading: Reading | None) -> EvidenceRow:
    return EvidenceRow(
        id=evidence.id,
        sha256=evidence.sha256,
        original_sha256=evidence.original_sha256,
        media_type=evidence.media_type,
        size=evidence.size,
        name=evidence.name,
        warnings=tuple(evidence.warnings),
        added_at=evidence.added_at,
        reading=None if reading is None else _reading_row(reading),
    )


def _reading_row(reading: Reading) -> ReadingRow:
    return ReadingRow(
        supplier_name=reading.supplier_name,
        invoice=Invoice(
            reading.supplier_reg_no, reading.number, reading.issued_on, reading.total_cents
        ),
        iban=reading.iban,
        problems=tuple(reading.problems),
    )
