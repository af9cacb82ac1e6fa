"""Whose enrolment it is, and who of the staff does what; for everybody else it does not exist."""

from sqlalchemy.orm import Session

from bookings.courses.queries import CourseRow, EnrolmentRow, get_course, get_enrolment
from bookings.courses.service.papers import opens
from vizium.auth.rules import OPEN_TO, Desk, Person, Role
from vizium.kernel.errors import Forbidden, NotFound
from vizium.kernel.ids import parse_reference
from vizium.settings import Settings

# Who makes runs, cancels sessions and confirms completion.
RUNNING_ROLES = frozenset({Role.METHODOLOGIST, Role.COORDINATOR, Role.ADMIN})
# Who ticks those present.
ATTENDING_ROLES = RUNNING_ROLES | {Role.HOST}
# Who may look: enrolments hold names and addresses.
SEEING_ROLES = OPEN_TO[Desk.COURSES]
# Who signs acts done through a mailed link: a person whom we know by address alone.
BY_LINK = "school"


def enrolment_by_link(
    session: Session, reference: str, key: str, settings: Settings
) -> EnrolmentRow:
    """The enrolment of a signed link.

    Raises:
        NotFound: ``enrolment``: an unknown reference and a wrong key look the same.
    """
    if not opens(reference, key, settings):
        raise NotFound("enrolment")
    return get_enrolment(session, reference)


def enrolment_of_person(
    session: Session, code: str, reference: str, person: Person, *, changing: bool = False
) -> EnrolmentRow:
    """An enrolment of a course that this person may see (or change).

    Raises:
        NotFound: ``enrolment``: there is none, or it is another's.
        Forbidden: ``role_missing``: staff who may look but not touch.
    """
    row = get_enrolment(session, parse_reference(reference[:20]) or "")
    if row.run != code:
        raise NotFound("enrolment")
    if row.owner_person == person.id or (row.grade is not None and _speaks_for(person, row)):
        return row
    if person.roles.isdisjoint(SEEING_ROLES):
        raise NotFound("enrolment")
    if changing and person.roles.isdisjoint(RUNNING_ROLES):
        raise Forbidden("role_missing")
    return row


def published_course(session: Session, code: str, person: Person | None = None) -> CourseRow:
    """A course that everybody, or this person, may see.

    Raises:
        NotFound: ``course``: there is none, or it is not published yet.
    """
    course = get_course(session, code)
    is_staff = person is not None and not person.roles.isdisjoint(SEEING_ROLES)
    if course.published_at is None and not is_staff:
        raise NotFound("course")
    return course


def _speaks_for(person: Person, row: EnrolmentRow) -> bool:
    return row.school is not None and person.is_of_school(row.school)
