"""The sample fund's own file opens a fund; again it changes nothing; nonsense is named."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bookings.compensation.queries import find_policy, get_fund_view, list_funds
from bookings.compensation.rules import MOVES, ClaimState
from bookings.compensation.service import load_fund
from bookings.compensation.tariff import PolicyError
from bookings.ledger.queries import check_ledger
from tests.factories.compensation import POLICY, SETTINGS
from vizium.db.session import Database
from vizium.kernel.errors import Conflict

_FILE = Path(__file__).parents[3] / "vizium" / "cli" / "sample_data" / "fund.toml"


def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


def test_sample_fund_is_opened_once_with_its_rules(database: Database, now: datetime) -> None:
    how: dict[str, Any] = {"secret_key": SETTINGS.secret_key, "by": "test", "now": now}
    with database.transaction() as session:
        news = [load_fund(session, _data(), **how) for _ in range(2)]

        (fund,) = list_funds(session)
        view = get_fund_view(session, fund, date(2027, 2, 1))
        policy = find_policy(session, fund.code, date(2027, 8, 31))
        assert news == [True, False]
        assert (view.appropriated_cents, view.available_cents, view.reserved_far_cents) == (
            5_000_000,
            5_000_000,
            1_500_000,
        )
        assert policy is not None
        assert policy.policy == POLICY
        assert find_policy(session, fund.code, date(2027, 9, 1)) is None
        assert check_ledger(session, SETTINGS.secret_key).transfers == 3


def test_stored_rules_are_not_changed_under_their_number(database: Database, now: datetime) -> None:
    how: dict[str, Any] = {"secret_key": SETTINGS.secret_key, "by": "test", "now": now}
    data = _data()
    with database.transaction() as session:
        load_fund(session, data, **how)
        data["policy"]["pupils_min"] = 11

        with pytest.raises(Conflict, match="policy_stands"):
            load_fund(session, data, **how)


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("policy", "version", 0),
        ("policy", "valid_from", "2026"),
        ("policy", "pupils_min", "ten"),
        ("policy", "colour", "blue"),
        ("fund", "starts", None),
        ("fund", "appropriated_cents", -1),
    ],
)
def test_file_that_cannot_be_meant_names_what_is_wrong(
    database: Database, now: datetime, table: str, name: str, value: object
) -> None:
    data = _data()
    data[table][name] = value

    with (
        pytest.raises(PolicyError, match=name),
        database.transaction() as session,
    ):
        load_fund(session, data, secret_key=SETTINGS.secret_key, by="test", now=now)

    with database.reading() as session:
        assert list_funds(session) == []


def test_every_state_can_be_reached_and_every_move_leads_to_a_state() -> None:
    reached = {state for states in MOVES.values() for state in states}

    assert set(MOVES) == set(ClaimState)
    assert set(ClaimState) - reached == {ClaimState.DRAFT}
