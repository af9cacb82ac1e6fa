"""A session moves whole or not at all, everybody is told, calendars follow; on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bookings.courses.queries import CourseRow, CourseSessionRow, get_course
from bookings.courses.service import (
    CancelSession,
    MoveSession,
    NewSession,
    cancel_session,
    move_session,
    sweep_reminders,
)
from bookings.resources.queries import list_cells
from bookings.resources.rules import Take
from bookings.resources.service import check_cells, take
from tests.bookings.courses.house import ON_ONE_DATABASE
from tests.factories.courses import AFTER_ALL, STARTS, given_course, given_enrolment
from vizium.db.session import Database
from vizium.kernel.clock import to_riga
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import MailRow, list_mails
from vizium.settings import Settings

HOUR = timedelta(hours=1)
Move = Callable[..., CourseRow]


@pytest.fixture
def first(database: Database, code: str) -> CourseSessionRow:
    with database.reading() as session:
        return get_course(session, code).sessions[0]


@pytest.fixture
def move(database: Database, code: str, first: CourseSessionRow, orders: dict[str, Any]) -> Move:
    """Moves the first session by so much, and into other rooms if told."""

    def act(by: timedelta, *, rooms: tuple[str, ...] = ("room-a",), **changes: Any) -> CourseRow:
        to = NewSession(first.start + by, first.end + by, rooms, "h-01")
        command = MoveSession(code, first.id, to)
        with database.transaction() as session:
            return move_session(session, command, **(orders | changes))

    return act


def _letters(database: Database) -> list[MailRow]:
    with database.reading() as session:
        assert check_cells(session) == []
        return list(reversed(list_mails(session, recipient="anna@example.lv")))


def _event(mail: MailRow, session_id: str) -> Any:
    assert mail.calendar is not None
    events = Calendar.from_ical(mail.calendar).walk("VEVENT")
    return next(event for event in events if session_id in event["UID"])


def test_moved_session_gives_back_takes_anew_and_tells_everybody_once(
    database: Database,
    code: str,
    first: CourseSessionRow,
    move: Move,
    orders: dict[str, Any],
) -> None:
    with database.transaction() as session:
        given_enrolment(session, code, settings=orders["settings"], now=orders["now"])

    course = move(HOUR, rooms=("room-b",))
    move(HOUR, rooms=("room-b",))

    assert course.sessions[0].rooms == ("room-b",)
    enrolled, moved = _letters(database)
    assert moved.subject.startswith("Mainīti nodarbību laiki: ")
    assert "Nodarbība pārcelta. Bija: " in moved.text
    was, now = _event(enrolled, first.id), _event(moved, first.id)
    assert now["DTSTART"].dt == was["DTSTART"].dt + HOUR
    assert (now["STATUS"], now["SEQUENCE"] - was["SEQUENCE"]) == ("CONFIRMED", 1)
    with database.reading() as session:
        cells = list_cells(session, ["room-a"], start=first.start, end=first.end)
    assert [cell.used for cell in cells if cell.used] == []


def test_session_that_cannot_go_there_stays_where_it_was(
    database: Database, first: CourseSessionRow, move: Move, now: datetime, code: str
) -> None:
    later = first.start + HOUR
    with database.transaction() as session:
        taken = Take("room-b", later, later + HOUR, 1)
        take(session, "visit:other", [taken], expires_at=None, now=now)

    with pytest.raises(InvalidInput) as refused:
        move(HOUR, rooms=("room-b",))

    assert refused.value.errors[0].code == "course_room_taken"
    with database.reading() as session:
        assert check_cells(session) == []
        assert get_course(session, code).sessions[0] == first
        cells = list_cells(session, ["room-a"], start=first.start, end=first.end)
    assert {cell.used for cell in cells} == {1}


@ON_ONE_DATABASE
def test_refusal_names_when_others_have_the_room_not_the_session_itself(
    database: Database, first: CourseSessionRow, move: Move, now: datetime
) -> None:
    with database.transaction() as session:
        taken = Take("room-a", first.end, first.end + HOUR, 1)
        take(session, "visit:other", [taken], expires_at=None, now=now)

    with pytest.raises(InvalidInput) as refused:
        move(HOUR)

    (error,) = refused.value.errors
    ends = f"{to_riga(first.end):%H.%M}"
    assert (error.code, error.facts) == ("course_room_taken", {"resource": "room-a", "at": ends})


@pytest.mark.race
def test_sessions_that_want_each_others_rooms_are_both_refused_and_never_deadlock(
    database: Database, code: str, first: CourseSessionRow, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        there = NewSession(first.start, first.end, ("room-b",))
        other = given_course(session, now=orders["now"], sessions=(there,))
    stands = {code: (first.id, "room-b"), other.code: (other.sessions[0].id, "room-a")}
    gate = threading.Barrier(8)

    def swap_rooms(course: str) -> str:
        one, room = stands[course]
        command = MoveSession(course, one, NewSession(first.start, first.end, (room,)))
        gate.wait()
        try:
            with database.transaction() as session:
                move_session(session, command, **orders)
        except InvalidInput as error:
            return error.errors[0].code
        return "moved"

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(swap_rooms, [*stands] * 4))

    assert answers <= {"course_room_taken", "course_session_clash"}
    with database.reading() as session:
        assert check_cells(session) == []


@ON_ONE_DATABASE
def test_session_may_overlap_its_own_old_time_but_not_another_of_its_course(move: Move) -> None:
    assert move(timedelta(minutes=15)).sessions[0].version == 1

    with pytest.raises(InvalidInput) as refused:
        move(timedelta(weeks=1))

    assert [error.code for error in refused.value.errors] == ["course_sessions_overlap"]


@ON_ONE_DATABASE
def test_session_that_began_or_was_cancelled_is_not_moved(
    database: Database,
    code: str,
    first: CourseSessionRow,
    move: Move,
    orders: dict[str, Any],
) -> None:
    with pytest.raises(Conflict, match="course_session_begun"):
        move(HOUR, now=AFTER_ALL)
    with database.transaction() as session:
        cancel_session(session, CancelSession(code, first.id), **orders)

    with pytest.raises(Conflict, match="course_session_cancelled"):
        move(HOUR)


@ON_ONE_DATABASE
def test_moved_session_is_reminded_of_anew(
    database: Database, code: str, move: Move, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        given_enrolment(session, code, settings=settings, now=now)
    before = STARTS[0] - timedelta(days=1)
    written = [_remind(database, settings, before)]

    move(timedelta(days=2), now=before)
    written += [_remind(database, settings, before + timedelta(days=1)) for _ in range(2)]

    assert written == [1, 1, 0]
    assert local_days(database, code)[0] == date(2027, 2, 18)


def local_days(database: Database, code: str) -> list[date]:
    with database.reading() as session:
        return [one.local_date for one in get_course(session, code).sessions]


def _remind(database: Database, settings: Settings, now: datetime) -> int:
    with database.transaction() as session:
        return sweep_reminders(session, settings=settings, now=now)
