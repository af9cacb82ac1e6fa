"""The school's side of a claim: keep a draft, file it in time, or let it lapse."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.queries import ClaimRow, get_claim
from bookings.compensation.rules import ClaimState, Filing, check_filing
from bookings.compensation.service.desk import FundDesk
from bookings.compensation.service.letters import Letter, send_letter
from bookings.compensation.service.moves import (
    change_claim,
    lock_claim,
    note,
    refuse_move,
    refuse_other_version,
)
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.settings import Settings

# At most so many claims lapse in one transaction.
_SWEPT_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class FileClaim:
    """Send a claim in; `expected_version` is what the person saw, None when they saw none."""

    claim: str
    filing: Filing
    expected_version: int | None = None


def save_draft(
    session: Session, claim_id: str, draft: dict[str, object], *, now: datetime
) -> ClaimRow:
    """Keep what the school has typed, so that it can go on another day.

    Raises:
        Conflict: ``claim_not_open``: it was sent in or its term is over.
    """
    claim = lock_claim(session, claim_id)
    _refuse_closed(claim, now)
    return change_claim(session, claim, draft=draft)


def file_claim(
    session: Session, command: FileClaim, *, by: str, settings: Settings, now: datetime
) -> ClaimRow:
    """Send a claim in; from now on finance officers work on it.

    Raises:
        InvalidInput: everything that is wrong with the invoice.
        Conflict: ``claim_not_open``: sent in before, or the class has not been here;
            ``claim_late``; ``claim_changed``.
    """
    claim = lock_claim(session, command.claim)
    refuse_other_version(claim, command.expected_version)
    _refuse_closed(claim, now)
    filing = command.filing
    errors = check_filing(filing, visited_on=claim.visited_on, today=local_date(now))
    if errors:
        raise InvalidInput(errors)
    filed = change_claim(
        session,
        claim,
        state=ClaimState.CLAIMED,
        supplier_reg_no=filing.invoice.supplier_reg_no,
        supplier_name=filing.supplier_name,
        invoice_number=filing.invoice.number,
        issued_on=filing.invoice.issued_on,
        invoice_cents=filing.invoice.total_cents,
        km=filing.km,
        iban=filing.iban,
        cofunding_cents=filing.cofunding_cents,
        filed_at=now,
        draft={},
    )
    cents = filing.invoice.total_cents
    note(session, filed, "file_claim", by=by, now=now, invoice_cents=cents)
    send_letter(session, Letter.FILED, filed, settings=settings, now=now)
    return filed


def sweep_late_claims(session: Session, *, settings: Settings, now: datetime) -> None:
    """Let claims lapse that nobody sent in; their money is free again (E2)."""
    late = (Claim.state == ClaimState.OPEN) & (Claim.last_day < local_date(now))
    due = select(Claim.id).where(late).order_by(Claim.id).limit(_SWEPT_AT_ONCE)
    claim_ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    for claim_id in claim_ids:
        claim = get_claim(session, claim_id)
        refuse_move(claim, ClaimState.LAPSED)
        FundDesk(settings).give_back(session, claim, now=now)
        lapsed = change_claim(session, claim, state=ClaimState.LAPSED)
        note(session, lapsed, "lapse_claim", by="system", now=now)


def _refuse_closed(claim: ClaimRow, now: datetime) -> None:
    if claim.state is not ClaimState.OPEN:
        raise Conflict("claim_not_open", state=claim.state.value, version=claim.version)
    # The sweep may not have come by yet: the term counts all the same.
    if claim.last_day is not None and local_date(now) > claim.last_day:
        raise Conflict("claim_late", state=claim.state.value, version=claim.version)
