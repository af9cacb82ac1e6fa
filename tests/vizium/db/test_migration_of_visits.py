"""Visits that stood before whole days came: nothing of them is lost, back and forth."""

from datetime import datetime

from sqlalchemy import text

from bookings.resources.service import check_cells
from bookings.visits.queries import get_visit
from tests.factories.visits import given_centre, given_session, given_visit
from vizium.db import migrate
from vizium.db.session import Database

_BEFORE_WHOLE_DAYS = "0008"


def test_visits_of_sessions_survive_the_step_to_whole_days(
    database: Database, database_url: str, now: datetime
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        first, second = given_session(session, now=now), given_session(session, "S-01", now=now)
        visits = [given_visit(session, one, now=now) for one in (first, second)]
    database.engine.dispose()

    migrate.downgrade(database_url, _BEFORE_WHOLE_DAYS)
    with database.reading() as session:
        rows = session.execute(text("SELECT session, pupils FROM visits_stop ORDER BY session"))
        kept = [tuple(row) for row in rows]
    database.engine.dispose()
    migrate.upgrade(database_url)

    assert kept == [(second, 20), (first, 20)]
    with database.reading() as session:
        assert [get_visit(session, visit.reference) for visit in visits] == visits
        assert check_cells(session) == []
