"""A small centre with one session, and a visit in it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bookings.visits.service import VisitCommand, confirm_visit
from tests.bookings.visits.desk import RememberingDesk
from tests.bookings.visits.house import House, open_house
from tests.factories.visits import given_centre, given_session, given_visit
from vizium.db.session import Database
from vizium.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def desk() -> RememberingDesk:
    return RememberingDesk()


@pytest.fixture
def orders(desk: RememberingDesk, settings: Settings, now: datetime) -> dict[str, Any]:
    """What every order about a visit carries: the desk, the settings, who, when."""
    return {"transport": desk, "settings": settings, "by": "test", "now": now}


@pytest.fixture
def session_id(database: Database, now: datetime) -> str:
    """A published session with 30 places in a small centre."""
    with database.transaction() as session:
        given_centre(session, now=now)
        return given_session(session, now=now)


@pytest.fixture
def confirmed(database: Database, session_id: str, orders: dict[str, Any]) -> VisitCommand:
    """A confirmed visit of 20 pupils that wanted bus money."""
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=orders["now"], wants_transport=True)
        confirm_visit(session, VisitCommand(visit.reference), **orders)
    return VisitCommand(visit.reference)


@pytest.fixture
def house(
    database: Database, settings: Settings, desk: RememberingDesk, now: datetime
) -> Iterator[House]:
    """The application with visits alone."""
    with open_house(database, settings, desk, now) as house:
        yield house
