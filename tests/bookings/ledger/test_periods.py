"""Closing a period: what is left goes, the books stay shut, the next one begins."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.ledger import rules
from bookings.ledger.queries import (
    check_ledger,
    find_closing,
    get_balances,
    list_closings,
    list_transfers,
    period_end,
)
from bookings.ledger.rules import Draw, Period
from bookings.ledger.service import ClosePeriod, Entry, close_period, post_transfers
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.money import Cents

PERIOD = Period(FUND, 2026, date(2026, 9, 1), date(2027, 8, 31))
CLOSE = ClosePeriod("close-2026", PERIOD)
# Midnight in Riga is three hours earlier in UTC in summer.
OVER = datetime(2027, 8, 31, 21, 0, tzinfo=UTC)


def _close(session: Session, command: ClosePeriod = CLOSE, *, now: datetime = OVER) -> None:
    close_period(session, command, secret_key=SECRET_KEY, by="director-1", now=now)


def _given_spent(session: Session, now: datetime) -> None:
    """EUR 1,000 of which a claim was paid 300; 140 of the rest are still ring-fenced."""
    given_ledger(session, cents=100_000, far_bp=1400, now=now)
    cap = given_cap(session, awards=2, now=now)
    amount = Cents(30_000)
    for event, postings in (
        ("reserved", rules.reserved(FUND, Draw(amount, Cents(0)), cap)),
        ("approved", rules.approved(FUND, amount, Draw(Cents(0), Cents(0)))),
        ("sent", rules.sent(FUND, amount)),
        ("booked", rules.booked(FUND, amount)),
    ):
        entry = Entry(FUND, event, "claim:1", postings)
        post_transfers(session, entry, secret_key=SECRET_KEY, now=now)


def test_closing_takes_back_what_is_left_on_the_last_instant(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        _given_spent(session, now)
        _close(session)

    with database.reading() as session:
        balances = get_balances(session, FUND)
        closing = find_closing(session, FUND, 2026)
        ending = [row for row in list_transfers(session, f"fund:{FUND}") if row.event == "closed"]
        check = check_ledger(session, SECRET_KEY)
    assert (balances["available"], balances["reserved-far"], balances["appropriated"]) == (
        0,
        0,
        balances["expended"],
    )
    assert balances["bank"] == 70_000
    assert {row.at for row in ending} == {OVER - timedelta(microseconds=1)}
    assert closing is not None
    assert (closing.left_cents, closing.seq, closing.closed_by) == (70_000, 13, "director-1")
    assert (check.problems, check.transfers) == ((), 13)


def test_closing_carries_what_is_left_into_the_next_fund(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _given_spent(session, now)
        given_ledger(session, cents=0, now=now, fund="next-fund")
        _close(session, replace(CLOSE, carry_to="next-fund", carry_far_bp=3000))

    with database.reading() as session:
        old, new = get_balances(session, FUND), get_balances(session, "next-fund")
        (first, *_) = list_transfers(session, "fund:next-fund")
        assert check_ledger(session, SECRET_KEY).problems == ()
    assert (old["bank"], old["equity"], old["expended"]) == (0, 30_000, 30_000)
    assert (new["available"], new["reserved-far"], new["bank"]) == (49_000, 21_000, 70_000)
    assert (first.event, first.at) == ("opened", OVER)


def test_closing_again_with_the_same_key_changes_nothing(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _given_spent(session, now)
        for _ in range(2):
            _close(session)

        assert len(list_closings(session, FUND)) == 1
        with pytest.raises(InvalidInput):
            _close(session, replace(CLOSE, carry_to="next-fund"))
        with pytest.raises(Conflict, match="period_closed"):
            _close(session, replace(CLOSE, key="another-key"))


def test_fund_that_spent_all_is_closed_without_a_transfer(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=0, now=now)
        _close(session)

        closing = find_closing(session, FUND, 2026)
    assert closing is not None
    assert (closing.left_cents, closing.seq) == (0, 0)


def test_period_that_runs_is_not_closed(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _given_spent(session, now)

        with pytest.raises(Conflict, match="period_running"):
            _close(session, now=OVER - timedelta(microseconds=1))


@pytest.mark.parametrize("events", [["reserved"], ["reserved", "approved", "sent"]])
def test_period_that_keeps_or_owes_money_is_not_closed(
    database: Database, now: datetime, events: list[str]
) -> None:
    amount = Cents(300)
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        postings = {
            "reserved": rules.reserved(
                FUND, Draw(amount, Cents(0)), given_cap(session, awards=2, now=now)
            ),
            "approved": rules.approved(FUND, amount, Draw(Cents(0), Cents(0))),
            "sent": rules.sent(FUND, amount),
        }
        for event in events:
            entry = Entry(FUND, event, "claim:1", postings[event])
            post_transfers(session, entry, secret_key=SECRET_KEY, now=now)

        with pytest.raises(Conflict, match="period_unsettled"):
            _close(session)


def test_money_that_comes_back_after_the_end_stands_in_the_next_period(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        _given_spent(session, now)
        demanded = Entry(
            FUND, "recovery_demanded", "claim:1", rules.recovery_demanded(FUND, Cents(30_000))
        )
        post_transfers(session, demanded, secret_key=SECRET_KEY, now=now)
        _close(session)
        repaid = Entry(FUND, "repaid", "claim:1", rules.repaid(FUND, Cents(30_000)))
        post_transfers(session, repaid, secret_key=SECRET_KEY, now=OVER)
        after = Period(FUND, 2027, date(2027, 9, 1), date(2028, 8, 31))
        _close(session, ClosePeriod("close-2027", after), now=period_end(after))

        balances = get_balances(session, FUND)
        assert check_ledger(session, SECRET_KEY).problems == ()
        assert [row.left_cents for row in list_closings(session, FUND)] == [70_000, 30_000]
    assert {balances[name] for name in ("appropriated", "available", "expended")} == {0}


def test_ledger_that_nobody_opened_has_no_period(database: Database) -> None:
    with pytest.raises(NotFound), database.transaction() as session:
        _close(session)
