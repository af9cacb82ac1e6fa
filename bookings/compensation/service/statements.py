"""What the bank did, taken from its statement: the only thing that makes a claim paid.

Each payment of a statement is kept with what it was to the fund; those that are ours move the books
(E5, E7), those that are not are kept for the reconciliation, and those that should be ours and do
not fit wait for a person. Read again, a statement changes nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bookings.compensation.models import BankLine, BankSettlement, BankStatement, PayoutLine
from bookings.compensation.queries.payouts import PayoutLineRow, find_ordered, owed_cents
from bookings.compensation.queries.statements import (
    StatementRow,
    ToldLine,
    find_fund_of_account,
    find_statement,
    get_statement,
    list_told,
)
from bookings.compensation.rules import (
    UNSETTLED,
    BankEntry,
    BankFile,
    BankPayment,
    ClaimState,
    LineState,
    Meaning,
    meaning_of,
)
from bookings.compensation.service.batches import lock_fund, lock_payouts_from
from bookings.compensation.service.moves import change_claim, lock_claim, note
from bookings.compensation.service.release import close_if_done
from bookings.ledger.rules import FundEvent, booked, returned
from bookings.ledger.service import Entry, post_transfers
from vizium.auth.rules import Person, Role
from vizium.db import audit
from vizium.kernel.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from vizium.kernel.ids import new_id
from vizium.kernel.money import Cents

_POSTED = frozenset({Meaning.BOOKED, Meaning.RETURNED})
_READERS = (Role.FINANCE_A, Role.FINANCE_B, Role.PAYER)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Who reads which file, and when."""

    sha256: str
    by: Person
    secret_key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """One payment of a statement, with the entry that it stands in."""

    statement: str
    account: str
    position: int
    entry: BankEntry
    payment: BankPayment

    @property
    def key(self) -> ToldLine:
        """What is the same when another statement tells it again."""
        return self.entry.reference, self.payment.end_to_end_id, self.payment.amount_cents


@dataclass(frozen=True, slots=True)
class _Posting:
    """What a payment is to the fund that had ordered it; a later one may have its account."""

    meaning: Meaning
    fund: str


def read_statement(
    session: Session, content: bytes, *, by: Person, secret_key: str, now: datetime
) -> list[StatementRow]:
    """Read a camt.053 file and post what it proves.

    Returns:
        Its statements; those that were read before as they stand.

    Raises:
        Forbidden: ``role_missing``.
        InvalidInput: the file is no sound statement; ``account_not_ours`` with ``iban``.
        Conflict: ``statement_stands``: another file told this statement otherwise.
    """
    if not by.has(*_READERS):
        raise Forbidden("role_missing")
    from bookings.compensation.bankstatement import read_camt053  # noqa: PLC0415 - lxml: 0017

    told = read_camt053(content)
    sha256 = hashlib.sha256(content).hexdigest()
    reading = _Reading(sha256, by, secret_key, now)
    return [_read_one(session, one, reading) for one in told]


def settle_line(session: Session, line_id: str, why: str, *, by: Person, now: datetime) -> str:
    """A person says what became of a bank's line that nothing was posted for.

    Returns:
        The statement that tells the line; the first word on it stands.

    Raises:
        Forbidden: ``role_missing``.
        NotFound: ``bank_line``: none that waits for a word.
        InvalidInput: no word.
    """
    if not by.has(*_READERS):
        raise Forbidden("role_missing")
    line = session.get(BankLine, line_id, with_for_update=True)
    if line is None or line.meaning not in UNSETTLED:
        raise NotFound("bank_line")
    if not why:
        raise InvalidInput([FieldError("note", "missing")])
    if session.get(BankSettlement, line_id) is None:
        session.add(BankSettlement(bank_line=line_id, note=why, settled_by=by.id, settled_at=now))
        session.flush()
    return line.statement


def _read_one(session: Session, statement: BankFile, reading: _Reading) -> StatementRow:
    fund = find_fund_of_account(session, statement.iban)
    if fund is None:
        facts: dict[str, object] = {"iban": statement.iban}
        raise InvalidInput([FieldError("statement", "account_not_ours", facts)])
    # Two who read at once, or one who reads while another notes a refusal, wait for each other.
    lock_fund(session, fund)
    lock_payouts_from(session, statement.iban)
    stands = find_statement(session, statement.iban, statement.id)
    if stands is not None:
        stored_id, sha256 = stands
        if sha256 != reading.sha256:
            raise Conflict("statement_stands", statement=statement.id)
        return get_statement(session, stored_id)
    statement_id = _add_statement(session, statement, fund, reading)
    lines = _read_payments(session, statement, statement_id, reading)
    if lines:
        session.execute(insert(BankLine), lines)
    read = get_statement(session, statement_id)
    audit.record(
        session,
        by=reading.by.id,
        action="compensation.read_statement",
        subject=f"statement:{statement_id}",
        now=reading.now,
        facts={"statement": statement.id, "lines": read.lines, "open": read.open_lines},
    )
    return read


