"""A ledger from before its guards keeps its rows and its chain, and is guarded from then on."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bookings.ledger.queries import check_ledger
from bookings.ledger.rules import Posting
from bookings.ledger.service import Entry, post_transfers
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from vizium.db import migrate
from vizium.db.session import Database

_BEFORE = "0014"


def test_rows_and_chain_survive_and_are_guarded(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        given_cap(session, awards=2, now=now)
        posting = Posting(f"{FUND}:encumbered", f"{FUND}:available", 300)
        entry = Entry(FUND, "reserved", "claim:1", [posting])
        post_transfers(session, entry, secret_key=SECRET_KEY, now=now)
    database.engine.dispose()
    migrate.downgrade(database.url, _BEFORE)

    migrate.upgrade(database.url)

    back = Posting(f"{FUND}:available", f"{FUND}:encumbered", 301)
    too_much = Entry(FUND, "released", "claim:1", [back])
    with database.transaction() as session:
        moved = text("UPDATE ledger_account SET balance = 999 WHERE code = :code")
        session.execute(moved, {"code": f"{FUND}:encumbered"})
        with pytest.raises(DBAPIError, match="between 0 and its most"):
            post_transfers(session, too_much, secret_key=SECRET_KEY, now=now)
        session.rollback()
    with database.reading() as session:
        check = check_ledger(session, SECRET_KEY)
    assert (check.problems, check.transfers) == ((), 4)
