"""Claims and ledger say the same; a claim whose row was changed by hand is found."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bookings.compensation.queries import check_claims, get_period, list_hanging
from bookings.compensation.rules import ClaimState
from bookings.compensation.service import CloseFund, DecideClaim, close_fund, decide_claim
from tests.factories.compensation import (
    FUND,
    SETTINGS,
    given_checked_claim,
    given_fund,
    given_open_claim,
    given_person,
)
from vizium.auth.rules import Role
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.money import Cents

_AFTER = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)


def _given_claims(session: Session, now: datetime) -> dict[str, str]:
    """One claim open, one approved, one rejected; their ids by state."""
    given_fund(session, cents=1_000_000, now=now)
    officer = given_person(Role.FINANCE_B)
    claims = {"open": given_open_claim(session, now=now).id}
    for state, cents, why in (("approved", 42_750, ()), ("rejected", 0, ("other",))):
        claim = given_checked_claim(session, now=now)
        command = DecideClaim(claim.id, Cents(cents), why)
        decided = decide_claim(session, command, by=officer, settings=SETTINGS, now=now)
        assert decided.state.value == state
        claims[state] = claim.id
    return claims


def test_every_state_agrees_with_the_ledger(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _given_claims(session, now)

        assert check_claims(session) == []


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("open", "state = 'withdrawn'"),
        ("open", "award_cents = award_cents + 1"),
        ("approved", "decided_cents = decided_cents - 1"),
        ("approved", "state = 'paid'"),
        ("approved", "state = 'sent'"),
    ],
)
def test_claim_that_says_something_else_is_found(
    database: Database, now: datetime, state: str, change: str
) -> None:
    with database.transaction() as session:
        claims = _given_claims(session, now)
        session.execute(
            text(f"UPDATE compensation_claim SET {change} WHERE id = '{claims[state]}'")
        )
        session.expire_all()

        found = check_claims(session)
        session.rollback()

    assert [(problem.code, problem.claim) for problem in found] == [
        ("claim_disagrees", claims[state])
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_fund_is_closed_when_no_claim_hangs(database: Database, now: datetime) -> None:
    command = CloseFund("close-2026", FUND, 2026)
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        claim = given_open_claim(session, now=now)
        (hanging,) = list_hanging(session, get_period(session, FUND, 2026))
        with pytest.raises(Conflict) as refused:
            close_fund(session, command, secret_key=SETTINGS.secret_key, by="x", now=_AFTER)

        assert (claim.state, hanging) == (ClaimState.OPEN, claim.reference)
        assert refused.value.facts == {"count": 1, "claims": claim.reference}

    with database.transaction() as session:
        session.execute(text("UPDATE compensation_claim SET state = 'lapsed'"))
        with pytest.raises(Conflict, match="period_unsettled"):
            close_fund(session, command, secret_key=SETTINGS.secret_key, by="x", now=_AFTER)
        session.rollback()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_periods_of_a_fund_follow_each_other(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_fund(session, cents=100, now=now)

        first, second, third = (get_period(session, FUND, year) for year in (2026, 2027, 2028))
        with pytest.raises(NotFound):
            get_period(session, FUND, 2025)

    assert [f"{one.first_day} {one.last_day}" for one in (first, second, third)] == [
        "2026-09-01 2027-08-31",
        "2027-09-01 2028-08-31",
        "2028-09-01 2029-08-31",
    ]