def _add_statement(session: Session, statement: BankFile, fund: str, reading: _Reading) -> str:
    statement_id = new_id(reading.now)
    session.add(
        BankStatement(
            id=statement_id,
            fund=fund,
            iban=statement.iban,
            statement_id=statement.id,
            sha256=reading.sha256,
            opening_cents=statement.opening_cents,
            closing_cents=statement.closing_cents,
            read_by=reading.by.id,
            read_at=reading.now,
        )
    )
    session.flush()
    return statement_id


def _payments(statement: BankFile) -> Iterator[tuple[BankEntry, BankPayment]]:
    """The payments of all entries; an entry that is not split stands for itself."""
    for entry in statement.entries:
        if entry.payments:
            yield from ((entry, payment) for payment in entry.payments)
        else:
            yield entry, BankPayment("", entry.amount_cents, "", "", "", "")


def _read_payments(
    session: Session, statement: BankFile, statement_id: str, reading: _Reading
) -> list[dict[str, Any]]:
    """Post what is ours; the rows of all lines. What is not ours costs no look-up of its own."""
    payments = list(_payments(statement))
    ours = find_ordered(session, {payment.end_to_end_id for _, payment in payments}).keys()
    told_before = list_told(session, statement.iban, ours)
    lines = []
    for position, (entry, payment) in enumerate(payments):
        told = _Told(statement_id, statement.iban, position, entry, payment)
        meaning, line = Meaning.NOT_OURS, None
        if not entry.payments:
            meaning = Meaning.NOT_SPLIT
        elif told.key in told_before:
            meaning = Meaning.REPEATED
        elif payment.end_to_end_id in ours:
            meaning, line = _read_ours(session, told, reading)
            if entry.reference:
                told_before.add(told.key)
        lines.append(_line(told, meaning, line, reading))
    return lines


def _read_ours(
    session: Session, told: _Told, reading: _Reading
) -> tuple[Meaning, PayoutLineRow | None]:
    """What a payment is to the fund that ordered it, and our line if anything was posted."""
    payment = told.payment
    line, ordered = find_ordered(session, [payment.end_to_end_id])[payment.end_to_end_id]
    meaning = meaning_of(ordered, told.account, payment.amount_cents)
    if meaning not in _POSTED:
        return meaning, None
    _post(session, told, line, _Posting(meaning, fund=ordered.fund), reading)
    return meaning, line


def _line(
    told: _Told, meaning: Meaning, line: PayoutLineRow | None, reading: _Reading
) -> dict[str, Any]:
    payment = told.payment
    return {
        "id": new_id(reading.now),
        "statement": told.statement,
        "position": told.position,
        "booked_on": told.entry.booked_on,
        "amount_cents": payment.amount_cents,
        "reference": told.entry.reference,
        "end_to_end_id": payment.end_to_end_id,
        "name": payment.name,
        "iban": payment.iban,
        "remittance": payment.remittance,
        "return_reason": payment.return_reason,
        "meaning": meaning,
        "line": None if line is None else line.id,
    }


def _post(
    session: Session, told: _Told, line: PayoutLineRow, posting: _Posting, reading: _Reading
) -> None:
    """E5 or E7, the line, the claim; all in the transaction of the statement."""
    amount = Cents(abs(told.payment.amount_cents))
    claim = lock_claim(session, line.claim)
    values: dict[str, object]
    if posting.meaning is Meaning.BOOKED:
        event, postings = FundEvent.BOOKED, booked(posting.fund, amount)
        values = {"state": LineState.BOOKED}
    else:
        event, postings = FundEvent.RETURNED, returned(posting.fund, amount)
        values = {"returned_cents": PayoutLine.returned_cents + amount}
    entry = Entry(
        posting.fund,
        event,
        f"claim:{line.claim}",
        postings,
        once=f"bank:{told.statement}:{told.position}",
    )
    post_transfers(session, entry, secret_key=reading.secret_key, now=reading.now)
    session.execute(
        update(PayoutLine)
        .where(PayoutLine.id == line.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if posting.meaning is Meaning.BOOKED:
        claim = change_claim(session, claim, state=ClaimState.PAID)
    # What came back is owed again; while a second payment is under way it waits for that one.
    if claim.state is ClaimState.PAID and owed_cents(session, claim):
        for state in (ClaimState.RETURNED, ClaimState.PAYABLE):
            claim = change_claim(session, claim, state=state)
    facts = {"cents": amount, "reason": told.payment.return_reason}
    note(session, claim, f"{event}_payment", by=reading.by.id, now=reading.now, **facts)
    close_if_done(session, line.payout)
