"""What stood before fees, letters to hosts and the guard of attendance stands after them."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bookings.courses.queries import get_enrolment
from bookings.courses.service import RecordAttendance, record_attendance
from tests.factories.courses import STARTS, given_centre, given_course, given_enrolment
from vizium.db import migrate
from vizium.db.session import Database
from vizium.settings import load

_BEFORE = "0011"


def test_class_of_which_more_came_than_enrolled_survives_back_and_forth(
    database: Database, database_url: str, tmp_path: Path, now: datetime
) -> None:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now, activity="T-07", capacity=24)
        group = given_enrolment(
            session, course.code, settings=settings, now=now, grade=5, pupils=20
        ).reference
        first = course.sessions[0].id
        command = RecordAttendance(course.code, first, {group: 23})
        record_attendance(session, command, by="host", now=STARTS[0])
        before = get_enrolment(session, group)
    database.engine.dispose()

    migrate.downgrade(database_url, _BEFORE)
    with database.reading() as session:
        counted = session.scalar(text("SELECT present FROM courses_attendance"))
    database.engine.dispose()
    migrate.upgrade(database_url)

    assert counted == 23
    with database.reading() as session:
        after = get_enrolment(session, group)
    assert (
        (after.present, after.extra)
        == (before.present, before.extra)
        == (
            {first: 20},
            {first: 3},
        )
    )
