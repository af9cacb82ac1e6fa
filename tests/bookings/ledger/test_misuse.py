"""Raw SQL against the ledger: refused by the database itself, or found by the check.

No code of ours stands between these statements and the tables.
"""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bookings.ledger import rules
from bookings.ledger.queries import check_ledger
from bookings.ledger.rules import Draw, Period, Posting
from bookings.ledger.service import (
    ClosePeriod,
    Entry,
    close_period,
    make_anchors,
    post_transfers,
    reverse_transfer,
)
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from vizium.db.session import Database
from vizium.kernel.money import Cents

_INSERT = """
INSERT INTO ledger_transfer
  (id, fund, seq, at, book, event, subject, debit, credit, amount, reverses, seal, once)
SELECT '01K0000000000000000000000Z', '{fund}', {seq}, {at}, {book}, event, '{subject}',
  '{debit}', '{credit}', {amount}, {reverses}, seal, {once}
FROM ledger_transfer WHERE subject = 'claim:2' AND amount = 300
"""
# The next of the chain after `_given_history`.
_NEXT = "(SELECT seq + 1 FROM ledger_head WHERE fund = 'test-fund')"
_REVERSIBLE = "(SELECT id FROM ledger_transfer WHERE subject = 'claim:2' AND amount = 300)"


def _insert(**other: str) -> str:
    values = {
        "debit": "test-fund:encumbered",
        "credit": "test-fund:available",
        "amount": "1",
        "reverses": "NULL",
        "fund": FUND,
        "seq": _NEXT,
        "at": "at",
        "subject": "claim:1",
        "once": "NULL",
        "book": "book",
    }
    return _INSERT.format(**(values | other))


def _undo(**other: str) -> str:
    back = {"debit": "test-fund:available", "credit": "test-fund:encumbered", "amount": "300"}
    return _insert(**(back | {"reverses": _REVERSIBLE, "subject": "claim:2"} | other))


def _back(amount: int) -> str:
    return _insert(
        debit="test-fund:available",
        credit="test-fund:encumbered",
        amount=str(amount),
        subject="claim:2",
    )


def _insert_account(book: str) -> str:
    values = f"'test-fund:x', 'test-fund', {book}, 'cents', 'debit', true, 0, NULL"
    return f"INSERT INTO ledger_account VALUES ({values})"


