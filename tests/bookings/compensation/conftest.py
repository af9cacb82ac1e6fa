"""The office over a fund of EUR 10,000."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.bookings.compensation.office import Office, open_office
from tests.factories.compensation import SETTINGS, given_fund
from vizium.db.session import Database


@pytest.fixture
def office(database: Database, tmp_path: Path, now: datetime) -> Iterator[Office]:
    with database.transaction() as session:
        given_fund(session, cents=1_000_000, now=now)
    with open_office(database, replace(SETTINGS, data_dir=tmp_path), now) as office:
        yield office
