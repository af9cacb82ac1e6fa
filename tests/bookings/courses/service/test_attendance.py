"""Who was present, who completed, and what statistics count."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from bookings.courses.models import Completion
from bookings.courses.queries import (
    CourseCounts,
    CourseRow,
    course_counts,
    find_completion,
    get_course,
    get_enrolment,
)
from bookings.courses.rules import CourseAudience
from bookings.courses.service import (
    CancelSession,
    ConfirmCompletions,
    EnrolmentCommand,
    RecordAttendance,
    cancel_session,
    confirm_completions,
    record_attendance,
    withdraw_enrolment,
)
from tests.bookings.courses.house import ON_ONE_DATABASE
from tests.factories.courses import (
    AFTER_ALL,
    STARTS,
    given_centre,
    given_course,
    given_enrolment,
)
from vizium.auth.rules import Person, Role
from vizium.db.session import Database, DatabaseError, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import list_mails
from vizium.settings import Settings

METHODOLOGIST = Person(
    "01K", "Evija Paraugupe", "evija@example.lv", frozenset({Role.METHODOLOGIST}), None, "lv"
)


@pytest.fixture
def anna(database: Database, code: str, settings: Settings, now: datetime) -> str:
    with database.transaction() as session:
        return given_enrolment(session, code, settings=settings, now=now).reference


def test_attendance_written_again_replaces_what_was_written(
    database: Database, code: str, anna: str
) -> None:
    with database.transaction() as session:
        course = get_course(session, code)
        _attend(session, course, anna, [1, 1, 0, 1])
        _attend(session, course, anna, [1, 0, 0, 1])
        row = get_enrolment(session, anna)

    assert [row.present[one.id] for one in course.sessions] == [1, 0, 0, 1]


@ON_ONE_DATABASE
def test_attendance_before_the_session_of_others_or_too_many_is_refused(
    database: Database, code: str, anna: str
) -> None:
    with database.transaction() as session:
        first = get_course(session, code).sessions[0].id
        early = RecordAttendance(code, first, {anna: 1})
        with pytest.raises(Conflict, match="course_session_not_begun"):
            record_attendance(session, early, by="host", now=STARTS[0] - timedelta(hours=2))
        strange = RecordAttendance(code, first, {"PI-222222": 1, anna: 2})
        with pytest.raises(InvalidInput) as refused:
            record_attendance(session, strange, by="host", now=STARTS[0])

    codes = [error.code for error in refused.value.errors]
    assert codes == ["not_enrolled_here", "out_of_bounds"]


def test_completion_is_confirmed_once_by_name_and_mailed_with_its_number(
    database: Database, code: str, anna: str, settings: Settings
) -> None:
    with database.transaction() as session:
        _attend(session, get_course(session, code), anna, [1, 1, 1, 0])
    numbers = []
    for _ in range(2):
        with database.transaction() as session:
            rows = _confirm(session, code, anna, settings)
            numbers.append(rows[0].completion.number if rows[0].completion else "")

    assert numbers[0] == numbers[1] != ""
    with database.reading() as session:
        found = find_completion(session, numbers[0])
        mails = list_mails(session, recipient="anna@example.lv")
    assert found is not None
    assert (found.name, found.hours, found.people) == ("Anna Parauga", 8, 1)
    assert (found.first_day, found.last_day) == (date(2027, 2, 16), date(2027, 3, 9))
    assert found.confirmed_name == "Evija Paraugupe"
    assert [numbers[0] in mail.text for mail in mails] == [True, False]


@ON_ONE_DATABASE
def test_completion_needs_the_last_session_and_enough_attendance(
    database: Database, code: str, anna: str, settings: Settings
) -> None:
    with database.transaction() as session:
        _attend(session, get_course(session, code), anna, [1, 1, 0, 0])
        with pytest.raises(Conflict, match="course_not_over"):
            _confirm(session, code, anna, settings, now=STARTS[-1])
        with pytest.raises(Conflict, match="completion_rule_unmet") as unmet:
            _confirm(session, code, anna, settings)

    assert unmet.value.facts == {"name": "Anna Parauga", "attended": 2, "needed": 3}


@ON_ONE_DATABASE
def test_cancelled_session_counts_for_nobody(
    database: Database, code: str, anna: str, orders: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        last = get_course(session, code).sessions[-1].id
        course = cancel_session(session, CancelSession(code, last), **orders)
        _attend(session, course, anna, [1, 1, 1])
        rows = _confirm(session, code, anna, settings)

    assert rows[0].completion is not None
    assert rows[0].completion.last_day == date(2027, 3, 2)


def test_completion_is_never_deleted_and_its_enrolment_never_withdrawn(
    database: Database, code: str, anna: str, orders: dict[str, Any], settings: Settings
) -> None:
    with database.transaction() as session:
        _attend(session, get_course(session, code), anna, [1, 1, 1, 1])
        _confirm(session, code, anna, settings)

    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(delete(Completion))
    with pytest.raises(Conflict, match="enrolment_completed"), database.transaction() as session:
        withdraw_enrolment(session, EnrolmentCommand(anna), **orders)


def test_counts_tell_enrolled_attended_and_completed_apart(
    database: Database, code: str, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        anna, berta = (
            given_enrolment(session, code, name, settings=settings, now=now).reference
            for name in ("Anna", "Berta")
        )
        course = get_course(session, code)
        _attend(session, course, anna, [1, 1, 1, 1])
        _attend(session, course, berta, [1, 0, 0, 0])
        _confirm(session, code, anna, settings)
        found = course_counts(session, date(2027, 2, 1), date(2027, 2, 28))
        outside = course_counts(session, date(2027, 4, 1), date(2027, 4, 30))

    assert found == (
        CourseCounts(CourseAudience.EDUCATORS, courses=1, enrolled=2, attended=2, completed=1),
        CourseCounts(CourseAudience.CLASSES, courses=0, enrolled=0, attended=0, completed=0),
    )
    assert sum(counts.courses for counts in outside) == 0


@ON_ONE_DATABASE
def test_class_is_counted_by_its_pupils(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now, activity="T-07", capacity=24)
        group = given_enrolment(
            session, course.code, settings=settings, now=now, grade=5, pupils=20
        ).reference
        _attend(session, course, group, [20, 18, 17, 5])
        rows = _confirm(session, course.code, group, settings)
        counts = course_counts(session, date(2027, 2, 1), date(2027, 2, 28))[1]

    assert rows[0].completion is not None
    assert rows[0].completion.people == 17
    assert (counts.enrolled, counts.attended, counts.completed) == (20, 20, 17)


def _attend(session: Session, course: CourseRow, reference: str, present: list[int]) -> None:
    for one, count in zip(course.taught, present, strict=True):
        command = RecordAttendance(course.code, one.id, {reference: count})
        record_attendance(session, command, by="host", now=one.start)


def _confirm(
    session: Session,
    code: str,
    reference: str,
    settings: Settings,
    *,
    now: datetime = AFTER_ALL,
) -> list[Any]:
    command = ConfirmCompletions(code, (reference,))
    return confirm_completions(session, command, settings=settings, by=METHODOLOGIST, now=now)
