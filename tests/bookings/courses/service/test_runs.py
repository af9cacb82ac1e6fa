"""Make a run, date its sessions against rooms and hosts, cancel one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings.courses.queries import CourseWish, get_course, list_courses
from bookings.courses.rules import CourseStatus
from bookings.courses.service import (
    CancelSession,
    CreateCourse,
    NewSession,
    add_session,
    cancel_session,
    create_course,
    publish_course,
)
from bookings.resources.rules import Take
from bookings.resources.service import check_cells, take
from tests.bookings.courses.house import ON_ONE_DATABASE
from tests.factories.courses import (
    AFTER_ALL,
    STARTS,
    given_centre,
    given_course,
    given_enrolment,
    sessions,
)
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.mail.service import list_mails
from vizium.settings import Settings

FIRST = sessions(1)[0]
WEDNESDAY = datetime(2027, 2, 17, 8, 0, tzinfo=UTC)


@ON_ONE_DATABASE
def test_run_follows_its_activity_and_its_sessions(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        command = CreateCourse("E-01", "lv", capacity=20, sessions=sessions())
        course = create_course(session, command, by="test", now=now)
        hidden = list_courses(session, CourseWish(after=now, published=True))

    assert (course.hours, course.capacity, course.minutes) == (8, 20, 360)
    assert course.status(now) is CourseStatus.PLANNED
    assert [one.host for one in course.sessions] == ["Jānis Algoritms"] * 4
    assert course.sessions[0].places == {"lv": "Nodarbību telpa A", "en": "Classroom A"}
    assert hidden == []


@ON_ONE_DATABASE
def test_run_without_sessions_is_not_published(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        course = create_course(session, CreateCourse("E-01", "lv"), by="test", now=now)
        with pytest.raises(Conflict, match="course_without_sessions"):
            publish_course(session, course.code, by="test", now=now)


@pytest.mark.parametrize(
    ("new", "field", "code_"),
    [
        (replace(FIRST, start=FIRST.start + timedelta(minutes=5)), "start", "course_off_grid"),
        (replace(FIRST, end=FIRST.start), "minutes", "out_of_bounds"),
        (sessions(1)[0], "start", "course_sessions_overlap"),
        (NewSession(STARTS[0] - timedelta(days=50), STARTS[0] - timedelta(days=50, hours=-1)),
         "day", "course_day_is_past"),
        # A Monday.
        (NewSession(WEDNESDAY - timedelta(days=2), WEDNESDAY - timedelta(days=2, hours=-1)),
         "day", "day_closed"),
        (NewSession(WEDNESDAY - timedelta(hours=2), WEDNESDAY), "start", "course_outside_hours"),
        (NewSession(WEDNESDAY, WEDNESDAY + timedelta(hours=1), ("attic",)), "rooms", "choose"),
        (NewSession(WEDNESDAY, WEDNESDAY + timedelta(hours=1), (), "h-99"), "host", "choose"),
        (NewSession(WEDNESDAY, WEDNESDAY + timedelta(hours=1), (), "h-02"), "host",
         "course_host_lacks_skill"),
        (NewSession(WEDNESDAY, WEDNESDAY + timedelta(hours=1), (), "h-03"), "host",
         "course_host_lacks_language"),
        (NewSession(WEDNESDAY, WEDNESDAY + timedelta(minutes=315), (), "h-01"), "host",
         "course_host_overworked"),
        # The shift ends at 18.
        (NewSession(WEDNESDAY + timedelta(hours=7), WEDNESDAY + timedelta(hours=9), (), "h-01"),
         "host", "course_host_off_shift"),
    ],
)  # fmt: skip
@ON_ONE_DATABASE
def test_session_that_cannot_be_is_refused_in_words(
    database: Database,
    code: str,
    orders: dict[str, Any],
    *,
    new: NewSession,
    field: str,
    code_: str,
) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        add_session(session, code, new, **orders)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code_)]


@pytest.mark.parametrize(
    ("taken", "refusal"),
    [
        # Another class leaves the room at 15.30, but its set-up begins at 15.15.
        (Take("room-b", WEDNESDAY, WEDNESDAY + timedelta(hours=2), 1), "course_room_taken"),
        (Take("h-01", WEDNESDAY + timedelta(hours=2), WEDNESDAY + timedelta(hours=3), 1),
         "course_host_taken"),
    ],
)  # fmt: skip
def test_room_and_host_that_a_visit_has_are_named(
    database: Database, code: str, orders: dict[str, Any], taken: Take, refusal: str
) -> None:
    start = WEDNESDAY + timedelta(hours=2)
    new = NewSession(start, start + timedelta(minutes=90), ("room-b",), "h-01")
    with database.transaction() as session:
        take(session, "visit:other", [taken], expires_at=None, now=orders["now"])

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        add_session(session, code, new, **orders)

    found = [(error.code, error.facts["resource"]) for error in refused.value.errors]
    assert found == [(refusal, taken.resource)]


@ON_ONE_DATABASE
def test_rooms_smaller_than_the_course_are_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        with pytest.raises(InvalidInput) as refused:
            given_course(session, now=now, capacity=25)

    assert refused.value.errors[0].facts == {"seats": 24, "capacity": 25}


def test_cancelled_session_gives_its_room_back_and_tells_everybody_once(
    database: Database, code: str, orders: dict[str, Any], settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        given_enrolment(session, code, settings=settings, now=now)
        first = get_course(session, code).sessions[0]
    for _ in range(2):
        with database.transaction() as session:
            command = CancelSession(code, first.id, "Vadītājs saslimis")
            course = cancel_session(session, command, **orders)

    assert len(course.taught) == 3
    with database.transaction() as session:
        other = given_course(session, now=now, sessions=sessions(1))
        assert other.sessions[0].rooms == ("room-a",)
        assert check_cells(session) == []
        mails = list_mails(session, recipient="anna@example.lv")
    assert len(mails) == 2
    assert "Iemesls: Vadītājs saslimis" in mails[0].text
    assert mails[0].calendar is not None
    assert mails[0].calendar.count(b"STATUS:CANCELLED") == 1


@ON_ONE_DATABASE
def test_session_that_is_over_is_not_cancelled_and_another_courses_is_unknown(
    database: Database, code: str, orders: dict[str, Any]
) -> None:
    with database.reading() as session:
        first = get_course(session, code).sessions[0].id
    with pytest.raises(Conflict, match="course_session_is_over"), database.transaction() as session:
        cancel_session(session, CancelSession(code, first), **orders | {"now": AFTER_ALL})
    with pytest.raises(NotFound), database.transaction() as session:
        cancel_session(session, CancelSession("KU-222222", first), **orders)
