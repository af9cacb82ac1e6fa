"""A small centre with one course for educators."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.bookings.courses.house import House, open_house
from tests.factories.courses import given_centre, given_course
from vizium.db.session import Database
from vizium.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def orders(settings: Settings, now: datetime) -> dict[str, Any]:
    """What every order about an enrolment carries: the settings, who, when."""
    return {"settings": settings, "by": "test", "now": now}


@pytest.fixture
def code(database: Database, now: datetime) -> str:
    """A published course with two places and four sessions."""
    with database.transaction() as session:
        given_centre(session, now=now)
        return given_course(session, now=now).code


@pytest.fixture
def house(database: Database, settings: Settings, now: datetime) -> Iterator[House]:
    """The application with courses alone."""
    with open_house(database, settings, now) as house:
        yield house
