"""Certificates that are taken back, more than enrolled, and what is forgotten years later."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text

from bookings.courses.models import Revocation
from bookings.courses.queries import (
    course_counts,
    find_completion,
    get_course,
    get_enrolment,
)
from bookings.courses.rules import CONTACT_KEPT_YEARS, kept_until
from bookings.courses.service import (
    ConfirmCompletions,
    RecordAttendance,
    RevokeCertificate,
    confirm_completions,
    record_attendance,
    revoke_certificate,
    sweep_erasure,
)
from bookings.courses.service.papers import certificate_pdf
from tests.factories.courses import AFTER_ALL, given_centre, given_course, given_enrolment
from vizium.auth.rules import Person, Role
from vizium.db.session import Database, DatabaseError, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import list_mails
from vizium.settings import Settings

METHODOLOGIST = Person(
    "01K", "Evija Paraugupe", "evija@example.lv", frozenset({Role.METHODOLOGIST}), None, "lv"
)
YEARS_LATER = AFTER_ALL + timedelta(days=3 * 366)


@pytest.fixture
def anna(database: Database, code: str, settings: Settings, now: datetime) -> str:
    """The reference of an educator who completed."""
    with database.transaction() as session:
        reference = given_enrolment(session, code, settings=settings, now=now).reference
        _complete(session, code, reference, 1, settings)
    return reference


def _complete(
    session: Session, code: str, reference: str, present: int, settings: Settings
) -> None:
    for one in get_course(session, code).taught:
        command = RecordAttendance(code, one.id, {reference: present})
        record_attendance(session, command, by="host", now=one.start)
    order = ConfirmCompletions(code, (reference,))
    confirm_completions(session, order, settings=settings, by=METHODOLOGIST, now=AFTER_ALL)


def _revoke(
    database: Database, code: str, reference: str, settings: Settings, reason: str = "Pārskatīšanās"
) -> Any:
    command = RevokeCertificate(code, reference, reason)
    with database.transaction() as session:
        return revoke_certificate(
            session, command, settings=settings, by=METHODOLOGIST, now=AFTER_ALL
        )


def test_revoked_certificate_is_checked_as_revoked_and_its_owner_hears_why_once(
    database: Database, code: str, anna: str, settings: Settings
) -> None:
    row = _revoke(database, code, anna, settings)
    with pytest.raises(Conflict, match="certificate_revoked"):
        _revoke(database, code, anna, settings)

    assert row.completion is not None
    with database.reading() as session:
        found = find_completion(session, row.completion.number)
        mails = list_mails(session, recipient="anna@example.lv")
        counts = course_counts(session, date(2027, 2, 1), date(2027, 2, 28))[0]
    assert found is not None
    assert found.revocation is not None
    assert (found.revocation.reason, found.revocation.revoked_name) == (
        "Pārskatīšanās",
        "Evija Paraugupe",
    )
    assert [mail.subject.partition(":")[0] for mail in mails[:2]] == [
        "Jūsu apliecība ir anulēta",
        "Jūsu apliecība ir gatava",
    ]
    assert "Iemesls: Pārskatīšanās" in mails[0].text
    assert counts.completed == 0
    with pytest.raises(Conflict, match="certificate_revoked"):
        certificate_pdf(row, lang="lv", settings=settings)


def test_revocation_is_never_taken_back_silently_and_needs_a_reason(
    database: Database, code: str, anna: str, settings: Settings
) -> None:
    with pytest.raises(InvalidInput):
        _revoke(database, code, anna, settings, reason=" ")
    _revoke(database, code, anna, settings)

    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(delete(Revocation))


def test_more_than_enrolled_are_kept_beside_them_and_complete_nothing(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now, activity="T-07", capacity=24)
        group = given_enrolment(
            session, course.code, settings=settings, now=now, grade=5, pupils=20
        ).reference
        _complete(session, course.code, group, 23, settings)
        row = get_enrolment(session, group)
        counts = course_counts(session, date(2027, 2, 1), date(2027, 2, 28))[1]

    first = course.sessions[0].id
    assert (row.present[first], row.extra[first], row.came(first)) == (20, 3, 23)
    assert row.completion is not None
    assert row.completion.people == 20
    assert (counts.enrolled, counts.attended, counts.completed) == (20, 23, 20)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE courses_attendance SET present = 2",
        "UPDATE courses_attendance SET present = 0, extra = 1",
        "UPDATE courses_attendance SET extra = -1",
    ],
)
def test_database_refuses_more_present_than_enrolled(
    database: Database, anna: str, sql: str
) -> None:
    assert anna

    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(text(sql))


def test_contact_is_forgotten_years_later_and_the_number_is_still_checked(
    database: Database, code: str, anna: str, settings: Settings
) -> None:
    with database.transaction() as session:
        completion = get_enrolment(session, anna).completion
        assert completion is not None
        early = sweep_erasure(session, now=YEARS_LATER - timedelta(days=30))
        erased = [sweep_erasure(session, now=YEARS_LATER) for _ in range(2)]
        row = get_enrolment(session, anna)
        found = find_completion(session, completion.number)

    assert (early, erased) == (0, [1, 0])
    assert row.is_erased
    assert (row.name, row.email, row.phone, row.workplace, row.owner_person) == (
        *("", "", "", ""),
        None,
    )
    assert row.completion == found
    assert found is not None
    assert found.name == "Anna Parauga"
    _revoke(database, code, anna, settings)
    with database.reading() as session:
        assert list_mails(session, recipient="") == []


def test_rule_of_the_day_says_until_when_contacts_are_kept() -> None:
    since, years = CONTACT_KEPT_YEARS[0]

    assert kept_until(date(2028, 2, 29)) == date(2028 - years, 2, 28)
    assert kept_until(since) == since.replace(year=since.year - years)
