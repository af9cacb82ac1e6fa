"""Transfers on both databases: what moves, what is refused, what is proven afterwards."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from bookings.ledger import rules
from bookings.ledger.queries import (
    check_ledger,
    find_balance,
    find_balances,
    find_parts,
    get_balances,
    list_transfers,
)
from bookings.ledger.rules import AccountPlan, Book, Draw, Posting, Side
from bookings.ledger.service import (
    Entry,
    open_account,
    open_ledger,
    post_transfers,
    reverse_transfer,
)
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from vizium.db.session import Database
from vizium.kernel.errors import BudgetExceeded, Conflict, NotFound
from vizium.kernel.money import Cents


def _post(
    session: Session, *postings: Posting, now: datetime, subject: str = "claim:1"
) -> tuple[str, ...]:
    entry = Entry(FUND, "t", subject, postings)
    return post_transfers(session, entry, secret_key=SECRET_KEY, now=now)


def _move(name_to: str, name_from: str, amount: int) -> Posting:
    return Posting(rules.account(FUND, name_to), rules.account(FUND, name_from), amount)


def test_fund_opens_with_everything_available(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=5_000_000, far_bp=3000, now=now)

    with database.reading() as session:
        balances = get_balances(session, FUND)
    assert balances == {
        "appropriated": 5_000_000,
        "available": 3_500_000,
        "reserved-far": 1_500_000,
        "encumbered": 0,
        "obligated": 0,
        "expended": 0,
        "bank": 5_000_000,
        "equity": 5_000_000,
        "expense": 0,
        "payable": 0,
        "transit": 0,
        "receivable": 0,
        "caps-granted": 0,
        "caps-used": 0,
    }


def test_award_goes_from_available_over_encumbered_to_obligated(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100_000, now=now)
        cap = given_cap(session, awards=2, now=now)
        _post(session, *rules.reserved(FUND, Draw(Cents(42_750), Cents(0)), cap), now=now)
        back = Draw(Cents(2_750), Cents(0))
        _post(session, *rules.approved(FUND, Cents(40_000), back), now=now)

    with database.reading() as session:
        balances = get_balances(session, FUND)
        cap_left = find_balance(session, cap)
        check = check_ledger(session, SECRET_KEY)
    assert (balances["available"], balances["encumbered"], balances["obligated"]) == (
        60_000,
        0,
        40_000,
    )
    assert (balances["expense"], balances["payable"]) == (40_000, 40_000)
    assert cap_left == 1
    assert (check.ok, check.transfers, check.problems) == (True, 8, ())


def test_floor_is_not_broken_and_nothing_of_the_entry_stays(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)

    with pytest.raises(BudgetExceeded) as refused, database.transaction() as session:
        _post(
            session, _move("expense", "payable", 5), _move("encumbered", "available", 101), now=now
        )

    with database.reading() as session:
        balances = get_balances(session, FUND)
        check = check_ledger(session, SECRET_KEY)
    assert refused.value.facts == {"account": f"{FUND}:available", "missing": 101}
    assert (balances["available"], balances["encumbered"], balances["payable"]) == (100, 0, 0)
    assert (check.ok, check.transfers) == (True, 2)


def test_cap_of_two_refuses_the_third(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100_000, now=now)
        cap = given_cap(session, awards=2, now=now)
        award = rules.reserved(FUND, Draw(Cents(100), Cents(0)), cap)
        for claim in ("claim:1", "claim:2"):
            _post(session, *award, subject=claim, now=now)

    with pytest.raises(BudgetExceeded) as refused, database.transaction() as session:
        _post(session, *award, subject="claim:3", now=now)

    assert refused.value.facts["account"] == cap


def test_reversal_mirrors_and_happens_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)
        (moved,) = _post(session, _move("encumbered", "available", 60), now=now)
        undone = reverse_transfer(session, moved, secret_key=SECRET_KEY, now=now)

    with pytest.raises(Conflict, match="transfer_reversed"), database.transaction() as session:
        reverse_transfer(session, moved, secret_key=SECRET_KEY, now=now)

    with database.reading() as session:
        balances = get_balances(session, FUND)
        rows = list_transfers(session, "claim:1")
    assert (balances["available"], balances["encumbered"]) == (100, 0)
    assert [(row.id, row.reverses) for row in rows] == [(moved, None), (undone, moved)]


def test_reversal_is_not_reversed(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)
        (moved,) = _post(session, _move("encumbered", "available", 60), now=now)
        undone = reverse_transfer(session, moved, secret_key=SECRET_KEY, now=now)

        with pytest.raises(Conflict, match="transfer_is_reversal"):
            reverse_transfer(session, undone, secret_key=SECRET_KEY, now=now)


def test_what_happens_once_is_refused_the_second_time(database: Database, now: datetime) -> None:
    paying = [_move("expense", "payable", 5)]
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)
        first = Entry(FUND, "booked", "claim:1", paying, once="camt:0042-17")
        post_transfers(session, first, secret_key=SECRET_KEY, now=now)

    again = Entry(FUND, "booked", "claim:2", paying, once="camt:0042-17")
    with pytest.raises(Conflict, match="transfer_repeated"), database.transaction() as session:
        post_transfers(session, again, secret_key=SECRET_KEY, now=now)

    with database.reading() as session:
        assert get_balances(session, FUND)["expense"] == 5
        assert check_ledger(session, SECRET_KEY).transfers == 3


def test_part_of_each_claim_is_what_its_own_transfers_left(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=1000, now=now)
        cap = given_cap(session, awards=2, now=now)
        award = rules.reserved(FUND, Draw(Cents(100), Cents(0)), cap)
        for claim in ("claim:1", "claim:2"):
            _post(session, *award, subject=claim, now=now)
        owed = rules.approved(FUND, Cents(70), Draw(Cents(30), Cents(0)))
        _post(session, *owed, subject="claim:2", now=now)

        parts = find_parts(session, FUND, ["claim:1", "claim:2", "claim:3"])

    assert parts == {
        "claim:1": {"encumbered": 100, "caps-used": 1},
        "claim:2": {"obligated": 70, "expense": 70, "payable": 70, "caps-used": 1},
    }


def test_another_book_keeps_the_money_of_visits_by_the_same_mechanism(
    database: Database, now: datetime
) -> None:
    plans = [
        AccountPlan("visits:bank", Book.MONEY, Side.DEBIT),
        AccountPlan("visits:receivable", Book.MONEY, Side.DEBIT, subject_most=100_000),
        AccountPlan("visits:income", Book.MONEY, Side.CREDIT),
    ]
    with database.transaction() as session:
        open_ledger(session, "visits", secret_key=SECRET_KEY)
        for plan in plans:
            open_account(session, "visits", plan)
        for event, debit, credit in (
            ("invoiced", "visits:receivable", "visits:income"),
            ("paid", "visits:bank", "visits:receivable"),
        ):
            entry = Entry("visits", event, "invoice:1", [Posting(debit, credit, 8750)])
            post_transfers(session, entry, secret_key=SECRET_KEY, now=now)

    with database.reading() as session:
        found = find_balances(session, [plan.code for plan in plans])
        assert found == {"visits:bank": 8750, "visits:receivable": 0, "visits:income": 8750}
        assert check_ledger(session, SECRET_KEY).problems == ()


def test_reversal_of_what_does_not_stand_is_not_found(database: Database, now: datetime) -> None:
    with pytest.raises(NotFound), database.transaction() as session:
        reverse_transfer(session, "01K0000000000000000000000X", secret_key=SECRET_KEY, now=now)


def test_account_opens_once_and_keeps_its_balance(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)
        plan = AccountPlan(rules.account(FUND, "available"), Book.BUDGET, Side.DEBIT)
        again = open_account(session, FUND, plan)

    with database.reading() as session:
        assert (again, find_balance(session, plan.code)) == (False, 100)


def test_account_without_a_floor_may_fall_below_zero(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)
        code = rules.account(FUND, "clearing")
        open_account(session, FUND, AccountPlan(code, Book.MONEY, Side.DEBIT, floor=False))
        _post(session, _move("bank", "clearing", 30), now=now)

    with database.reading() as session:
        assert find_balance(session, code) == -30


def test_check_of_an_empty_centre_is_well(database: Database) -> None:
    with database.reading() as session:
        check = check_ledger(session, SECRET_KEY)

    assert (check.ok, check.transfers, check.problems) == (True, 0, ())


def test_check_with_another_key_finds_the_chain_broken(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_ledger(session, cents=100, now=now)

    with database.reading() as session:
        check = check_ledger(session, "another key of more than 32 characters")

    assert not check.ok
    assert {problem.code for problem in check.problems} == {"ledger_seal_broken"}
