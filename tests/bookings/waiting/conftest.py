"""A small centre whose only programme room is full on one Tuesday."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bookings.visits.planner.request import Wish
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Group
from bookings.visits.service import VisitCommand, confirm_visit
from bookings.waiting.queries import WaitingRow
from bookings.waiting.service import AddWaiting, add_waiting
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.schools import given_school
from tests.factories.visits import DAY, given_centre, given_session, given_visit
from vizium.db.session import Database
from vizium.settings import Settings, load

OTHER_SCHOOL = "3213900124"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def orders(settings: Settings, now: datetime) -> dict[str, Any]:
    """What every order carries: the desk, the settings, who, when."""
    return {"transport": RememberingDesk(), "settings": settings, "by": "test", "now": now}


@pytest.fixture
def full(database: Database, orders: dict[str, Any]) -> VisitRow:
    """A confirmed visit of 28 pupils that leaves 2 places of the only session."""
    now = orders["now"]
    with database.transaction() as session:
        given_centre(session, now=now)
        given_school(session, register_no=OTHER_SCHOOL, name="Kolkas paraugskola", now=now)
        session_id = given_session(session, now=now)
        visit = given_visit(session, session_id, now=now, pupils=28, adults=3)
        return confirm_visit(session, VisitCommand(visit.reference), **orders)


def given_waiting(
    session: Session, *, settings: Settings, now: datetime, pupils: int = 26, **changes: Any
) -> WaitingRow:
    """A class of another school that waits for `DAY` and the programme."""
    values: dict[str, Any] = {
        "school": OTHER_SCHOOL,
        "days": (DAY,),
        "groups": (Group(5, pupils),),
        "adults": 3,
        "language": "lv",
        "page_language": "lv",
        "contact": Contact("Juris Paraugs", "juris@example.lv", "+37120000002"),
        "wishes": (Wish(code="T-07"),),
    }
    order = AddWaiting(**(values | changes))
    return add_waiting(session, order, settings=settings, by="test", now=now)
