"""The office over a fund of EUR 10,000."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bookings.compensation.queries.payouts import PayerAccount
from bookings.compensation.service.payouts import set_payer
from tests.bookings.compensation.office import Office, open_office
from tests.factories.compensation import FUND, SETTINGS, given_fund, given_person, sample_iban
from vizium.auth.rules import Role
from vizium.db.session import Database


@pytest.fixture
def office(database: Database, tmp_path: Path, now: datetime) -> Iterator[Office]:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
    with open_office(database, replace(SETTINGS, data_dir=tmp_path), now) as office:
        yield office


@pytest.fixture
def session(database: Database, now: datetime) -> Iterator[Session]:
    """Writing to a fund of EUR 10,000 whose account is named."""
    account = PayerAccount("Ventspils Digitālais centrs", sample_iban(1), "")
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
        set_payer(session, FUND, account, by=given_person(Role.DIRECTOR), now=now)
        yield session
