"""What the ledger says: balances, the transfers of a subject, and whether all of it is true."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.ledger.models import Account, Head, Transfer
from bookings.ledger.rules import Line, Posting, Side, changes, first_seal, seal

# Rows fetched at a time while the whole ledger is read: bounds the memory, not the count.
_CHECK_ROWS = 2000


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


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """What does not agree; `code` is the translation key."""

    code: str
    fund: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The ledger recomputed from its rows alone.

    `head` is the hex SHA-256 over the ends of all chains: kept elsewhere, it proves later that
    nothing was cut off.
    """

    ok: bool
    transfers: int
    head: str
    problems: tuple[LedgerProblem, ...]


def get_balances(session: Session, fund: str) -> dict[str, int]:
    """The balances of a fund's accounts, keyed by name without the fund, caps left out."""
    query = select(Account.code, Account.balance).where(
        Account.fund == fund, Account.code.not_like(f"{fund}:cap:%")
    )
    return {code.removeprefix(f"{fund}:"): balance for code, balance in session.execute(query)}


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


@dataclass(slots=True)
class _Replay:
    """The ledger as it grows again, transfer by transfer."""

    secret_key: str
    sides: dict[str, Side]
    balances: dict[str, int]
    ends: dict[str, tuple[int, str]]
    problems: list[LedgerProblem] = field(default_factory=list)
    transfers: int = 0

    def add(self, line: Line, sealed: str) -> None:
        seq, previous = self.ends.get(line.fund, (0, first_seal(self.secret_key, line.fund)))
        if line.seq != seq + 1:
            self.report("ledger_gap", line.fund, seq=line.seq, expected=seq + 1)
        if seal(self.secret_key, previous, line) != sealed:
            self.report("ledger_seal_broken", line.fund, seq=line.seq)
        self.ends[line.fund] = (line.seq, sealed)
        posting = Posting(line.debit, line.credit, line.amount)
        for code, change in changes([posting], self.sides).items():
            self.balances[code] += change
        self.transfers += 1

    def report(self, code: str, fund: str, **facts: object) -> None:
        self.problems.append(LedgerProblem(code, fund, facts))


def check_ledger(session: Session, secret_key: str) -> LedgerCheck:
    """Recompute every balance and every chain from the transfers alone, and compare."""
    accounts = session.execute(select(Account.code, Account.fund, Account.side, Account.balance))
    stored = {code: (fund, side, balance) for code, fund, side, balance in accounts}
    replay = _Replay(
        secret_key=secret_key,
        sides={code: side for code, (_, side, _) in stored.items()},
        balances=dict.fromkeys(stored, 0),
        ends={},
    )
    for line, sealed in _lines(session):
        replay.add(line, sealed)
    for code, (fund, _, balance) in stored.items():
        if balance != replay.balances[code]:
            facts = {"account": code, "stored": balance, "computed": replay.balances[code]}
            replay.report("ledger_balance_wrong", fund, **facts)
    heads = session.execute(select(Head.fund, Head.seq, Head.seal).order_by(Head.fund)).all()
    for fund, seq, sealed in heads:
        if replay.ends.get(fund, (0, first_seal(secret_key, fund))) != (seq, sealed):
            replay.report("ledger_head_wrong", fund, seq=seq)
    ends = "".join(f"{fund} {seq} {sealed}\n" for fund, seq, sealed in heads)
    return LedgerCheck(
        ok=not replay.problems,
        transfers=replay.transfers,
        head=hashlib.sha256(ends.encode()).hexdigest(),
        problems=tuple(replay.problems),
    )


def _lines(session: Session) -> Iterator[tuple[Line, str]]:
    query = select(
        Transfer.fund,
        Transfer.seq,
        Transfer.id,
        Transfer.at,
        Transfer.event,
        Transfer.subject,
        Transfer.debit,
        Transfer.credit,
        Transfer.amount,
        Transfer.reverses,
        Transfer.seal,
    ).order_by(Transfer.fund, Transfer.seq)
    for *fields, sealed in session.execute(query.execution_options(yield_per=_CHECK_ROWS)):
        yield Line(*fields), sealed
