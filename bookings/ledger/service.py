"""Open accounts, post transfers, reverse them: the only code that writes the ledger.

The fund's head is locked first and orders everything in the fund, so the chain has no forks; then
each balance moves by one conditional UPDATE, in sorted order. What would fall below a floor changes
no row and raises; the CHECK stands behind it for whoever comes by another way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from bookings.ledger.models import Account, Head, Transfer
from bookings.ledger.rules import (
    AccountPlan,
    Book,
    Line,
    Posting,
    Side,
    changes,
    first_seal,
    mirrored,
    seal,
)
from vizium.db.inserts import insert_for
from vizium.kernel.errors import BudgetExceeded, Conflict, NotFound
from vizium.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Entry:
    """Postings that belong together: all of them happen or none.

    `event` is a word such as ``reserved``; `subject` (``claim:01K…``) is what caused it.
    """

    fund: str
    event: str
    subject: str
    postings: Sequence[Posting]
    reverses: str | None = None


def open_ledger(session: Session, fund: str, *, secret_key: str) -> None:
    """Begin the chain of a fund; a fund that has one keeps it."""
    values = {"fund": fund, "seq": 0, "seal": first_seal(secret_key, fund)}
    _insert_new(session, Head, values)


def open_account(session: Session, fund: str, plan: AccountPlan) -> bool:
    """Open an account with a balance of 0; False if it stands already."""
    values = {
        "code": plan.code,
        "fund": fund,
        "book": plan.book,
        "unit": plan.unit,
        "side": plan.side,
        "floor": plan.floor,
        "balance": 0,
    }
    return _insert_new(session, Account, values)


def lock_ledger(session: Session, fund: str) -> None:
    """Keep everyone else from posting to a fund until this transaction ends.

    Balances read after this stay true. Take it after all other row locks of the transaction.
    """
    _lock_head(session, fund)


def post_transfers(
    session: Session, entry: Entry, *, secret_key: str, now: datetime
) -> tuple[str, ...]:
    """Move money, awards or both, and chain the transfers to all before them.

    Args:
        entry: at least one posting; accounts of one fund, each pair inside one book.
        secret_key: the centre's key, under which the chain is sealed.
        now: aware UTC instant; the transfers are dated with it.

    Returns:
        The ids of the transfers, in the order of the postings.

    Raises:
        BudgetExceeded: ``account_exhausted``: a floor would be broken. Some balances of this entry
            may have moved; the caller's transaction must end without a commit.
    """
    assert entry.postings
    head = _lock_head(session, entry.fund)
    accounts = _read_accounts(session, entry)
    sides = {code: side for code, (_, side) in accounts.items()}
    for code, change in changes(entry.postings, sides).items():
        _move(session, code, change)
    rows = _chain(entry, head, accounts, secret_key=secret_key, now=now)
    session.execute(insert(Transfer), rows)
    head.seq, head.seal = head.seq + len(rows), str(rows[-1]["seal"])
    session.flush()
    return tuple(str(row["id"]) for row in rows)


def reverse_transfer(session: Session, transfer_id: str, *, secret_key: str, now: datetime) -> str:
    """Undo a transfer by its mirror image, dated now.

    Raises:
        NotFound: ``transfer``.
        Conflict: ``transfer_reversed``: it was undone before.
        BudgetExceeded: the money has moved on, so there is nothing to take back.
    """
    transfer = session.get(Transfer, transfer_id)
    if transfer is None:
        raise NotFound("transfer")
    _lock_head(session, transfer.fund)
    if session.scalar(select(Transfer.id).where(Transfer.reverses == transfer_id)) is not None:
        raise Conflict("transfer_reversed", transfer=transfer_id)
    posting = mirrored(Posting(transfer.debit, transfer.credit, transfer.amount))
    entry = Entry(transfer.fund, "reversed", transfer.subject, [posting], reverses=transfer_id)
    return post_transfers(session, entry, secret_key=secret_key, now=now)[0]


def _lock_head(session: Session, fund: str) -> Head:
    head = session.get(Head, fund, with_for_update=True, populate_existing=True)
    if head is None:
        raise NotFound("fund", fund=fund)
    return head


def _read_accounts(session: Session, entry: Entry) -> dict[str, tuple[Book, Side]]:
    codes = {code for posting in entry.postings for code in (posting.debit, posting.credit)}
    query = select(Account.code, Account.book, Account.side).where(
        Account.code.in_(codes), Account.fund == entry.fund
    )
    accounts = {code: (book, side) for code, book, side in session.execute(query)}
    assert accounts.keys() == codes, "a posting names an account that the fund does not have"
    return accounts


def _move(session: Session, code: str, change: int) -> None:
    after = Account.balance + change
    moved = session.scalar(
        update(Account)
        .where(Account.code == code, or_(~Account.floor, after >= 0))
        .values(balance=after)
        .returning(Account.balance)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise BudgetExceeded("account_exhausted", account=code, missing=-change)


def _chain(
    entry: Entry,
    head: Head,
    accounts: Mapping[str, tuple[Book, Side]],
    *,
    secret_key: str,
    now: datetime,
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    previous = head.seal
    for seq, posting in enumerate(entry.postings, start=head.seq + 1):
        line = Line(
            fund=entry.fund,
            seq=seq,
            id=new_id(now),
            at=now,
            event=entry.event,
            subject=entry.subject,
            debit=posting.debit,
            credit=posting.credit,
            amount=posting.amount,
            reverses=entry.reverses,
        )
        previous = seal(secret_key, previous, line)
        rows.append(_row(line, accounts[posting.debit][0], previous))
    return rows


def _row(line: Line, book: Book, sealed: str) -> dict[str, object]:
    fields: Iterable[str] = line.__slots__
    return {name: getattr(line, name) for name in fields} | {"book": book, "seal": sealed}


def _insert_new(
    session: Session, table: type[Head] | type[Account], values: dict[str, object]
) -> bool:
    statement = insert_for(session, table).values(values)
    key = "fund" if table is Head else "code"
    column = table.fund if table is Head else Account.code
    new = session.scalar(statement.on_conflict_do_nothing(index_elements=[key]).returning(column))
    return new is not None
