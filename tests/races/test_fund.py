"""64 threads over the last EUR 1,000, EUR 100 each: exactly 10 get it.

The negative control does what the guard forbids, on a copy of the accounts without its CHECK: it
reads what is left, waits until everybody has read, and takes. It must overspend.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text

from bookings.compensation.queries import ClaimWish, list_claims
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import CheckClaim, DecideClaim, check_claim, decide_claim
from bookings.compensation.tariff import Band
from bookings.ledger.queries import check_ledger, get_balances
from bookings.ledger.rules import Draw, Posting, appropriated, approved, released, reserved
from bookings.ledger.service import Entry, post_transfers
from bookings.visits.rules import TransportState
from tests.factories import ledger
from tests.factories.compensation import (
    DESK,
    FUND,
    POLICY,
    SETTINGS,
    given_filed_claim,
    given_fund,
    given_person,
    given_school_at,
    given_trip,
)
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.errors import BudgetExceeded, Conflict
from vizium.kernel.money import Cents

THREADS = 64
LEFT_CENTS = 100_000
AWARD_CENTS = 10_000
FITTING = LEFT_CENTS // AWARD_CENTS
_BACK_CENTS = 2_500
_PARTS = ("available", "reserved-far", "encumbered", "obligated", "expended")

# Every trip costs exactly EUR 100.
_POLICY = replace(
    POLICY, trip_cap_cents=Cents(AWARD_CENTS), bands=(Band(0, None, 10_000),), ring_fence=None
)

pytestmark = pytest.mark.race


def _together(act: Callable[[int], str]) -> Counter[str]:
    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(act, range(THREADS)))


def test_last_money_is_posted_to_exactly_as_many(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        ledger.given_ledger(session, cents=LEFT_CENTS, now=now)
        caps = [
            ledger.given_cap(session, awards=2, now=now, school=f"32{number:08d}")
            for number in range(THREADS)
        ]

    def reserve(number: int) -> str:
        postings = reserved(ledger.FUND, Draw(Cents(AWARD_CENTS), Cents(0)), caps[number])
        entry = Entry(ledger.FUND, "reserved", f"claim:{number}", postings)
        try:
            with database.transaction() as session:
                post_transfers(session, entry, secret_key=ledger.SECRET_KEY, now=now)
        except BudgetExceeded as refused:
            return refused.code
        return "reserved"

    outcomes = _together(reserve)

    assert outcomes == {"reserved": FITTING, "account_exhausted": THREADS - FITTING}
    with database.reading() as session:
        balances = get_balances(session, ledger.FUND)
        assert (balances["available"], balances["encumbered"]) == (0, LEFT_CENTS)
        assert balances["caps-used"] == FITTING
        assert check_ledger(session, ledger.SECRET_KEY).problems == ()


def test_last_awards_go_to_exactly_as_many_visits(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=LEFT_CENTS, far_bp=0, policy=_POLICY, now=now)
        visits = [
            given_trip(session, given_school_at(session, 190_000, now=now), now=now)
            for _ in range(THREADS)
        ]

    def reserve(number: int) -> str:
        with database.transaction() as session:
            return DESK.reserve(session, visits[number], now=now).state.value

    outcomes = _together(reserve)

    assert outcomes == {
        TransportState.RESERVED.value: FITTING,
        TransportState.WAITLISTED.value: THREADS - FITTING,
    }
    with database.reading() as session:
        claims = list_claims(session, ClaimWish(states=[ClaimState.RESERVED]))
        balances = get_balances(session, FUND)
        assert sum(claim.award_cents for claim in claims) == balances["encumbered"] == LEFT_CENTS
        assert balances["available"] == 0
        assert check_ledger(session, SETTINGS.secret_key).problems == ()


def test_two_awards_of_a_school_stay_two_when_it_asks_all_at_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=10_000_000, far_bp=0, policy=_POLICY, now=now)
        school = given_school_at(session, 190_000, now=now)
        visits = [given_trip(session, school, now=now) for _ in range(THREADS)]

    def reserve(number: int) -> str:
        with database.transaction() as session:
            return DESK.reserve(session, visits[number], now=now).state.value

    outcomes = _together(reserve)

    assert outcomes == {"reserved": 2, "ineligible": THREADS - 2}


def test_one_claim_decided_by_many_at_once_is_decided_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_fund(session, cents=LEFT_CENTS, now=now)
        claim = given_filed_claim(session, now=now)
        check_claim(session, CheckClaim(claim.id), by=given_person(Role.FINANCE_A), now=now)

    def decide(number: int) -> str:
        officer = given_person(Role.FINANCE_B, number=number)
        command = DecideClaim(claim.id, Cents(42_750))
        try:
            with database.transaction() as session:
                decide_claim(session, command, by=officer, settings=SETTINGS, now=now)
        except Conflict as refused:
            return refused.code
        return "decided"

    outcomes = _together(decide)

    assert outcomes == {"decided": 1, "claim_state": THREADS - 1}
    with database.reading() as session:
        assert get_balances(session, FUND)["obligated"] == 42_750


@contextmanager
def _watching(database: Database) -> Iterator[list[dict[str, int]]]:
    """The balances of the fund, read over and over by one more thread."""
    seen: list[dict[str, int]] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            with database.reading() as session:
                seen.append(get_balances(session, ledger.FUND))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


def _live(post: Callable[..., None], number: int, cap: str) -> str:
    """One claim: reserved, then approved or given back; some top up a fund that is empty."""
    claim, draw = f"claim:{number}", Draw(Cents(AWARD_CENTS), Cents(0))
    try:
        post("reserved", claim, reserved(ledger.FUND, draw, cap))
    except BudgetExceeded:
        if number % 2:
            return "refused"
        more = appropriated(ledger.FUND, Cents(AWARD_CENTS), far_bp=0)
        post("topped_up", f"fund:{ledger.FUND}", more)
        return "topped_up"
    if number % 3 == 0:
        post("released", claim, released(ledger.FUND, draw, cap))
        return "released"
    back = Draw(Cents(_BACK_CENTS), Cents(0))
    post("approved", claim, approved(ledger.FUND, Cents(AWARD_CENTS - _BACK_CENTS), back))
    return "approved"


def test_everything_at_once_keeps_the_fund_whole(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        ledger.given_ledger(session, cents=LEFT_CENTS, now=now)
        caps = [
            ledger.given_cap(session, awards=1, now=now, school=f"32{number:08d}")
            for number in range(THREADS)
        ]

    def post(event: str, subject: str, postings: tuple[Posting, ...]) -> None:
        entry = Entry(ledger.FUND, event, subject, postings)
        with database.transaction() as session:
            post_transfers(session, entry, secret_key=ledger.SECRET_KEY, now=now)

    with _watching(database) as seen:
        outcomes = _together(lambda number: _live(post, number, caps[number]))

    with database.reading() as session:
        balances = get_balances(session, ledger.FUND)
        assert check_ledger(session, ledger.SECRET_KEY).problems == ()
    assert sum(outcomes.values()) == THREADS
    assert balances["appropriated"] == LEFT_CENTS + outcomes["topped_up"] * AWARD_CENTS
    assert balances["obligated"] == outcomes["approved"] * (AWARD_CENTS - _BACK_CENTS)
    assert (balances["encumbered"], balances["caps-used"]) == (0, outcomes["approved"])
    for moment in [*seen, balances]:
        assert min(moment.values()) >= 0
        assert moment["appropriated"] == sum(moment[name] for name in _PARTS)


def test_negative_control_without_the_guard_overspends(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        ledger.given_ledger(session, cents=LEFT_CENTS, now=now)
        session.execute(
            text(
                "CREATE TABLE unguarded AS SELECT balance FROM ledger_account"
                " WHERE code = 'test-fund:available'"
            )
        )
    everybody_has_read = threading.Barrier(THREADS)

    def read_then_write(_: int) -> str:
        with database.reading() as session:
            left = session.execute(text("SELECT balance FROM unguarded")).scalar_one()
        everybody_has_read.wait()
        if left < AWARD_CENTS:
            return "refused"
        with database.transaction() as session:
            taking = text("UPDATE unguarded SET balance = balance - :award")
            session.execute(taking, {"award": AWARD_CENTS})
        return "reserved"

    outcomes = _together(read_then_write)

    assert outcomes == {"reserved": THREADS}
    with database.reading() as session:
        left = session.execute(text("SELECT balance FROM unguarded")).scalar_one()
    assert left == LEFT_CENTS - THREADS * AWARD_CENTS
    assert left < 0
