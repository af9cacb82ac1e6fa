"""Enrol, wait, accept an offer, withdraw; the database, not this code, refuses one too many."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.courses.models import Enrolment
from bookings.courses.queries import (
    CourseRow,
    EnrolmentRow,
    find_standing,
    get_course,
    get_enrolment,
    get_enrolment_by_id,
)
from bookings.courses.rules import (
    CourseAudience,
    EnrolmentState,
    check_class,
    may_move,
)
from bookings.courses.service.letters import CourseLetter, send_again, send_letter
from bookings.courses.service.places import (
    change_row,
    note,
    offer_places,
    owner_of,
    take_seats,
)
from bookings.resources.service import keep, release
from bookings.schools.queries import find_school
from vizium.db.inserts import insert_for
from vizium.kernel.errors import CapacityExceeded, Conflict, FieldError, InvalidInput, NotFound
from vizium.kernel.ids import new_id, new_reference
from vizium.kernel.text import fold
from vizium.settings import Settings

REFERENCE_PREFIX = "PI"


@dataclass(frozen=True, slots=True)
class Enrol:
    """An educator, or a class: `school` or `workplace`, and for a class its grade and pupils.

    `wait` takes a turn in the line when the course is full.
    """

    course: str
    name: str
    email: str
    phone: str = ""
    school: str | None = None
    workplace: str = ""
    grade: int | None = None
    pupils: int = 0
    page_language: str = "lv"
    owner_person: str | None = None
    wait: bool = False


@dataclass(frozen=True, slots=True)
class EnrolmentCommand:
    """An order about one enrolment; `version` is what the person saw, None when they saw none."""

    reference: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The enrolment; not `is_new` when the same people stood in the course already."""

    row: EnrolmentRow
    is_new: bool


def enrol(
    session: Session, command: Enrol, *, settings: Settings, by: str, now: datetime
) -> Enrolled:
    """Enrol, or wait when it is full and the command says so.

    The same people twice change nothing: they are sent the link to what stands.

    Raises:
        InvalidInput: everything that is wrong with the order.
        NotFound: ``course``.
        Conflict: ``course_is_…``: it takes nobody any more.
        CapacityExceeded: ``course_full``: `free` places, and how many wait.
    """
    course = get_course(session, command.course)
    refuse_closed(course, now)
    workplace = _check(session, command, course)
    standing = find_standing(session, course.code, _who(command, course))
    if standing is not None:
        send_again(session, standing, course, settings=settings, now=now)
        return Enrolled(standing, is_new=False)
    return _store(session, command, course, workplace, settings=settings, by=by, now=now)


def withdraw_enrolment(
    session: Session, command: EnrolmentCommand, *, settings: Settings, by: str, now: datetime
) -> EnrolmentRow:
    """Give the place or the turn up; the place goes to whoever waits longest and fits.

    Raises:
        Conflict: ``enrolment_is_…``, ``enrolment_completed``, ``course_is_over``.
    """
    row = _load(session, command, now=now)
    course = get_course(session, row.run)
    _refuse_move(row, EnrolmentState.WITHDRAWN)
    if row.completion is not None:
        raise Conflict("enrolment_completed")
    if course.is_over(now):
        raise Conflict("course_is_over")
    gone = change_row(session, row, state=EnrolmentState.WITHDRAWN, offer_expires_at=None)
    note(session, gone, "withdraw_enrolment", by=by, now=now)
    send_letter(session, CourseLetter.WITHDRAWN, gone, course, settings=settings, now=now)
    if row.is_kept:
        release(session, owner_of(row.id))
        offer_places(session, row.run, settings=settings, now=now)
    return gone


def accept_offer(
    session: Session, command: EnrolmentCommand, *, settings: Settings, by: str, now: datetime
) -> EnrolmentRow:
    """Take the place that is kept.

    Raises:
        Conflict: ``enrolment_is_lapsed``: the offer has ended; or another state.
    """
    row = _load(session, command, now=now)
    if row.state is EnrolmentState.ENROLLED:
        return row
    _refuse_move(row, EnrolmentState.ENROLLED)
    course = get_course(session, row.run)
    taken = change_row(session, row, state=EnrolmentState.ENROLLED, offer_expires_at=None)
    keep(session, owner_of(row.id), None)
    note(session, taken, "accept_offer", by=by, now=now)
    send_letter(session, CourseLetter.ENROLLED, taken, course, settings=settings, now=now)
    return taken


