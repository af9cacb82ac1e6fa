"""Anchors: made once a day, mailed to auditors, and met again, or the ledger was rewritten.

The strongest attacker of these tests holds the database and the key, and makes a whole new chain.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bookings.ledger.models import Head, Transfer
from bookings.ledger.queries import check_ledger, list_anchors
from bookings.ledger.rules import (
    Anchor,
    AnchorError,
    Line,
    Posting,
    anchor_text,
    first_seal,
    parse_anchors,
    seal,
)
from bookings.ledger.service import Entry, make_anchors, post_transfers, sweep_anchors
from tests.factories.ledger import FUND, SECRET_KEY, given_ledger
from tests.factories.people import given_person
from vizium.auth.rules import Role
from vizium.db.session import Database, Session
from vizium.mail.models import MailMessage


def _move(session: Session, amount: int, now: datetime) -> None:
    posting = Posting(f"{FUND}:encumbered", f"{FUND}:available", amount)
    entry = Entry(FUND, "reserved", "claim:1", [posting])
    post_transfers(session, entry, secret_key=SECRET_KEY, now=now)


def test_anchor_says_where_the_chain_stands_and_stays_that_day(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        first = make_anchors(session, now=now)
        _move(session, 1, now)
        same = make_anchors(session, now=now)
        later = make_anchors(session, now=now + timedelta(days=1))

        head = session.get(Head, FUND, populate_existing=True)
        assert head is not None
        assert same == first
        assert [(row.day, row.seq) for row in first] == [(date(2027, 2, 1), 2)]
        assert later == [Anchor(date(2027, 2, 2), FUND, 3, head.seal)]
        assert list_anchors(session, fund=FUND) == [*first, *later]
        assert check_ledger(session, SECRET_KEY, anchors=[*first, *later]).problems == ()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_auditors_get_the_lines_of_a_day_on_which_something_moved(
    database: Database, now: datetime
) -> None:
    auditor = given_person(database, Role.AUDITOR, now=now, email="revidents@example.lv")
    given_person(database, Role.FINANCE_A, now=now)
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        for hours in (0, 1, 24, 25):
            sweep_anchors(session, now=now + timedelta(hours=hours))
        _move(session, 1, now)
        sweep_anchors(session, now=now + timedelta(hours=48))

        anchors = list_anchors(session)
        mails = session.scalars(select(MailMessage).order_by(MailMessage.key)).all()
    assert [anchor.seq for anchor in anchors] == [2, 2, 3]
    assert {mail.recipient for mail in mails} == {auditor.email}
    kept = [line for mail in mails for line in mail.text.splitlines() if FUND in line]
    assert parse_anchors(kept) == [anchors[0], anchors[2]]


def test_check_finds_a_chain_made_anew_with_the_key(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        _move(session, 400, now)
        kept = make_anchors(session, now=now)
        _forge(database, session)

        forged = check_ledger(session, SECRET_KEY)
        held_against_it = check_ledger(session, SECRET_KEY, anchors=kept)
        session.rollback()

    assert forged.problems == ()
    assert [problem.code for problem in held_against_it.problems] == ["ledger_anchor_missed"]


def test_check_finds_a_tail_that_was_cut_off_with_everything_after(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        kept = Anchor(date(2027, 2, 1), FUND, 3, "0" * 64)

        check = check_ledger(session, SECRET_KEY, anchors=[kept])

    assert [(found.code, found.facts) for found in check.problems] == [
        ("ledger_anchor_missed", {"seq": 3})
    ]


def test_anchor_is_read_back_from_its_line() -> None:
    anchors = [
        Anchor(date(2027, 2, 1), FUND, 3, "ab" * 32),
        Anchor(date(2027, 2, 2), "other-fund", 12_345, "0" * 64),
    ]

    lines = ["# kept by the auditor", "", *map(anchor_text, anchors)]

    assert parse_anchors(lines) == anchors


@pytest.mark.parametrize("line", ["2027-02-01 fund 3", "today fund 3 " + "0" * 64, "nonsense"])
def test_line_that_is_no_anchor_is_named(line: str) -> None:
    with pytest.raises(AnchorError, match="line 2"):
        parse_anchors(["", line])


def _forge(database: Database, session: Session) -> None:
    """Make 400 of a transfer into 40, and everything else true again."""
    if database.is_sqlite:
        session.execute(text("DROP TRIGGER ledger_transfer_no_update"))
        session.execute(text("DROP TRIGGER ledger_anchor_no_delete"))
    else:
        for table in ("ledger_transfer", "ledger_anchor"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    session.execute(text("DELETE FROM ledger_anchor"))
    session.execute(text("UPDATE ledger_transfer SET amount = 40 WHERE amount = 400"))
    for account, left in (("encumbered", 40), ("available", 960)):
        values = {"left": left, "code": f"{FUND}:{account}"}
        changing = text("UPDATE ledger_account SET balance = :left WHERE code = :code")
        session.execute(changing, values)
    previous, fields = first_seal(SECRET_KEY, FUND), Line.__slots__
    for row in session.scalars(select(Transfer).order_by(Transfer.seq)).all():
        line = Line(**{name: getattr(row, name) for name in fields})
        previous = seal(SECRET_KEY, previous, line)
        row.seal = previous
        head = line.seq
    session.flush()
    head_row = session.get(Head, FUND, populate_existing=True)
    assert head_row is not None
    head_row.seq, head_row.seal = head, previous
    session.flush()
