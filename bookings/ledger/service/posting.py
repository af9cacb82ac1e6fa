"""Open accounts, post transfers, reverse them: the only code that writes transfers.

The fund's head is locked and orders everything in the fund, so the chain has no forks; then all
balances move by one conditional UPDATE that carries the amounts. What would fall below a floor
moves nothing of that account and raises; the CHECK stands behind it for whoever comes by another
way. From the lock to the commit nobody else posts to the fund, so there are two statements in
between and no more: lock and move, insert (a trigger advances the head).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    FunctionElement,
    Select,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from bookings.ledger.models import Account, Head, Transfer
from bookings.ledger.rules import (
    AccountPlan,
    Book,
    FundEvent,
    Line,
    Posting,
    Side,
    first_seal,
    mirrored,
    net_debits,
    seal,
)
from vizium.db.base import Base
from vizium.db.inserts import insert_new
from vizium.kernel.errors import BudgetExceeded, Conflict, NotFound
from vizium.kernel.ids import new_id

_HEAD = Base.metadata.tables[Head.__tablename__]
_ACCOUNT = Base.metadata.tables[Account.__tablename__]
_TRANSFER = Base.metadata.tables[Transfer.__tablename__]
_LOCK = (
    select(_HEAD.c.fund, _HEAD.c.seq, _HEAD.c.seal)
    .where(_HEAD.c.fund == bindparam("of"))
    .with_for_update()
)
# With RETURNING all rows travel in one statement, and the triggers look at them together.
_INSERT = insert(_TRANSFER).returning(_TRANSFER.c.seq)


@dataclass(frozen=True, slots=True)
class Entry:
    """Postings that belong together: all of them happen or none.

    `event` is a word such as ``reserved``; `subject` (``claim:01K…``) is what caused it, and whose
    part of the accounts moves. `once` names what may happen a single time (``camt:0042-17``): the
    database refuses a second entry with it.
    """

    fund: str
    event: str
    subject: str
    postings: Sequence[Posting]
    reverses: str | None = None
    once: str | None = None


def open_ledger(session: Session, fund: str, *, secret_key: str) -> None:
    """Begin the chain of a fund; a fund that has one keeps it."""
    values = {"fund": fund, "seq": 0, "seal": first_seal(secret_key, fund)}
    insert_new(session, _HEAD, values, unless="fund", returning="fund")


def open_account(session: Session, fund: str, plan: AccountPlan) -> bool:
    """Open an account with a balance of 0; False if it stands already."""
    values = {
        "code": plan.code,
        "fund": fund,
        "book": plan.book,
        "unit": plan.unit,
        "side": plan.side,
        "floor": plan.floor,
        "subject_most": plan.subject_most,
        "balance": 0,
    }
    return insert_new(session, _ACCOUNT, values, unless="code", returning="code") is not None


def lock_ledger(session: Session, fund: str) -> None:
    """Keep everyone else from posting to a fund until this transaction ends.

    Balances read after this stay true. Take it after all other row locks of the transaction.
    """
    _lock_head(session, fund)


def post_transfers(
    session: Session, entry: Entry, *, secret_key: str, now: datetime, at: datetime | None = None
) -> tuple[str, ...]:
    """Move money, awards or both, and chain the transfers to all before them.

    Args:
        entry: at least one posting; accounts of one fund, each pair inside one book.
        secret_key: the centre's key, under which the chain is sealed.
        now: aware UTC instant; the transfers are dated with it.
        at: the instant that they are dated with instead: a period's end, when it is closed.

    Returns:
        The ids of the transfers, in the order of the postings.

    Raises:
        BudgetExceeded: ``account_exhausted``: a floor would be broken. Some balances of this entry
            may have moved; the caller's transaction must end without a commit.
        Conflict: ``transfer_repeated``: what `entry.once` names has happened.
    """
    assert entry.postings
    if entry.once is not None:
        _lock_head(session, entry.fund)
        _refuse_repeated(session, entry.once)
    seq, previous, books = _move_balances(session, entry)
    rows: list[dict[str, Any]] = []
    for posting in entry.postings:
        seq += 1
        line = Line(
            fund=entry.fund,
            seq=seq,
            id=new_id(now),
            at=at or now,
            event=entry.event,
            subject=entry.subject,
            debit=posting.debit,
            credit=posting.credit,
            amount=posting.amount,
            reverses=entry.reverses,
            once=None if rows else entry.once,
        )
        previous = seal(secret_key, previous, line)
        rows.append(_row(line, books[posting.debit], previous))
    session.execute(_INSERT, rows)
    return tuple(str(row["id"]) for row in rows)


def reverse_transfer(session: Session, transfer_id: str, *, secret_key: str, now: datetime) -> str:
    """Undo a transfer by its mirror image, dated now.

    Raises:
        NotFound: ``transfer``.
        Conflict: ``transfer_reversed``: it was undone before; ``transfer_is_reversal``: what was
            undone is posted anew, not undone again.
        BudgetExceeded: the money has moved on, so there is nothing to take back.
    """
    transfer = session.get(Transfer, transfer_id)
    if transfer is None:
        raise NotFound("transfer")
    if transfer.reverses is not None:
        raise Conflict("transfer_is_reversal", transfer=transfer_id)
    _lock_head(session, transfer.fund)
    if session.scalar(select(Transfer.id).where(Transfer.reverses == transfer_id)) is not None:
        raise Conflict("transfer_reversed", transfer=transfer_id)
    posting = mirrored(Posting(transfer.debit, transfer.credit, transfer.amount))
    entry = Entry(
        transfer.fund, FundEvent.REVERSED, transfer.subject, [posting], reverses=transfer_id
    )
    return post_transfers(session, entry, secret_key=secret_key, now=now)[0]


def _lock_head(session: Session, fund: str) -> tuple[int, str]:
    head = session.execute(_LOCK, {"of": fund}).one_or_none()
    if head is None:
        raise NotFound("fund", fund=fund)
    return head.seq, head.seal


def _refuse_repeated(session: Session, once: str) -> None:
    if session.scalar(select(_TRANSFER.c.seq).where(_TRANSFER.c.once == once)) is not None:
        raise Conflict("transfer_repeated", once=once)


def _move_balances(session: Session, entry: Entry) -> tuple[int, str, dict[str, Book]]:
    """Lock the head and move every account of an entry that has room.

    Returns:
        The chain's end before the entry, and the book of each account, keyed by its code.
    """
    nets = net_debits(entry.postings)
    known = {"of": entry.fund, "nets": json.dumps(nets)}
    if session.get_bind().dialect.name == "sqlite":
        seq, previous = _lock_head(session, entry.fund)
        books = {row.code: row.book for row in session.execute(_sqlite_move(), known)}
    else:
        rows = session.execute(_postgresql_move(), known).all()
        books = {row.code: row.book for row in rows}
        seq, previous = (rows[0].seq, rows[0].seal) if rows else _lock_head(session, entry.fund)
    if books.keys() != nets.keys():
        raise _shortage(session, nets, moved=books)
    return seq, previous, books


@cache
def _sqlite_move() -> ReturningUpdate[tuple[str, str, Book]]:
    """The UPDATE of all accounts of an entry; made once: building it costs more than running it."""
    return _conditional_move(func.json_each(bindparam("nets", type_=Text)))


@cache
def _postgresql_move() -> Select[tuple[int, str, str, Book]]:
    """The same with the head's lock in front, which saves a round trip while others wait.

    No account can be reached before the head's row is there to be joined, so the locks are always
    taken in this order; whoever waited for the head updates the newest balances.
    """
    head = _LOCK.cte("head")
    nets = cast(bindparam("nets", type_=Text), JSON)
    move = _conditional_move(func.json_each_text(nets)).where(_ACCOUNT.c.fund == head.c.fund)
    moved = move.cte("moved")
    return select(head.c.seq, head.c.seal, moved.c.code, moved.c.book).join_from(
        head, moved, head.c.fund == moved.c.fund
    )


def _conditional_move(each: FunctionElement[Any]) -> ReturningUpdate[tuple[str, str, Book]]:
    """Move each account by its net debit, unless it would fall below its floor.

    Args:
        each: the rows of ``nets``, JSON keyed by code.
    """
    change = each.table_valued(column("key", Text), column("value", Text), name="change")
    grows = case((_ACCOUNT.c.side == Side.DEBIT, 1), else_=-1)
    after = _ACCOUNT.c.balance + grows * cast(change.c.value, BigInteger)
    return (
        update(_ACCOUNT)
        .where(
            _ACCOUNT.c.code == change.c.key,
            _ACCOUNT.c.fund == bindparam("of"),
            or_(~_ACCOUNT.c.floor, after >= 0),
        )
        .values(balance=after)
        .returning(_ACCOUNT.c.fund, _ACCOUNT.c.code, _ACCOUNT.c.book)
    )


def _shortage(
    session: Session, nets: Mapping[str, int], *, moved: Mapping[str, Book]
) -> BudgetExceeded:
    query = select(_ACCOUNT.c.code).where(_ACCOUNT.c.code.in_(nets)).order_by(_ACCOUNT.c.code)
    standing = session.scalars(query).all()
    assert len(standing) == len(nets), "a posting names an account that the fund does not have"
    short = next(code for code in standing if code not in moved)
    return BudgetExceeded("account_exhausted", account=short, missing=abs(nets[short]))


def _row(line: Line, book: Book, sealed: str) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__slots__} | {"book": book, "seal": sealed}