def refuse_closed(course: CourseRow, now: datetime) -> None:
    """Refuse to enrol in a course that takes nobody any more.

    Raises:
        NotFound: ``course``: it is not published.
        Conflict: ``course_is_cancelled``, ``course_is_over``, ``course_has_begun``,
            ``course_is_closed``.
    """
    if course.published_at is None:
        raise NotFound("course")
    if course.is_open(now):
        return
    if course.is_cancelled:
        raise Conflict("course_is_cancelled")
    if course.is_over(now):
        raise Conflict("course_is_over")
    if course.start is not None and course.start <= now:
        raise Conflict("course_has_begun")
    raise Conflict("course_is_closed")


def _check(session: Session, command: Enrol, course: CourseRow) -> str:
    """The name of the workplace, when nothing is wrong."""
    errors: list[FieldError] = []
    workplace = command.workplace
    if command.school:
        school = find_school(session, command.school)
        if school is None or not school.active:
            errors.append(FieldError("school", "school_unknown"))
        else:
            workplace = school.name
    if course.audience is CourseAudience.CLASSES:
        if not command.school and not errors:
            errors.append(FieldError("school", "school_unknown"))
        grades = course.activity.grades
        errors += check_class(
            grade=command.grade, pupils=command.pupils, grades=grades, capacity=course.capacity
        )
    elif not workplace and not errors:
        errors.append(FieldError("workplace", "missing"))
    if errors:
        raise InvalidInput(errors)
    return workplace


def _who(command: Enrol, course: CourseRow) -> str:
    """What makes two enrolments the same people."""
    if course.audience is CourseAudience.EDUCATORS:
        return fold(command.email)
    return f"{command.school}/{command.grade}/{fold(command.email)}"


def _store(  # noqa: PLR0913 - what enrol hands on, once it is checked
    session: Session,
    command: Enrol,
    course: CourseRow,
    workplace: str,
    *,
    settings: Settings,
    by: str,
    now: datetime,
) -> Enrolled:
    enrolment_id = new_id(now)
    seats = command.pupils if course.audience is CourseAudience.CLASSES else 1
    # Capacity before rows: whoever comes too late has waited for nothing but the cell.
    has_place = take_seats(session, course, enrolment_id, seats, expires_at=None, now=now)
    if not has_place and not command.wait:
        raise CapacityExceeded("course_full", free=course.free, waiting=course.waiting)
    state = EnrolmentState.ENROLLED if has_place else EnrolmentState.WAITING
    values = {
        "id": enrolment_id,
        "reference": new_reference(REFERENCE_PREFIX),
        "run": course.code,
        "state": state,
        "version": 1,
        "who": _who(command, course),
        "name": command.name,
        "email": command.email,
        "phone": command.phone,
        "school": command.school or None,
        "workplace": workplace,
        "grade": command.grade if course.audience is CourseAudience.CLASSES else None,
        "seats": seats,
        "page_language": command.page_language,
        "owner_person": command.owner_person,
        "waiting_since": None if has_place else now,
        "offer_expires_at": None,
        "created_at": now,
        "erased_at": None,
    }
    inserted = insert_for(session, Enrolment).values(values).on_conflict_do_nothing()
    if session.scalar(inserted.returning(Enrolment.id)) is None:
        # The same form from two tabs at once: the other one stands.
        release(session, owner_of(enrolment_id))
        standing = find_standing(session, course.code, _who(command, course))
        assert standing is not None
        return Enrolled(standing, is_new=False)
    row = get_enrolment_by_id(session, enrolment_id)
    note(session, row, "enrol", by=by, now=now)
    letter = CourseLetter.ENROLLED if has_place else CourseLetter.WAITING
    send_letter(session, letter, row, course, settings=settings, now=now)
    return Enrolled(row, is_new=True)


def _load(session: Session, command: EnrolmentCommand, *, now: datetime) -> EnrolmentRow:
    row = get_enrolment(session, command.reference).seen_at(now)
    if command.version is not None and command.version != row.version:
        raise Conflict("enrolment_changed", state=row.state.value, version=row.version)
    return row


def _refuse_move(row: EnrolmentRow, after: EnrolmentState) -> None:
    if not may_move(row.state, after):
        raise Conflict(f"enrolment_is_{row.state.value}", state=row.state.value)
