"""Balances, the transfers of a subject, and each subject's part of the accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bookings.ledger.models import Account, Transfer
from bookings.ledger.rules import SUBJECT_MOST, chart
from bookings.ledger.rules import account as account_code
from vizium.db.base import Base

_ACCOUNT = Base.metadata.tables[Account.__tablename__]
# Keyed by fund and so by at most as many codes as a fund has; the caps of schools are many.
_BY_CODES = select(_ACCOUNT.c.code, _ACCOUNT.c.balance).where(
    _ACCOUNT.c.code.in_(bindparam("codes", expanding=True))
)


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer; the codes carry the fund as a prefix."""

    id: str
    at: datetime
    event: str
    subject: str
    debit: str
    credit: str
    amount: int
    reverses: str | None


def get_balances(session: Session, fund: str) -> dict[str, int]:
    """The balances of a fund's accounts, keyed by name without the fund, caps left out."""
    codes = [plan.code for plan in chart(fund)]
    found = session.execute(_BY_CODES, {"codes": codes})
    return {code.removeprefix(f"{fund}:"): balance for code, balance in found}


def find_balances(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The balances of some accounts, keyed by code; those that do not stand are missing."""
    found = session.execute(_BY_CODES, {"codes": list(codes)})
    return {row.code: row.balance for row in found}


def find_balance(session: Session, code: str) -> int | None:
    """The balance of one account, or None if it was never opened."""
    return session.scalar(select(Account.balance).where(Account.code == code))


def list_transfers(session: Session, subject: str) -> list[TransferRow]:
    """The transfers that a subject (``claim:01K…``) caused, oldest first."""
    query = select(Transfer).where(Transfer.subject == subject).order_by(Transfer.seq)
    return [
        TransferRow(
            row.id, row.at, row.event, row.subject, row.debit, row.credit, row.amount, row.reverses
        )
        for row in session.scalars(query)
    ]


def find_parts(session: Session, fund: str, subjects: Collection[str]) -> dict[str, dict[str, int]]:
    """What each subject has in the accounts that are sums over subjects.

    Returns:
        Keyed by subject, then by the account's name without the fund; nothing that is 0.
    """
    signs = {
        account_code(fund, name): 1 if plan.side == "debit" else -1
        for plan in chart(fund)
        for name in [plan.code.removeprefix(f"{fund}:")]
        if name in SUBJECT_MOST
    }
    # By subject alone: with the fund beside it SQLite would rather read the whole fund.
    query = select(Transfer.subject, Transfer.debit, Transfer.credit, Transfer.amount).where(
        Transfer.subject.in_(subjects)
    )
    parts: dict[str, dict[str, int]] = {}
    for subject, debit, credit, amount in session.execute(query):
        own = parts.setdefault(subject, {})
        for code, signed in ((debit, amount), (credit, -amount)):
            if code in signs:
                name = code.removeprefix(f"{fund}:")
                own[name] = own.get(name, 0) + signs[code] * signed
    return {
        subject: {name: cents for name, cents in own.items() if cents}
        for subject, own in parts.items()
    }
