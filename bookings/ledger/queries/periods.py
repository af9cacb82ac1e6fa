"""Periods of a fund: what was closed, where its chain stood, and its journal for an accountant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bookings.ledger.models import Account, AnchorDay, Closing, Transfer
from bookings.ledger.rules import (
    Anchor,
    JournalAccount,
    JournalEntry,
    Period,
    Side,
    journal_lines,
)
from vizium.kernel.clock import from_wall, local_date
from vizium.kernel.money import Cents

_JOURNAL_ROWS = 2000


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A closed period; `seq` and `seal` are the chain's end with the closing's own transfers."""

    period: Period
    left_cents: Cents
    seq: int
    seal: str
    closed_at: datetime
    closed_by: str


def find_closing(session: Session, fund: str, year: int) -> ClosingRow | None:
    """How a period was closed, or None while it is open."""
    closing = session.get(Closing, (fund, year))
    return None if closing is None else _closing_row(closing)


def list_closings(session: Session, fund: str) -> list[ClosingRow]:
    """The closed periods of a fund, the oldest first."""
    query = select(Closing).where(Closing.fund == fund).order_by(Closing.ends_at)
    return [_closing_row(closing) for closing in session.scalars(query)]


def list_anchors(session: Session, *, fund: str = "", day: date | None = None) -> list[Anchor]:
    """Anchors by day and fund: of one fund, of one day, or all."""
    query = select(AnchorDay).order_by(AnchorDay.day, AnchorDay.fund)
    if fund:
        query = query.where(AnchorDay.fund == fund)
    if day is not None:
        query = query.where(AnchorDay.day == day)
    return [Anchor(row.day, row.fund, row.seq, row.seal) for row in session.scalars(query)]


def period_start(period: Period) -> datetime:
    """The first instant of a period."""
    return from_wall(period.first_day, time(0))


def period_end(period: Period) -> datetime:
    """The first instant after a period."""
    return from_wall(period.last_day + timedelta(days=1), time(0))


def stream_journal(session: Session, period: Period) -> Iterator[str]:
    """A period's transfers in hledger's format, line by line, with the balances around them.

    It is a stream over the rows: use it up before the session ends.
    """
    start, end = period_start(period), period_end(period)
    before = _debits(session, period.fund, Transfer.at < start)
    after = _debits(session, period.fund, Transfer.at < end)
    accounts = [
        JournalAccount(
            name=row.code.removeprefix(f"{period.fund}:"),
            book=row.book,
            unit=row.unit,
            side=row.side,
            opening=_on_side(before.get(row.code, 0), row.side),
            closing=_on_side(after.get(row.code, 0), row.side),
        )
        for row in session.scalars(
            select(Account).where(Account.fund == period.fund).order_by(Account.book, Account.code)
        )
    ]
    return journal_lines(period, accounts, _entries(session, period.fund, start, end))


def _debits(session: Session, fund: str, dated: ColumnElement[bool]) -> dict[str, int]:
    """What each account was debited on balance by the transfers of some days."""
    sums: dict[str, int] = {}
    for account, sign in ((Transfer.debit, 1), (Transfer.credit, -1)):
        query = select(account, func.sum(Transfer.amount)).where(Transfer.fund == fund, dated)
        for code, amount in session.execute(query.group_by(account)):
            sums[code] = sums.get(code, 0) + sign * int(amount)
    return sums


def _entries(session: Session, fund: str, start: datetime, end: datetime) -> Iterator[JournalEntry]:
    query = (
        select(
            Transfer.at,
            Transfer.seq,
            Transfer.event,
            Transfer.subject,
            Transfer.book,
            Transfer.debit,
            Transfer.credit,
            Transfer.amount,
            Transfer.seal,
        )
        .where(Transfer.fund == fund, Transfer.at >= start, Transfer.at < end)
        .order_by(Transfer.seq)
        .execution_options(yield_per=_JOURNAL_ROWS)
    )
    for at, seq, event, subject, book, debit, credit, amount, seal in session.execute(query):
        yield JournalEntry(
            day=local_date(at),
            seq=seq,
            event=event,
            subject=subject,
            book=book,
            debit=debit.removeprefix(f"{fund}:"),
            credit=credit.removeprefix(f"{fund}:"),
            amount=amount,
            seal=seal,
        )


def _on_side(debit: int, side: Side) -> int:
    return debit if side is Side.DEBIT else -debit


def _closing_row(closing: Closing) -> ClosingRow:
    return ClosingRow(
        period=Period(closing.fund, closing.year, closing.first_day, closing.last_day),
        left_cents=Cents(closing.left_cents),
        seq=closing.seq,
        seal=closing.seal,
        closed_at=closing.closed_at,
        closed_by=closing.closed_by,
    )
