"""What the bank's statements told, and which of it still waits for a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bookings.compensation.models import BankLine, BankSettlement, BankStatement, Fund, Payout
from bookings.compensation.queries.payouts import in_parts
from bookings.compensation.rules import UNSETTLED, Meaning
from vizium.kernel.errors import NotFound

ToldLine = tuple[str, str, int]
"""What makes a bank's line the same in two statements: reference, end-to-end id, cents."""


@dataclass(frozen=True, slots=True)
class BankLineRow:
    """One payment of a statement; `settled_note` says what a person found out."""

    id: str
    booked_on: date
    amount_cents: int
    reference: str
    end_to_end_id: str
    name: str
    iban: str
    remittance: str
    return_reason: str
    meaning: Meaning
    settled_note: str | None
    settled_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether a person still has to look at it."""
        return self.meaning in UNSETTLED and self.settled_note is None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement that was read; `open_lines` wait for a person."""

    id: str
    fund: str
    iban: str
    statement_id: str
    opening_cents: int
    closing_cents: int
    read_by: str
    read_at: datetime
    lines: int
    open_lines: int


def find_fund_of_account(session: Session, iban: str) -> str | None:
    """The latest fund that pays from an account, or that has paid a batch from it."""
    paid = select(Payout.fund).where(Payout.payer_iban == iban)
    pays = (Fund.payer_iban == iban) | Fund.code.in_(paid)
    return session.scalar(select(Fund.code).where(pays).order_by(Fund.first_day.desc()).limit(1))


def find_statement(session: Session, iban: str, statement_id: str) -> tuple[str, str] | None:
    """Our id and the file's hash of a statement that was read, or None."""
    query = select(BankStatement.id, BankStatement.sha256).where(
        BankStatement.iban == iban, BankStatement.statement_id == statement_id
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found.id, found.sha256)


def list_told(session: Session, iban: str, end_to_end_ids: Collection[str]) -> set[ToldLine]:
    """What statements of an account have told of these payments; no line without a reference."""
    query = (
        select(BankLine.reference, BankLine.end_to_end_id, BankLine.amount_cents)
        .join(BankStatement, BankStatement.id == BankLine.statement)
        .where(BankStatement.iban == iban, BankLine.reference != "")
    )
    return {
        (reference, end_to_end_id, cents)
        for some in in_parts(end_to_end_ids)
        for reference, end_to_end_id, cents in session.execute(
            query.where(BankLine.end_to_end_id.in_(some))
        )
    }


def list_statements(session: Session, fund: str, *, most: int = 100) -> list[StatementRow]:
    """The statements that were read for a fund, the newest first."""
    query = _statements().where(BankStatement.fund == fund).order_by(BankStatement.id.desc())
    return [_statement_row(*row) for row in session.execute(query.limit(most))]


def get_statement(session: Session, statement_id: str) -> StatementRow:
    """One statement.

    Raises:
        NotFound: ``statement``.
    """
    row = session.execute(_statements().where(BankStatement.id == statement_id)).one_or_none()
    if row is None:
        raise NotFound("statement")
    return _statement_row(*row)


def list_bank_lines(session: Session, statement_id: str) -> list[BankLineRow]:
    """What a statement tells, in its order."""
    query = (
        select(BankLine, BankSettlement)
        .outerjoin(BankSettlement, BankSettlement.bank_line == BankLine.id)
        .where(BankLine.statement == statement_id)
        .order_by(BankLine.position)
    )
    return [_bank_line_row(*row) for row in session.execute(query)]


def _statements() -> Select[BankStatement, int, int]:
    lines = select(func.count(BankLine.id)).where(BankLine.statement == BankStatement.id)
    settled = select(BankSettlement.bank_line)
    waiting = lines.where(BankLine.meaning.in_(UNSETTLED), BankLine.id.not_in(settled))
    return select(BankStatement, lines.scalar_subquery(), waiting.scalar_subquery())


def _statement_row(statement: BankStatement, lines: int, open_lines: int) -> StatementRow:
    return StatementRow(
        id=statement.id,
        fund=statement.fund,
        iban=statement.iban,
        statement_id=statement.statement_id,
        opening_cents=statement.opening_cents,
        closing_cents=statement.closing_cents,
        read_by=statement.read_by,
        read_at=statement.read_at,
        lines=lines,
        open_lines=open_lines,
    )


def _bank_line_row(line: BankLine, settled: BankSettlement | None) -> BankLineRow:
    return BankLineRow(
        id=line.id,
        booked_on=line.booked_on,
        amount_cents=line.amount_cents,
        reference=line.reference,
        end_to_end_id=line.end_to_end_id,
        name=line.name,
        iban=line.iban,
        remittance=line.remittance,
        return_reason=line.return_reason,
        meaning=line.meaning,
        settled_note=None if settled is None else settled.note,
        settled_by=None if settled is None else settled.settled_by,
    )