_APPEND_ONLY, _UNIQUE, _FOREIGN = (
    "append-only",
    "(UNIQUE|unique) constraint",
    "(FOREIGN KEY|foreign key)",
)
_CLOSED, _CHAIN, _MIRROR = "a closed period", "next of its chain", "mirror of what it reverses"
_SUBJECT, _FIXED = "between 0 and its most", "is what it was opened as"
# Keyed by the attack: the statement, and by which guard it is refused.
REFUSED = {
    "rewrite an amount": ("UPDATE ledger_transfer SET amount = 1", _APPEND_ONLY),
    "rewrite nothing": ("UPDATE ledger_transfer SET amount = amount", _APPEND_ONLY),
    "delete a transfer": ("DELETE FROM ledger_transfer WHERE seq = 1", _APPEND_ONLY),
    "negative amount": (_insert(amount="-1"), "moves_something"),
    "zero amount": (_insert(amount="0"), "moves_something"),
    "one account alone": (_insert(credit="test-fund:encumbered"), "two_accounts"),
    "account that does not exist": (_insert(credit="test-fund:nowhere"), _FOREIGN),
    "unbalanced: out of the money book into the budget": (
        _insert(debit="test-fund:bank"),
        _FOREIGN,
    ),
    "into another fund": (_insert(debit="other-fund:available"), _FOREIGN),
    "under another fund": (_insert(fund="other-fund", seq="3"), _FOREIGN),
    "second place in the chain": (_insert(seq="2"), f"{_UNIQUE}|{_CHAIN}"),
    "gap in the chain": (_insert(seq="999"), _CHAIN),
    "second reversal": (
        _insert(
            debit="test-fund:available",
            credit="test-fund:encumbered",
            amount="100",
            reverses="(SELECT MAX(reverses) FROM ledger_transfer)",
        ),
        _UNIQUE,
    ),
    "reversal of another amount": (_undo(amount="299"), _MIRROR),
    "reversal that is no mirror": (
        _insert(reverses=_REVERSIBLE, amount="300", subject="claim:2"),
        _MIRROR,
    ),
    "reversal of what does not stand": (
        _undo(reverses="'01K0000000000000000000000Y'"),
        f"{_MIRROR}|{_FOREIGN}",
    ),
    "reversal of a reversal": (
        _insert(
            reverses="(SELECT id FROM ledger_transfer WHERE reverses IS NOT NULL)", amount="100"
        ),
        _MIRROR,
    ),
    "dated in a closed period": (_insert(at="'2026-08-31 20:59:59.999999'"), _CLOSED),
    "dated before a closed period": (_insert(at="'2020-01-01 00:00:00.000000'"), _CLOSED),
    "what happens once, twice": (_insert(once="'close:test-fund:2025'"), _UNIQUE),
    "claim gives back more than it took": (_back(301), _SUBJECT),
    "claim that has nothing gives back": (
        _insert(debit="test-fund:available", credit="test-fund:encumbered", subject="claim:9"),
        _SUBJECT,
    ),
    "claim paid without being owed": (
        _insert(debit="test-fund:expended", credit="test-fund:obligated", subject="claim:2"),
        _SUBJECT,
    ),
    "claim of more than ten million": (_insert(amount="1000000001"), _SUBJECT),
    "second award of a claim": (
        _insert(
            debit="test-fund:caps-used",
            credit="test-fund:cap:3200000001:2026/2027",
            subject="claim:2",
            book="'caps'",
        ),
        _SUBJECT,
    ),
    "spend below the floor": (
        "UPDATE ledger_account SET balance = balance - 1000001 WHERE code = 'test-fund:available'",
        "above_floor",
    ),
    "take the floor away": ("UPDATE ledger_account SET floor = NOT floor", _FIXED),
    "let a claim have more": ("UPDATE ledger_account SET subject_most = NULL", _FIXED),
    "rename an account": (
        "UPDATE ledger_account SET code = 'x' WHERE code = 'test-fund:transit'",
        _FIXED,
    ),
    "turn an account's side": ("UPDATE ledger_account SET side = 'credit'", _FIXED),
    "delete an account": ("DELETE FROM ledger_account WHERE code = 'test-fund:transit'", _FIXED),
    "unknown book": (
        _insert_account("'black'"),
        "ck_ledger_account",
    ),
    "open a period again": ("DELETE FROM ledger_closing", _APPEND_ONLY),
    "shorten a closed period": ("UPDATE ledger_closing SET ends_at = closed_at", _APPEND_ONLY),
    "close a period twice": (
        "INSERT INTO ledger_closing SELECT * FROM ledger_closing",
        _UNIQUE,
    ),
    "move an anchor": ("UPDATE ledger_anchor SET seal = 'x'", _APPEND_ONLY),
    "delete an anchor": ("DELETE FROM ledger_anchor", _APPEND_ONLY),
    "second anchor of a day": ("INSERT INTO ledger_anchor SELECT * FROM ledger_anchor", _UNIQUE),
}
_TRANSFERS = 12


def _given_history(session: Session, now: datetime) -> None:
    """A closed year, a reversal, a live award of 300 of ``claim:2``, and an anchor."""
    given_ledger(session, cents=1_000, now=datetime(2025, 9, 1, 8, tzinfo=UTC))
    period = Period(FUND, 2025, date(2025, 9, 1), date(2026, 8, 31))
    closing = ClosePeriod("close-2025", period)
    close_period(session, closing, secret_key=SECRET_KEY, by="test", now=now)
    given_ledger(session, cents=1_000_000, now=now)
    given_ledger(session, cents=1_000_000, now=now, fund="other-fund")
    cap = given_cap(session, awards=2, now=now)
    posting = Posting(f"{FUND}:encumbered", f"{FUND}:available", 100)
    entry = Entry(FUND, "reserved", "claim:1", [posting])
    (moved,) = post_transfers(session, entry, secret_key=SECRET_KEY, now=now)
    reverse_transfer(session, moved, secret_key=SECRET_KEY, now=now)
    award = Entry(
        FUND, "reserved", "claim:2", rules.reserved(FUND, Draw(Cents(300), Cents(0)), cap)
    )
    post_transfers(session, award, secret_key=SECRET_KEY, now=now)
    make_anchors(session, now=now)


