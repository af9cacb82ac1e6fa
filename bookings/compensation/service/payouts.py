"""A batch from the list of what is owed to the bank: drafted, sealed, released by a third person.

Nothing here says that anybody was paid: that only the bank's statement does (`statements`).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bookings.compensation.models import Fund, Payout, PayoutLine
from bookings.compensation.queries.claims import get_claim
from bookings.compensation.queries.payouts import (
    OwedRow,
    PayerAccount,
    PayoutLineRow,
    PayoutRow,
    find_payer,
    get_payout,
    list_lines,
    list_owed,
)
from bookings.compensation.rules import (
    LINES_MAX,
    ClaimState,
    LineState,
    PayoutState,
    earliest_execution,
)
from bookings.compensation.service.batches import (
    MAKERS,
    PayoutCommand,
    change_payout,
    lock_fund,
    lock_payout,
    need,
    note_payout,
)
from bookings.compensation.service.moves import change_claim, lock_claim, refuse_move
from vizium.auth.rules import Person, Role
from vizium.db import audit
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id
from vizium.kernel.registers import parse_iban

# No bank keeps an order for longer.
_EXECUTE_DAYS_MAX = 365


@dataclass(frozen=True, slots=True)
class DraftPayout:
    """A batch of everything that a fund owes; `execute_on` is when the bank shall pay."""

    fund: str
    execute_on: date | None = None


def set_payer(
    session: Session, fund: str, payer: PayerAccount, *, by: Person, now: datetime
) -> None:
    """Name the account that a fund pays from; batches that stand keep theirs.

    Raises:
        Forbidden: ``role_missing``.
    """
    need(by, Role.DIRECTOR, Role.ADMIN)
    iban = parse_iban(payer.iban)
    values = {"payer_name": payer.name, "payer_iban": iban, "payer_bic": payer.bic}
    session.execute(update(Fund).where(Fund.code == fund).values(**values))
    audit.record(
        session,
        by=by.id,
        action="compensation.set_payer",
        subject=f"fund:{fund}",
        now=now,
        facts={"iban": iban},
    )


def draft_payout(session: Session, command: DraftPayout, *, by: Person, now: datetime) -> PayoutRow:
    """Put what is owed into a batch, at most `LINES_MAX` payments, the earliest decisions first.

    What waits for this person's own release is no concern here: whoever drafts never releases.

    Raises:
        Forbidden: ``role_missing``.
        NotFound: ``fund``.
        Conflict: ``payer_missing``: nobody has named the account; ``nothing_owed``.
        InvalidInput: a day that the bank cannot meet.
    """
    need(by, *MAKERS)
    # One after the other: two who press at once make one batch and one "nothing is owed".
    lock_fund(session, command.fund)
    payer = find_payer(session, command.fund)
    if payer is None:
        raise Conflict("payer_missing", fund=command.fund)
    owed = list_owed(session, command.fund, most=LINES_MAX)
    if not owed:
        raise Conflict("nothing_owed", fund=command.fund)
    today = local_date(now)
    execute_on = command.execute_on or earliest_execution(today)
    if not today <= execute_on <= days_after(today, _EXECUTE_DAYS_MAX):
        raise InvalidInput([FieldError("execute_on", "day_out_of_reach")])
    payout_id = new_id(now)
    latest = select(func.coalesce(func.max(Payout.number), 0)).where(Payout.fund == command.fund)
    number = (session.scalar(latest) or 0) + 1
    session.add(
        Payout(
            id=payout_id,
            fund=command.fund,
            number=number,
            state=PayoutState.DRAFTED,
            version=1,
            execute_on=execute_on,
            payer_name=payer.name,
            payer_iban=payer.iban,
            payer_bic=payer.bic,
            made_by=by.id,
            made_at=now,
        )
    )
    session.flush()
    for place, row in enumerate(owed, start=1):
        end_to_end_id = f"{command.fund}-{number:04d}-{place:04d}".upper()
        _add_line(session, payout_id, end_to_end_id, row, now=now)
    made = get_payout(session, payout_id)
    note_payout(session, made, "draft_payout", by, now, lines=made.lines, cents=made.total_cents)
    return made


def file_of(session: Session, payout: PayoutRow) -> bytes:
    """The file of a batch: the same rows give the same bytes, whenever it is asked for.

    Raises:
        Conflict: ``seal_broken``: the rows are no longer what was sealed.
    """
    lines = [row for row in list_lines(session, payout.id) if row.state is not LineState.CANCELLED]
    content = _write(payout, lines)
    if payout.sealed_sha256 not in {None, hashlib.sha256(content).hexdigest()}:
        raise Conflict("seal_broken", payout=payout.message_id)
    return content


def sent_file(session: Session, payout_id: str) -> tuple[str, bytes]:
    """The name and the bytes of a batch's file; before its release there is none to hand in.

    Raises:
        NotFound: ``payout``.
        Conflict: ``payout_state``: not released; ``seal_broken``.
    """
    payout = get_payout(session, payout_id)
    if payout.state not in {PayoutState.SENT, PayoutState.CLOSED}:
        raise Conflict("payout_state", state=payout.state.value, version=payout.version)
    return f"{payout.message_id}.xml", file_of(session, payout)


def seal_payout(
    session: Session, command: PayoutCommand, *, by: Person, now: datetime
) -> PayoutRow:
    """Fix a batch: from now on its file has one hash, and no payment joins or leaves it.

    Raises:
        Forbidden: ``role_missing``.
        Conflict: ``payout_changed``, ``payout_state``.
    """
    need(by, *MAKERS)
    payout = lock_payout(session, command, PayoutState.DRAFTED)
    content = file_of(session, payout)
    sealed = change_payout(
        session,
        payout,
        state=PayoutState.SEALED,
        sealed_sha256=hashlib.sha256(content).hexdigest(),
        sealed_at=now,
    )
    note_payout(session, sealed, "seal_payout", by, now, sha256=sealed.sealed_sha256)
    return sealed


def cancel_payout(
    session: Session, command: PayoutCommand, *, by: Person, now: datetime
) -> PayoutRow:
    """Take a batch back before it was released; its claims wait for the next one.

    Raises:
        Forbidden: ``role_missing``.
        Conflict: ``payout_changed``, ``payout_state``: it was sent.
    """
    need(by, *MAKERS, Role.PAYER)
    payout = lock_payout(session, command, PayoutState.DRAFTED, PayoutState.SEALED)
    for row in list_lines(session, payout.id):
        claim = lock_claim(session, row.claim)
        change_claim(session, claim, state=ClaimState.PAYABLE)
    _set_lines(session, payout.id, LineState.CANCELLED)
    cancelled = change_payout(session, payout, state=PayoutState.CANCELLED)
    note_payout(session, cancelled, "cancel_payout", by, now)
    return cancelled


def _add_line(
    session: Session, payout_id: str, end_to_end_id: str, row: OwedRow, *, now: datetime
) -> None:
    claim = get_claim(session, row.claim)
    if claim.state is not ClaimState.PAYABLE:
        refuse_move(claim, ClaimState.PAYABLE)
        claim = change_claim(session, claim, state=ClaimState.PAYABLE)
    change_claim(session, claim, state=ClaimState.BATCHED)
    values: dict[str, Any] = {
        "id": new_id(now),
        "payout": payout_id,
        "claim": row.claim,
        "decision": row.decision,
        "end_to_end_id": end_to_end_id,
        "amount_cents": row.owed_cents,
        "name": row.school_name,
        "iban": row.iban,
        "reference": row.reference,
        "checked_by": row.checked_by,
        "decided_by": row.decided_by,
        "state": LineState.WAITING,
        "returned_cents": 0,
    }
    session.add(PayoutLine(**values))
    session.flush()


def _write(payout: PayoutRow, lines: list[PayoutLineRow]) -> bytes:
    from bookings.compensation import sepa  # noqa: PLC0415 - lxml: decision 0017

    payer = payout.payer
    content = sepa.write_pain001(
        sepa.PaymentBatch(
            id=payout.message_id,
            created_at=payout.made_at,
            execute_on=payout.execute_on,
            payer=sepa.Payer(payer.name, payer.iban, payer.bic),
            transfers=tuple(
                sepa.CreditTransfer(
                    end_to_end_id=row.end_to_end_id,
                    amount_cents=row.amount_cents,
                    name=row.name,
                    iban=row.iban,
                    remittance=f"Transporta izdevumu kompensācija {row.reference}",
                )
                for row in lines
            ),
        )
    )
    faults = sepa.list_faults(content)
    assert not faults, f"a file that no bank takes: {faults[0]}"
    return content


def _set_lines(session: Session, payout_id: str, state: LineState) -> None:
    session.execute(
        update(PayoutLine)
        .where(PayoutLine.payout == payout_id)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
