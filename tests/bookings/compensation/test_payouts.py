"""Payouts on both databases: drafted, sealed, released by a third, paid by the bank alone."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bookings.compensation.queries import ClaimRow, check_claims, get_claim
from bookings.compensation.queries.payouts import (
    PayerAccount,
    PayoutRow,
    get_payout,
    list_lines,
    list_owed,
)
from bookings.compensation.queries.statements import list_bank_lines
from bookings.compensation.rules import ClaimState, LineState, Meaning, PayoutState
from bookings.compensation.sepa import list_faults
from bookings.compensation.service import DecideClaim, decide_claim
from bookings.compensation.service.batches import PayoutCommand
from bookings.compensation.service.payouts import (
    DraftPayout,
    cancel_payout,
    draft_payout,
    file_of,
    seal_payout,
)
from bookings.compensation.service.release import RefuseLine, refuse_line, release_payout
from bookings.compensation.service.statements import read_statement
from bookings.ledger.queries import get_balances
from tests.factories.compensation import (
    FUND,
    SETTINGS,
    given_checked_claim,
    given_filing,
    given_person,
    sample_iban,
)
from tests.fakes import bank
from vizium.auth.rules import Role
from vizium.kernel.errors import Conflict, Forbidden, NotFound
from vizium.kernel.money import Cents

ACCOUNT = PayerAccount("Ventspils Digitālais centrs", sample_iban(1), "")
_KEY = SETTINGS.secret_key
_A, _B, _C = (given_person(role) for role in (Role.FINANCE_A, Role.FINANCE_B, Role.PAYER))
_DIRECTOR = given_person(Role.DIRECTOR)


def given_decided_claim(session: Session, number: int, *, now: datetime) -> ClaimRow:
    """A claim of EUR 427.50 (75 % of EUR 570) that A has checked and B has decided."""
    claim = given_checked_claim(session, now=now, filing=given_filing(number=f"AB-{number}"))
    command = DecideClaim(claim.id, Cents(42_750))
    return decide_claim(session, command, by=_B, settings=SETTINGS, now=now)


def given_sealed(session: Session, claims: int, *, now: datetime) -> PayoutRow:
    for number in range(claims):
        given_decided_claim(session, number, now=now)
    drafted = draft_payout(session, DraftPayout(FUND), by=_A, now=now)
    return seal_payout(session, PayoutCommand(drafted.id), by=_A, now=now)


def given_sent(session: Session, claims: int, *, now: datetime) -> tuple[PayoutRow, bytes]:
    sealed = given_sealed(session, claims, now=now)
    released = release_payout(session, PayoutCommand(sealed.id), by=_C, secret_key=_KEY, now=now)
    return released, file_of(session, released)


def read_told(session: Session, content: bytes, now: datetime) -> list[Meaning]:
    (read,) = read_statement(session, content, by=_A, secret_key=_KEY, now=now)
    return [line.meaning for line in list_bank_lines(session, read.id)]


def money(session: Session) -> dict[str, int]:
    names = ("obligated", "expended", "payable", "transit", "bank")
    balances = get_balances(session, FUND)
    return {name: balances[name] for name in names}


def states(session: Session, payout: PayoutRow) -> list[ClaimState]:
    return [get_claim(session, row.claim).state for row in list_lines(session, payout.id)]


def test_money_is_paid_when_the_bank_has_booked_it_and_not_before(
    session: Session, now: datetime
) -> None:
    sealed = given_sealed(session, 2, now=now)
    assert money(session) == {
        "obligated": 85_500, "expended": 0, "payable": 85_500, "transit": 0, "bank": 1_000_000
    }  # fmt: skip

    sent = release_payout(session, PayoutCommand(sealed.id), by=_C, secret_key=_KEY, now=now)
    assert states(session, sent) == [ClaimState.SENT] * 2
    assert money(session) == {
        "obligated": 85_500, "expended": 0, "payable": 0, "transit": 85_500, "bank": 1_000_000
    }  # fmt: skip

    answer = bank.answer(file_of(session, sent), opening_cents=1_000_000)
    assert read_told(session, answer, now) == [Meaning.BOOKED] * 2
    assert states(session, sent) == [ClaimState.PAID] * 2
    assert get_payout(session, sent.id).state is PayoutState.CLOSED
    assert money(session) == {
        "obligated": 0, "expended": 85_500, "payable": 0, "transit": 0, "bank": 914_500
    }  # fmt: skip


def test_file_is_sealed_and_the_same_whenever_it_is_written(
    session: Session, now: datetime
) -> None:
    sealed = given_sealed(session, 3, now=now)

    first, second = file_of(session, sealed), file_of(session, get_payout(session, sealed.id))

    assert first == second
    assert hashlib.sha256(first).hexdigest() == sealed.sealed_sha256
    assert list_faults(first) == []
    assert [one.cents for one in bank.orders_in(first)] == [42_750] * 3
    assert sealed.execute_on > date(2027, 1, 1)


def test_payment_that_came_back_is_owed_again_and_paid_to_the_end(
    session: Session, now: datetime
) -> None:
    sent, content = given_sent(session, 1, now=now)
    (order,) = bank.orders_in(content)
    entries = [bank.booked(order), bank.returned(order, cents=10_000)]
    statement = bank.statement(ACCOUNT.iban, entries, opening_cents=1_000_000)

    assert read_told(session, statement, now) == [Meaning.BOOKED, Meaning.RETURNED]
    assert states(session, sent) == [ClaimState.PAYABLE]
    assert [row.owed_cents for row in list_owed(session, FUND, most=9)] == [10_000]
    assert check_claims(session) == []

    second = draft_payout(session, DraftPayout(FUND), by=_A, now=now)
    second = seal_payout(session, PayoutCommand(second.id), by=_A, now=now)
    second = release_payout(session, PayoutCommand(second.id), by=_C, secret_key=_KEY, now=now)
    assert check_claims(session) == []
    answer = bank.statement(
        ACCOUNT.iban,
        [bank.booked(one) for one in bank.orders_in(file_of(session, second))],
        opening_cents=967_250,
        number=2,
    )
    assert read_told(session, answer, now) == [Meaning.BOOKED]
    assert states(session, second) == [ClaimState.PAID]
    assert money(session) == {
        "obligated": 0, "expended": 42_750, "payable": 0, "transit": 0, "bank": 957_250
    }  # fmt: skip


def test_refused_payment_is_owed_as_before(session: Session, now: datetime) -> None:
    sent, _ = given_sent(session, 2, now=now)
    line = list_lines(session, sent.id)[0]

    command = RefuseLine(sent.id, line.id, "AC04")
    refuse_line(session, command, by=_C, secret_key=_KEY, now=now)

    assert states(session, sent) == [ClaimState.PAYABLE, ClaimState.SENT]
    assert (money(session)["payable"], money(session)["transit"]) == (42_750, 42_750)
    with pytest.raises(Conflict, match="payout_state"):
        refuse_line(session, command, by=_C, secret_key=_KEY, now=now)


def test_payment_is_refused_in_its_own_batch_only(session: Session, now: datetime) -> None:
    first, _ = given_sent(session, 1, now=now)
    second, _ = given_sent(session, 1, now=now)
    (line,) = list_lines(session, first.id)

    for strange in (RefuseLine(second.id, line.id, "AC04"), RefuseLine("none", line.id, "AC04")):
        with pytest.raises(NotFound):
            refuse_line(session, strange, by=_C, secret_key=_KEY, now=now)


def test_batch_is_drafted_on_a_leap_day(session: Session, now: datetime) -> None:
    given_decided_claim(session, 1, now=now)
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)

    drafted = draft_payout(session, DraftPayout(FUND), by=_A, now=leap_day)

    assert drafted.execute_on == date(2028, 3, 1)


def test_cancelled_batch_lets_its_claims_go_into_the_next(session: Session, now: datetime) -> None:
    sealed = given_sealed(session, 2, now=now)

    cancelled = cancel_payout(session, PayoutCommand(sealed.id), by=_B, now=now)
    again = draft_payout(session, DraftPayout(FUND), by=_A, now=now)

    assert (cancelled.state, cancelled.lines) == (PayoutState.CANCELLED, 0)
    assert (again.number, again.lines, again.total_cents) == (2, 2, 85_500)
    ids = {row.end_to_end_id for one in (sealed, again) for row in list_lines(session, one.id)}
    assert len(ids) == 4


def test_batch_without_an_account_or_without_debts_is_not_made(
    session: Session, now: datetime
) -> None:
    with pytest.raises(Conflict, match="nothing_owed"):
        draft_payout(session, DraftPayout(FUND), by=_A, now=now)
    session.execute(text("UPDATE compensation_fund SET payer_iban = NULL"))
    with pytest.raises(Conflict, match="payer_missing"):
        draft_payout(session, DraftPayout(FUND), by=_A, now=now)


def test_people_who_took_part_do_not_release(session: Session, now: datetime) -> None:
    sealed = given_sealed(session, 1, now=now)
    command = PayoutCommand(sealed.id)
    for person in (_A, _B):
        with pytest.raises(Forbidden, match="role_missing"):
            release_payout(session, command, by=person, secret_key=_KEY, now=now)
    both = given_person(Role.FINANCE_A)
    object.__setattr__(both, "roles", frozenset({Role.FINANCE_A, Role.PAYER}))

    with pytest.raises(Forbidden, match="same_person"):
        release_payout(session, command, by=both, secret_key=_KEY, now=now)

    assert get_payout(session, sealed.id).state is PayoutState.SEALED


def test_command_on_an_old_version_is_refused(session: Session, now: datetime) -> None:
    sealed = given_sealed(session, 1, now=now)

    with pytest.raises(Conflict, match="payout_changed"):
        release_payout(session, PayoutCommand(sealed.id, 1), by=_C, secret_key=_KEY, now=now)
    with pytest.raises(Conflict, match="payout_state"):
        seal_payout(session, PayoutCommand(sealed.id), by=_A, now=now)


_ATTACKS = {
    "amount": "UPDATE compensation_payout_line SET amount_cents = amount_cents + 1",
    "account": "UPDATE compensation_payout_line SET iban = 'LV00OTHER'",
    "removed": "DELETE FROM compensation_payout_line",
    "batch removed": "DELETE FROM compensation_payout",
    "added": (
        "INSERT INTO compensation_payout_line (id, payout, claim, decision, end_to_end_id,"
        " amount_cents, name, iban, reference, checked_by, decided_by, state, returned_cents)"
        " SELECT 'x', payout, claim, decision, 'X', 1, name, iban, reference, checked_by,"
        " decided_by, 'refused', 0 FROM compensation_payout_line"
    ),
    "seal": "UPDATE compensation_payout SET sealed_sha256 = 'other'",
    "unsealed": "UPDATE compensation_payout SET sealed_sha256 = NULL",
    "sent by nobody": "UPDATE compensation_payout SET state = 'sent'",
    "sent by its maker": (
        "UPDATE compensation_payout SET state = 'sent', released_by = made_by,"
        " released_at = made_at"
    ),
    "sent without its lines": (
        "UPDATE compensation_payout SET state = 'sent', released_by = 'somebody',"
        " released_at = made_at"
    ),
    "line released alone": "UPDATE compensation_payout_line SET released_by = 'somebody'",
    "more came back": "UPDATE compensation_payout_line SET returned_cents = 1",
}


@pytest.mark.parametrize("attack", _ATTACKS.values(), ids=_ATTACKS)
def test_database_itself_refuses_to_touch_a_sealed_batch(
    session: Session, now: datetime, attack: str
) -> None:
    given_sealed(session, 1, now=now)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(attack))


@pytest.mark.parametrize("who", ["checked_by", "decided_by"])
def test_database_itself_refuses_a_release_by_who_took_part(
    session: Session, now: datetime, who: str
) -> None:
    sealed = given_sealed(session, 1, now=now)
    (line,) = list_lines(session, sealed.id)

    with pytest.raises(DBAPIError), session.begin_nested():
        _release_by_hand(session, getattr(line, who))


def _release_by_hand(session: Session, person: str) -> None:
    for table in ("compensation_payout", "compensation_payout_line"):
        session.execute(text(f"UPDATE {table} SET released_by = :who"), {"who": person})


def test_claim_waits_for_the_bank_in_one_batch_at_a_time(session: Session, now: datetime) -> None:
    sealed = given_sealed(session, 1, now=now)
    (line,) = list_lines(session, sealed.id)
    assert line.state is LineState.WAITING
    session.execute(
        text(
            "INSERT INTO compensation_payout (id, fund, number, state, version, execute_on,"
            " payer_name, payer_iban, payer_bic, made_by, made_at) SELECT 'second', fund, 2,"
            " 'drafted', 1, execute_on, payer_name, payer_iban, payer_bic, made_by, made_at"
            " FROM compensation_payout"
        )
    )

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO compensation_payout_line (id, payout, claim, decision, end_to_end_id,"
                " amount_cents, name, iban, reference, checked_by, decided_by, state,"
                " returned_cents) SELECT 'x', 'second', claim, decision, 'X', amount_cents, name,"
                " iban, reference, checked_by, decided_by, 'waiting', 0"
                " FROM compensation_payout_line"
            )
        )
