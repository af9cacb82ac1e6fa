"""Raw SQL against claims and decisions: refused by the database itself."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bookings.compensation.service import DecideClaim, decide_claim
from tests.factories.compensation import (
    SETTINGS,
    given_checked_claim,
    given_filed_claim,
    given_fund,
    given_open_claim,
    given_person,
)
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.money import Cents

_DECIDE = """
INSERT INTO compensation_decision
  (id, claim, claim_version, check_id, checked_by, decided_by, outcome, award_cents,
   proposed_cents, reasons, note, fund, policy_version, decided_at)
SELECT 'D2', claim, 99, {check_id}, {checked_by}, {decided_by}, {outcome}, {cents},
   42750, '[]', '', fund, {policy}, decided_at
FROM compensation_decision
"""


def _decide(**changes: str) -> str:
    values = {
        "check_id": "check_id",
        "checked_by": "checked_by",
        "decided_by": "'finance_b-2'",
        "outcome": "'partial'",
        "cents": "100",
        "policy": "policy_version",
    }
    return _DECIDE.format(**(values | changes))


REFUSED = {
    "decision by the checker": _decide(decided_by="checked_by"),
    "decision that names another checker": _decide(checked_by="'somebody'"),
    "decision that names another checker and decides as the checker": _decide(
        checked_by="'somebody'", decided_by="'finance_a-1'"
    ),
    "decision without a check": _decide(check_id="'nothing'"),
    "decision above the proposal": _decide(cents="42751"),
    "negative decision": _decide(cents="-1"),
    "rejection that pays": _decide(outcome="'rejected'"),
    "decision that is none": _decide(outcome="'paid'"),
    "decision under rules that never were": _decide(policy="7"),
    "rewrite a decision": "UPDATE compensation_decision SET award_cents = 1",
    "delete a decision": "DELETE FROM compensation_decision",
    "rewrite a check": "UPDATE compensation_check SET checked_by = 'finance_b-1'",
    "delete a check": "DELETE FROM compensation_check",
    "rewrite the rules": "UPDATE compensation_policy SET rules = '{}'",
    "claim approved by the checker": "UPDATE compensation_claim SET decided_by = checked_by"
    " WHERE state = 'approved'",
    "claim approved by nobody": "UPDATE compensation_claim SET state = 'approved'"
    " WHERE state = 'checked'",
    "claim approved above its award": "UPDATE compensation_claim SET decided_cents = 42751"
    " WHERE state = 'approved'",
    "claim approved above its invoice": "UPDATE compensation_claim SET invoice_cents = 42749"
    " WHERE state = 'approved'",
    "claim paid twice by others": "UPDATE compensation_claim SET cofunding_cents = 56999"
    " WHERE state = 'approved'",
    "claim sent in without an invoice": "UPDATE compensation_claim SET state = 'claimed'"
    " WHERE state = 'open'",
    "rejected claim that pays": "UPDATE compensation_claim SET state = 'rejected'"
    " WHERE state = 'approved'",
    "negative award": "UPDATE compensation_claim SET award_cents = -1",
    "unknown state": "UPDATE compensation_claim SET state = 'golden'",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_database_refuses(database: Database, now: datetime, statement: str) -> None:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        command = DecideClaim(checked.id, Cents(42_750))
        officer = given_person(Role.FINANCE_B)
        decide_claim(session, command, by=officer, settings=SETTINGS, now=now)
        given_checked_claim(session, now=now)
        given_filed_claim(session, now=now)
        given_open_claim(session, now=now)

    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(statement.replace(":", "\\:")))


def test_decision_by_another_person_is_taken(database: Database, now: datetime) -> None:
    """The statement that the refused ones vary is itself a good one."""
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        checked = given_checked_claim(session, now=now)
        command = DecideClaim(checked.id, Cents(42_750))
        officer = given_person(Role.FINANCE_B)
        decide_claim(session, command, by=officer, settings=SETTINGS, now=now)

        session.execute(text(_decide()))

        count = session.execute(text("SELECT count(*) FROM compensation_decision")).scalar_one()
        assert count == 2
