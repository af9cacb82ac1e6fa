"""A batch goes to the bank: released by person C, and what the bank refuses is owed as before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bookings.compensation.models import PayoutLine
from bookings.compensation.queries.payouts import PayoutRow, get_payout, list_lines
from bookings.compensation.rules import ClaimState, LineState, PayoutState
from bookings.compensation.service.batches import (
    MAKERS,
    PayoutCommand,
    change_payout,
    lock_payout,
    need,
    note_payout,
)
from bookings.compensation.service.moves import change_claim, lock_claim, note, refuse_move
from bookings.compensation.service.payouts import file_of
from bookings.ledger.rules import FundEvent, refused, sent
from bookings.ledger.service import Entry, post_transfers
from vizium.auth.rules import Person, Role
from vizium.kernel.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class RefuseLine:
    """A payment of a batch that the bank does not carry out, and what it says about it."""

    payout: str
    line: str
    reason: str


def release_payout(
    session: Session, command: PayoutCommand, *, by: Person, secret_key: str, now: datetime
) -> PayoutRow:
    """Person C lets the bank have it (E4); who made, checked or decided anything in it may not.

    Raises:
        Forbidden: ``role_missing``, or ``same_person``.
        Conflict: ``payout_changed``, ``payout_state``, ``seal_broken``.
    """
    need(by, Role.PAYER)
    payout = lock_payout(session, command, PayoutState.SEALED)
    lines = list_lines(session, payout.id)
    if by.id in {
        payout.made_by,
        *(one for row in lines for one in (row.checked_by, row.decided_by)),
    }:
        raise Forbidden("same_person")
    file_of(session, payout)
    released = change_payout(session, payout, released_by=by.id, released_at=now)
    session.execute(
        update(PayoutLine).where(PayoutLine.payout == payout.id).values(released_by=by.id)
    )
    for row in lines:
        claim = lock_claim(session, row.claim)
        refuse_move(claim, ClaimState.SENT)
        entry = Entry(
            payout.fund,
            FundEvent.SENT,
            f"claim:{row.claim}",
            sent(payout.fund, row.amount_cents),
            once=f"sent:{row.end_to_end_id}",
        )
        post_transfers(session, entry, secret_key=secret_key, now=now)
        moved = change_claim(session, claim, state=ClaimState.SENT)
        note(session, moved, "send_payment", by=by.id, now=now, cents=row.amount_cents)
    told = change_payout(session, released, state=PayoutState.SENT)
    note_payout(session, told, "release_payout", by, now, sha256=told.sealed_sha256)
    return told


def refuse_line(
    session: Session, command: RefuseLine, *, by: Person, secret_key: str, now: datetime
) -> PayoutRow:
    """The bank has told that it does not carry out a payment (E6): it is owed as before.

    Raises:
        Forbidden: ``role_missing``.
        NotFound: ``payout``, or ``payout_line``: it is not in this batch.
        Conflict: ``payout_state``: it was not sent, or the bank has booked it.
    """
    need(by, *MAKERS, Role.PAYER)
    # First the batch, as who reads a statement does: the bank has booked it, or has refused it.
    payout = lock_payout(session, PayoutCommand(command.payout), PayoutState.SENT)
    line = session.get(PayoutLine, command.line, populate_existing=True)
    if line is None or line.payout != payout.id:
        raise NotFound("payout_line")
    if line.state is not LineState.WAITING:
        raise Conflict("payout_state", state=payout.state.value, version=payout.version)
    line.state = LineState.REFUSED
    session.flush()
    claim = lock_claim(session, line.claim)
    entry = Entry(
        payout.fund,
        FundEvent.REFUSED,
        f"claim:{line.claim}",
        refused(payout.fund, line.amount_cents),
        once=f"refused:{line.end_to_end_id}",
    )
    post_transfers(session, entry, secret_key=secret_key, now=now)
    moved = change_claim(session, claim, state=ClaimState.PAYABLE)
    note(session, moved, "refuse_payment", by=by.id, now=now, reason=command.reason)
    return close_if_done(session, payout.id)


def close_if_done(session: Session, payout_id: str) -> PayoutRow:
    """A batch of which no payment waits any more is closed."""
    waiting = select(func.count()).select_from(PayoutLine)
    waiting = waiting.where(PayoutLine.payout == payout_id, PayoutLine.state == LineState.WAITING)
    payout = get_payout(session, payout_id)
    if session.scalar(waiting) or payout.state is not PayoutState.SENT:
        return payout
    return change_payout(session, payout, state=PayoutState.CLOSED)
