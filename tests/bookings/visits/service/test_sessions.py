"""Sessions are published from a timetable, and stand beside each other as alternatives."""

from datetime import UTC, datetime

from bookings.resources.service import check_cells
from bookings.visits.queries import (
    get_sessions,
    list_alternatives,
    list_sessions,
)
from tests.factories.visits import DAY, given_session, given_visit
from vizium.db.session import Database


def _used(database: Database, session_id: str, now: datetime) -> int:
    with database.reading() as session:
        assert check_cells(session) == []
        return get_sessions(session, [session_id], now=now)[0].used


def test_publishing_again_keeps_sessions_and_skips_closed_hours(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        given_session(session, now=now)
        given_session(session, start="08:45", now=now)
        given_session(session, start="18:15", now=now)
        sessions = list_sessions(session, first_day=DAY, last_day=DAY, now=now)

    assert [row.id for row in sessions] == [session_id]
    assert sessions[0].start == datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
    assert sessions[0].places == {"lv": "Telpa", "en": "Room"}


def test_publishing_into_a_taken_room_is_reported_and_makes_nothing(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        given_session(session, start="10:30", now=now)
        sessions = list_sessions(session, first_day=DAY, last_day=DAY, now=now)

    assert [row.id for row in sessions] == [session_id]
    assert _used(database, session_id, now) == 0


def test_alternatives_have_enough_places_and_are_the_nearest(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        ids = [given_session(session, start=start, now=now) for start in ("12:00", "14:00")]
        given_visit(session, ids[0], now=now)
        wanted = get_sessions(session, [session_id], now=now)[0]
        alternatives = list_alternatives(session, wanted, pupils=20, school="3213900123", now=now)

    assert [row.id for row in alternatives] == [ids[1]]