@pytest.fixture
def history(database: Database, now: datetime) -> Database:
    """A ledger to be attacked."""
    with database.transaction() as session:
        _given_history(session, now)
    return database


def test_database_refuses(history: Database) -> None:
    for statement, guard in REFUSED.values():
        with pytest.raises(DBAPIError, match=guard), history.transaction() as session:
            session.execute(text(statement))

    with history.reading() as session:
        check = check_ledger(session, SECRET_KEY)
    assert (check.problems, check.transfers) == ((), _TRANSFERS)


def test_database_takes_what_the_attacks_differ_from(history: Database) -> None:
    with history.transaction() as session:
        for statement in (_insert(), _undo().replace("00Z'", "00Y'")):
            session.execute(text(statement))
        taken = session.scalar(text("SELECT seq FROM ledger_head WHERE fund = 'test-fund'"))
        session.rollback()

    assert taken == _TRANSFERS - 2 + 2


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_closing", "ledger_anchor"])
def test_database_refuses_to_be_emptied(history: Database, table: str) -> None:
    with pytest.raises(DBAPIError), history.transaction() as session:
        session.execute(text(f"TRUNCATE {table} CASCADE"))


FOUND = {
    "ledger_balance_wrong": "UPDATE ledger_account SET balance = balance + 1"
    " WHERE code = 'test-fund:available'",
    "ledger_equation_broken": "UPDATE ledger_account SET balance = balance + 1"
    " WHERE code IN ('test-fund:encumbered', 'test-fund:expended')",
    "ledger_book_unbalanced": "UPDATE ledger_account SET balance = balance + 1"
    " WHERE code = 'test-fund:caps-used'",
    "ledger_head_wrong": "UPDATE ledger_head SET seq = seq - 1 WHERE fund = 'test-fund'",
    "ledger_seal_broken": _insert(),
}


def test_check_finds(history: Database) -> None:
    found = {}
    for code, statement in FOUND.items():
        with history.transaction() as session:
            session.execute(text(statement))
            found[code] = {problem.code for problem in check_ledger(session, SECRET_KEY).problems}
            session.rollback()

    assert [code for code, codes in found.items() if code not in codes] == []


def test_check_finds_a_tail_that_was_cut_off(history: Database) -> None:
    with history.transaction() as session:
        _take_guards_off(history, session)
        last = "(SELECT MAX(seq) FROM ledger_transfer WHERE fund = 'test-fund')"
        session.execute(
            text(f"DELETE FROM ledger_transfer WHERE fund = 'test-fund' AND seq = {last}")
        )
        found = {problem.code for problem in check_ledger(session, SECRET_KEY).problems}
        session.rollback()

    assert found >= {"ledger_head_wrong", "ledger_anchor_missed"}


def test_check_finds_a_row_that_was_cut_out(history: Database) -> None:
    with history.transaction() as session:
        _take_guards_off(history, session)
        session.execute(text("DELETE FROM ledger_transfer WHERE fund = 'test-fund' AND seq = 6"))
        found = {problem.code for problem in check_ledger(session, SECRET_KEY).problems}
        session.rollback()

    assert found >= {"ledger_gap", "ledger_seal_broken"}


def _take_guards_off(database: Database, session: Session) -> None:
    if database.is_sqlite:
        session.execute(text("DROP TRIGGER ledger_transfer_no_delete"))
        return
    # As the owner may; the foreign keys' own triggers are the superuser's.
    session.execute(text("ALTER TABLE ledger_transfer DISABLE TRIGGER ALL"))
