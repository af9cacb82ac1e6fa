"""Statements on both databases: what each line is to the fund, once, and whose books it moves."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from bookings.compensation.queries.payouts import (
    PayerAccount,
    get_payout,
    list_lines,
)
from bookings.compensation.queries.statements import list_bank_lines
from bookings.compensation.rules import ClaimState, LineState, Meaning, PayoutState
from bookings.compensation.service import OpenFund, open_fund
from bookings.compensation.service.payouts import (
    file_of,
    set_payer,
)
from bookings.compensation.service.release import RefuseLine, refuse_line
from bookings.compensation.service.statements import read_statement, settle_line
from bookings.ledger.queries import get_balances
from tests.bookings.compensation.test_payouts import (
    ACCOUNT,
    given_sealed,
    given_sent,
    money,
    read_told,
    states,
)
from tests.factories.compensation import (
    FUND,
    SETTINGS,
    given_fund,
    given_person,
    sample_iban,
)
from tests.fakes import bank
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.money import Cents

_KEY = SETTINGS.secret_key
_A, _B, _C = (given_person(role) for role in (Role.FINANCE_A, Role.FINANCE_B, Role.PAYER))
_DIRECTOR = given_person(Role.DIRECTOR)


def test_statement_that_is_read_twice_changes_nothing(session: Session, now: datetime) -> None:
    sent, content = given_sent(session, 2, now=now)
    answer = bank.answer(content, opening_cents=1_000_000)

    first = read_statement(session, answer, by=_A, secret_key=_KEY, now=now)
    after = money(session)
    again = read_statement(session, answer, by=_B, secret_key=_KEY, now=now)

    assert first == again
    assert money(session) == after
    assert states(session, sent) == [ClaimState.PAID] * 2


def test_line_that_two_statements_tell_counts_once(session: Session, now: datetime) -> None:
    _, content = given_sent(session, 1, now=now)
    (order,) = bank.orders_in(content)
    entries = [bank.booked(order), bank.returned(order, cents=5_000)]
    first = bank.statement(ACCOUNT.iban, entries, opening_cents=1_000_000)
    # Another statement, whose entries carry the bank's references of the first one.
    second = first.replace(b"<Id>S1</Id>", b"<Id>S9</Id>")

    assert read_told(session, first, now) == [Meaning.BOOKED, Meaning.RETURNED]
    after = money(session)
    assert read_told(session, second, now) == [Meaning.REPEATED] * 2
    assert money(session) == after


def test_foreign_lines_without_an_id_are_nobodys_business(session: Session, now: datetime) -> None:
    sent, content = given_sent(session, 1, now=now)
    (order,) = bank.orders_in(content)
    fee = bank.booked(order, cents=50).replace(order.end_to_end_id, "NOTPROVIDED")
    same = [fee.replace("REFERENCE", "FEES")] * 2
    statement = bank.statement(ACCOUNT.iban, [*same, bank.booked(order)], opening_cents=1_000_000)

    assert read_told(session, statement, now) == [Meaning.NOT_OURS] * 2 + [Meaning.BOOKED]
    assert states(session, sent) == [ClaimState.PAID]


@pytest.mark.parametrize(
    ("entry", "meaning"),
    [
        (lambda order: bank.booked(order, cents=1), Meaning.OTHER_AMOUNT),
        (bank.returned, Meaning.OTHER_AMOUNT),
        (
            lambda order: bank.booked(order).replace(order.end_to_end_id, "FOREIGN"),
            Meaning.NOT_OURS,
        ),
    ],
    ids=["another amount", "back before it left", "foreign"],
)
def test_line_that_does_not_fit_posts_nothing(
    session: Session, now: datetime, entry: Callable[[object], str], meaning: Meaning
) -> None:
    sent, content = given_sent(session, 1, now=now)
    before = money(session)
    (order,) = bank.orders_in(content)
    statement = bank.statement(ACCOUNT.iban, [entry(order)], opening_cents=1_000_000)

    assert read_told(session, statement, now) == [meaning]
    assert money(session) == before
    assert states(session, sent) == [ClaimState.SENT]


def test_payment_that_nobody_released_waits_for_a_person(session: Session, now: datetime) -> None:
    sealed = given_sealed(session, 1, now=now)
    answer = bank.answer(file_of(session, sealed), opening_cents=1_000_000)

    (read,) = read_statement(session, answer, by=_A, secret_key=_KEY, now=now)
    (line,) = list_bank_lines(session, read.id)
    assert (line.meaning, line.is_open, read.open_lines) == (Meaning.NOT_RELEASED, True, 1)
    for word in ("The bank was asked on 3 May.", "Nobody was asked."):
        assert settle_line(session, line.id, word, by=_B, now=now) == read.id

    (settled,) = list_bank_lines(session, read.id)
    assert (settled.is_open, settled.settled_by) == (False, _B.id)
    assert settled.settled_note == "The bank was asked on 3 May."
    with pytest.raises(NotFound):
        settle_line(session, "none", "word", by=_B, now=now)


def test_statement_of_another_account_is_refused(session: Session, now: datetime) -> None:
    statement = bank.statement(sample_iban(77), [], opening_cents=0)

    with pytest.raises(InvalidInput) as refused:
        read_statement(session, statement, by=_A, secret_key=_KEY, now=now)

    assert [error.code for error in refused.value.errors] == ["account_not_ours"]


def test_statement_told_otherwise_in_another_file_is_refused(
    session: Session, now: datetime
) -> None:
    _, content = given_sent(session, 1, now=now)
    read_told(session, bank.answer(content, opening_cents=1_000_000), now)

    with pytest.raises(Conflict, match="statement_stands"):
        read_told(session, bank.statement(ACCOUNT.iban, [], opening_cents=5), now)


def test_statement_of_the_account_that_paid_counts_after_another_was_named(
    session: Session, now: datetime
) -> None:
    sent, content = given_sent(session, 1, now=now)
    other = PayerAccount("Ventspils Digitālais centrs", sample_iban(2), "")
    set_payer(session, FUND, other, by=_DIRECTOR, now=now)

    assert read_told(session, bank.answer(content), now) == [Meaning.BOOKED]
    assert states(session, sent) == [ClaimState.PAID]


def test_payment_of_an_earlier_fund_is_booked_in_its_own_books(
    session: Session, now: datetime
) -> None:
    _, content = given_sent(session, 1, now=now)
    given_next_fund(session, now)

    assert read_told(session, bank.answer(content), now) == [Meaning.BOOKED]
    assert (money(session)["transit"], money(session)["expended"]) == (0, 42_750)
    assert get_balances(session, "next-fund")["expended"] == 0


def test_payment_that_another_account_tells_waits_for_a_person(
    session: Session, now: datetime
) -> None:
    sent, content = given_sent(session, 1, now=now)
    other = PayerAccount("Ventspils Digitālais centrs", sample_iban(2), "")
    set_payer(session, FUND, other, by=_DIRECTOR, now=now)
    strange = bank.answer(content).replace(ACCOUNT.iban.encode(), other.iban.encode())

    assert read_told(session, strange, now) == [Meaning.NOT_RELEASED]
    assert states(session, sent) == [ClaimState.SENT]


def given_next_fund(session: Session, now: datetime) -> None:
    """The fund of the next school year, which pays from the same account."""
    command = OpenFund(
        code="next-fund",
        title_lv="Nākamais fonds",
        title_en="Next fund",
        first_day=date(2027, 9, 1),
        last_day=date(2028, 8, 31),
        appropriated_cents=Cents(1_000_000),
        far_bp=3000,
    )
    open_fund(session, command, secret_key=_KEY, by="test", now=now)
    set_payer(session, command.code, ACCOUNT, by=_DIRECTOR, now=now)


@pytest.mark.race
def test_refusal_and_statement_at_once_settle_a_payment_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        set_payer(session, FUND, ACCOUNT, by=_DIRECTOR, now=now)
        sent, content = given_sent(session, 8, now=now)
        lines = [RefuseLine(sent.id, line.id, "AC04") for line in list_lines(session, sent.id)]
    answer = bank.answer(content)
    gate = threading.Barrier(len(lines) + 2)

    def refuse(command: RefuseLine) -> None:
        gate.wait()
        with suppress(Conflict), database.transaction() as session:
            refuse_line(session, command, by=_C, secret_key=_KEY, now=now)

    def read(number: int) -> None:
        # Two statements that both tell the same payments, each under its own references.
        told = answer.replace(b"<Id>S1</Id>", f"<Id>S{number}</Id>".encode())
        told = told.replace(b"BANK-1", f"BANK-{number}".encode())
        gate.wait()
        with database.transaction() as session:
            read_statement(session, told, by=_A, secret_key=_KEY, now=now)

    with ThreadPoolExecutor(len(lines) + 2) as pool:
        done = [pool.submit(refuse, line) for line in lines]
        done += [pool.submit(read, number) for number in (1, 2)]
        assert [one.exception() for one in done] == [None] * len(done)

    with database.reading() as session:
        states = [line.state for line in list_lines(session, sent.id)]
        paid = 42_750 * states.count(LineState.BOOKED)
        assert money(session) == {
            "obligated": 342_000 - paid,
            "expended": paid,
            "payable": 342_000 - paid,
            "transit": 0,
            "bank": 1_000_000 - paid,
        }
        assert get_payout(session, sent.id).state is PayoutState.CLOSED
