"""Raw SQL against the ledger: refused by the database itself, or found by the check.

No code of ours stands between these statements and the tables.
"""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bookings.ledger.queries import check_ledger
from bookings.ledger.rules import Posting
from bookings.ledger.service import Entry, post_transfers, reverse_transfer
from tests.factories.ledger import FUND, SECRET_KEY, given_ledger
from vizium.db.session import Database

_INSERT = """
INSERT INTO ledger_transfer
  (id, fund, seq, at, book, event, subject, debit, credit, amount, reverses, seal)
SELECT '01K0000000000000000000000Z', '{fund}', 999, at, book, event, subject,
  '{debit}', '{credit}', {amount}, {reverses}, seal
FROM ledger_transfer WHERE fund = 'test-fund' AND seq = 1
"""


def _insert(
    *,
    debit: str = "test-fund:encumbered",
    credit: str = "test-fund:available",
    amount: int = 1,
    reverses: str = "NULL",
    fund: str = FUND,
) -> str:
    return _INSERT.format(debit=debit, credit=credit, amount=amount, reverses=reverses, fund=fund)


REFUSED = {
    "rewrite an amount": "UPDATE ledger_transfer SET amount = 1",
    "rewrite nothing": "UPDATE ledger_transfer SET amount = amount",
    "delete a transfer": "DELETE FROM ledger_transfer WHERE seq = 1",
    "negative amount": _insert(amount=-1),
    "zero amount": _insert(amount=0),
    "one account alone": _insert(credit="test-fund:encumbered"),
    "account that does not exist": _insert(credit="test-fund:nowhere"),
    "unbalanced: out of the money book into the budget": _insert(debit="test-fund:expense"),
    "into another fund": _insert(debit="other-fund:encumbered"),
    "under another fund": _insert(fund="other-fund"),
    "second place in the chain": _insert().replace("999", "2"),
    "second reversal": _insert(reverses="(SELECT MAX(reverses) FROM ledger_transfer)"),
    "spend below the floor": "UPDATE ledger_account SET balance = balance - 1000001"
    " WHERE code = 'test-fund:available'",
    "take the floor away": "UPDATE ledger_account SET floor = NOT floor",
    "rename an account": "UPDATE ledger_account SET code = 'x' WHERE code = 'test-fund:transit'",
    "turn an account's side": "UPDATE ledger_account SET side = 'credit'",
    "delete an account": "DELETE FROM ledger_account WHERE code = 'test-fund:transit'",
    "unknown book": "INSERT INTO ledger_account VALUES"
    " ('test-fund:x', 'test-fund', 'black', 'cents', 'debit', true, 0)",
}


def _given_history(session: Session, now: datetime) -> None:
    given_ledger(session, cents=1_000_000, now=now)
    given_ledger(session, cents=1_000_000, now=now, fund="other-fund")
    posting = Posting(f"{FUND}:encumbered", f"{FUND}:available", 100)
    entry = Entry(FUND, "reserved", "claim:1", [posting])
    (moved,) = post_transfers(session, entry, secret_key=SECRET_KEY, now=now)
    reverse_transfer(session, moved, secret_key=SECRET_KEY, now=now)


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_database_refuses(database: Database, now: datetime, statement: str) -> None:
    with database.transaction() as session:
        _given_history(session, now)

    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(statement))

    with database.reading() as session:
        check = check_ledger(session, SECRET_KEY)
    assert (check.ok, check.transfers) == (True, 6)


FOUND = {
    "ledger_balance_wrong": "UPDATE ledger_account SET balance = balance + 1"
    " WHERE code = 'test-fund:available'",
    "ledger_head_wrong": "UPDATE ledger_head SET seq = seq - 1 WHERE fund = 'test-fund'",
    "ledger_seal_broken": _insert().replace("999", "5"),
    "ledger_gap": _insert(),
}


@pytest.mark.parametrize("code", FOUND)
def test_check_finds(database: Database, now: datetime, code: str) -> None:
    with database.transaction() as session:
        _given_history(session, now)

    with database.transaction() as session:
        session.execute(text(FOUND[code]))

    with database.reading() as session:
        check = check_ledger(session, SECRET_KEY)
    assert not check.ok
    assert code in {problem.code for problem in check.problems}


def test_check_finds_a_tail_that_was_cut_off(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _given_history(session, now)
        for trigger in _triggers(database):
            session.execute(text(trigger))
        session.execute(text("DELETE FROM ledger_transfer WHERE fund = 'test-fund' AND seq = 4"))

    with database.reading() as session:
        check = check_ledger(session, SECRET_KEY)
    assert "ledger_head_wrong" in {problem.code for problem in check.problems}


def _triggers(database: Database) -> list[str]:
    if database.is_sqlite:
        return ["DROP TRIGGER ledger_transfer_no_delete"]
    return ["ALTER TABLE ledger_transfer DISABLE TRIGGER ALL"]
