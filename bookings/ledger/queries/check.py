"""Whether the ledger is true: every balance and every chain again, from the transfers alone.

The rows are read as a stream, in the order of each chain, so a ledger of any length takes the same
memory. What is compared is what stands beside the transfers (balances, heads, anchors) and what was
kept elsewhere.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.ledger.models import Account, AnchorDay, Head, Transfer
from bookings.ledger.rules import (
    Anchor,
    Book,
    Line,
    Side,
    broken_equations,
    first_seal,
    seal,
    unbalanced_books,
)

# Rows fetched at a time while the whole ledger is read: bounds the memory, not the count.
_CHECK_ROWS = 2000
# After so many findings of one kind more of them would say nothing new.
_PROBLEMS_MOST = 100


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


@dataclass(frozen=True, slots=True)
class _Stored:
    """An account as it stands."""

    fund: str
    book: Book
    side: Side
    balance: int


@dataclass(slots=True)
class _Replay:
    """The ledger as it grows again, transfer by transfer.

    `debits` is keyed by account; `ends` by fund; `pinned`, the seals that must be met, by fund and
    number.
    """

    secret_key: str
    debits: dict[str, int]
    pinned: dict[tuple[str, int], set[str]]
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[LedgerProblem] = field(default_factory=list)
    transfers: int = 0

    def add(self, line: Line, sealed: str) -> None:
        seq, previous = self.ends.get(line.fund) or (0, first_seal(self.secret_key, line.fund))
        if line.seq != seq + 1:
            self.report("ledger_gap", line.fund, seq=line.seq, expected=seq + 1)
        if seal(self.secret_key, previous, line) != sealed:
            self.report("ledger_seal_broken", line.fund, seq=line.seq)
        self.ends[line.fund] = (line.seq, sealed)
        self.debits[line.debit] += line.amount
        self.debits[line.credit] -= line.amount
        self.transfers += 1
        if (line.fund, line.seq) in self.pinned:
            self.meet(line.fund, line.seq, sealed)

    def meet(self, fund: str, seq: int, sealed: str) -> None:
        if self.pinned.pop((fund, seq)) != {sealed}:
            self.report("ledger_anchor_missed", fund, seq=seq)

    def report(self, code: str, fund: str, **facts: object) -> None:
        if len(self.problems) < _PROBLEMS_MOST:
            self.problems.append(LedgerProblem(code, fund, facts))


def check_ledger(
    session: Session, secret_key: str, *, anchors: Collection[Anchor] = ()
) -> LedgerCheck:
    """Recompute every balance and every chain from the transfers alone, and compare.

    Args:
        anchors: lines that were kept elsewhere; the chains must still pass through them, as
            through those in the database.
    """
    stored = _accounts(session)
    replay = _Replay(secret_key, dict.fromkeys(stored, 0), _pinned(session, anchors))
    for line, sealed in _lines(session):
        replay.add(line, sealed)
    for fund, seq in sorted(replay.pinned):
        replay.report("ledger_anchor_missed", fund, seq=seq)
    _compare_balances(replay, stored)
    _compare_books(replay, stored)
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


def _accounts(session: Session) -> dict[str, _Stored]:
    rows = session.execute(
        select(Account.code, Account.fund, Account.book, Account.side, Account.balance)
    )
    return {code: _Stored(fund, book, side, balance) for code, fund, book, side, balance in rows}


def _pinned(session: Session, anchors: Collection[Anchor]) -> dict[tuple[str, int], set[str]]:
    pinned: dict[tuple[str, int], set[str]] = {}
    own = session.execute(select(AnchorDay.fund, AnchorDay.seq, AnchorDay.seal))
    kept = [(anchor.fund, anchor.seq, anchor.seal) for anchor in anchors]
    for fund, seq, sealed in [*own, *kept]:
        pinned.setdefault((fund, seq), set()).add(sealed)
    return pinned


def _compare_balances(replay: _Replay, stored: dict[str, _Stored]) -> None:
    for code, account in stored.items():
        debit = replay.debits[code]
        computed = debit if account.side is Side.DEBIT else -debit
        if account.balance != computed:
            facts = {"account": code, "stored": account.balance, "computed": computed}
            replay.report("ledger_balance_wrong", account.fund, **facts)


def _compare_books(replay: _Replay, stored: dict[str, _Stored]) -> None:
    for fund in sorted({account.fund for account in stored.values()}):
        own = {code: account for code, account in stored.items() if account.fund == fund}
        sides = [(account.book, account.side, account.balance) for account in own.values()]
        for book in unbalanced_books(sides):
            replay.report("ledger_book_unbalanced", fund, book=book.value)
        balances = {code.removeprefix(f"{fund}:"): one.balance for code, one in own.items()}
        for equation in broken_equations(balances):
            replay.report("ledger_equation_broken", fund, equation=equation.name)


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
        Transfer.once,
        Transfer.seal,
    ).order_by(Transfer.fund, Transfer.seq)
    for *fields, sealed in session.execute(query.execution_options(yield_per=_CHECK_ROWS)):
        yield Line(*fields), sealed
