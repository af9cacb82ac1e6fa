"""Files that prove a claim: checked, cleaned and kept; an e-invoice is read as it arrives."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bookings.compensation.models import Evidence, Reading
from bookings.compensation.queries import EvidenceRow, get_evidence, list_evidence
from bookings.compensation.rules import ClaimState, ReadInvoice
from bookings.compensation.service.moves import lock_claim, note
from vizium.files.service import XML, StoredFile, sniff, store_evidence
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id
from vizium.kernel.text import one_line

# More than this is no longer one bus's invoice.
_EVIDENCE_MAX = 10
_NAME_LENGTH_MAX = 100
_TAKES_EVIDENCE = frozenset({ClaimState.OPEN, ClaimState.CLAIMED})


@dataclass(frozen=True, slots=True)
class AddEvidence:
    """A file for a claim, already checked and kept; `name` is what its sender called it."""

    claim: str
    name: str
    file: StoredFile
    reading: ReadInvoice | None = None


def keep_evidence(
    folder: Path, claim_id: str, name: str, content: bytes, *, field: str = "file"
) -> AddEvidence:
    """Check a file, read it where it is an e-invoice, and keep it.

    Raises:
        InvalidInput: why this file cannot be taken, at `field`.
    """
    reading = None
    if sniff(content) == XML:
        from bookings.compensation.einvoice import read_invoice  # noqa: PLC0415 - decision 0017

        reading = read_invoice(content, field=field)
    file = store_evidence(folder, content, field=field)
    return AddEvidence(claim_id, one_line(name)[-_NAME_LENGTH_MAX:], file, reading)


def add_evidence(session: Session, command: AddEvidence, *, by: str, now: datetime) -> EvidenceRow:
    """Add a file to a claim that is open or waits for its check; the same file again is no news.

    Raises:
        Conflict: ``claim_not_open``.
        InvalidInput: ``too_many_files``.
    """
    claim = lock_claim(session, command.claim)
    if claim.state not in _TAKES_EVIDENCE:
        raise Conflict("claim_not_open", state=claim.state.value, version=claim.version)
    stored = list_evidence(session, claim.id)
    same = [row for row in stored if row.sha256 == command.file.sha256]
    if same:
        return same[0]
    if len(stored) >= _EVIDENCE_MAX:
        raise InvalidInput([FieldError("file", "too_many_files", {"most": _EVIDENCE_MAX})])
    evidence_id = new_id(now)
    session.add(
        Evidence(
            id=evidence_id,
            claim=claim.id,
            sha256=command.file.sha256,
            original_sha256=command.file.original_sha256,
            media_type=command.file.media_type,
            size=command.file.size,
            name=command.name,
            warnings=list(command.file.warnings),
            added_at=now,
            added_by=by,
        )
    )
    session.flush()
    if command.reading is not None:
        _add_reading(session, evidence_id, command.reading)
    note(session, claim, "add_evidence", by=by, now=now, sha256=command.file.sha256)
    return get_evidence(session, claim.id, evidence_id)


def _add_reading(session: Session, evidence_id: str, reading: ReadInvoice) -> None:
    session.add(
        Reading(
            evidence=evidence_id,
            supplier_reg_no=reading.supplier_reg_no,
            supplier_name=reading.supplier_name,
            number=reading.number,
            issued_on=reading.issued_on,
            total_cents=reading.total_cents,
            iban=reading.iban,
            problems=[problem.value for problem in reading.problems],
        )
    )
    session.flush()
