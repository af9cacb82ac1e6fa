"""Sessions are published from a timetable, and stand beside each other as alternatives."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bookings.programmes.queries import get_activity
from bookings.programmes.service import SaveActivity, save_activity
from bookings.resources.service import check_cells
from bookings.visits.queries import (
    get_sessions,
    list_alternatives,
    list_sessions,
)
from bookings.visits.rules import TimetableRow
from bookings.visits.service import publish_sessions
from tests.factories.visits import DAY, given_session, given_visit
from vizium.db.session import Database
from vizium.kernel.money import Cents
from vizium.kernel.schoolyear import SchoolYear


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


def test_session_of_the_next_school_year_costs_what_that_year_says(
    database: Database, session_id: str, now: datetime
) -> None:
    september = date(2027, 9, 14)
    row = TimetableRow("T-07", (2,), "10:00", ("room-a",), None)
    with database.transaction() as session:
        standing = get_activity(session, "T-07")
        dearer = replace(standing, price_cents=Cents(600), title_lv="Cits nosaukums")
        save_activity(session, SaveActivity(dearer, SchoolYear(2027), 0), by="test", now=now)
        publish_sessions(session, [row], first_day=september, last_day=september, now=now)
        this_year, next_year = (
            given_visit(session, one, now=now)
            for one in (session_id, session_id.replace("20270316", "20270914"))
        )
        rows = list_sessions(session, first_day=DAY, last_day=september, now=now)

    assert (this_year.price_cents, next_year.price_cents) == (20 * 350, 20 * 600)
    assert [(one.price_cents, one.title("lv")) for one in rows] == [
        (350, "Paraugs T-07"),
        (600, "Cits nosaukums"),
    ]
