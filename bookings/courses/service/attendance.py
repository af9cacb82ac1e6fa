"""Who was present at a session, and who completed the course.

Attendance is what the host says and may be put right; a completion is a fact that stays. It follows
from the run's rule, and a person of the centre confirms it by name.

Of a class more may come than were enrolled. That is a fact like any head count at the door: it is
kept beside the enrolled, and nobody beside them completes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bookings.courses.models import Completion, CourseAttendance
from bookings.courses.queries import (
    CourseRow,
    EnrolmentRow,
    get_course,
    get_enrolment_by_id,
    get_session,
    list_enrolments,
)
from bookings.courses.rules import CAPACITY_MAX, EnrolmentState, Standing, measure_standing
from bookings.courses.service.letters import CourseLetter, send_letter
from vizium.auth.rules import Person
from vizium.db import audit
from vizium.db.inserts import insert_for
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id, new_reference
from vizium.settings import Settings

NUMBER_PREFIX = "AP"
# Hosts tick people in while they arrive.
_BEFORE_START = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RecordAttendance:
    """How many of each enrolment were present, keyed by reference."""

    course: str
    session: str
    present: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ConfirmCompletions:
    """Who completed, by reference."""

    course: str
    references: tuple[str, ...]


def record_attendance(
    session: Session, command: RecordAttendance, *, by: str, now: datetime
) -> list[EnrolmentRow]:
    """Write down who was present; the same again replaces what was written.

    Returns:
        The enrolments of the course that have a place.

    Raises:
        NotFound: ``course``, ``course_session``.
        Conflict: ``course_session_cancelled``, ``course_session_not_begun``.
        InvalidInput: somebody is not enrolled here, or a count cannot be.
    """
    one = get_session(session, command.course, command.session)
    if one.cancelled_at is not None:
        raise Conflict("course_session_cancelled")
    if now < one.start - _BEFORE_START:
        raise Conflict("course_session_not_begun")
    rows = _enrolled(session, command.course)
    errors = _check(rows, command.present)
    if errors:
        raise InvalidInput(errors)
    for reference, count in sorted(command.present.items()):
        values = {
            "session": one.id,
            "enrolment": rows[reference].id,
            "present": min(count, rows[reference].seats),
            "extra": max(count - rows[reference].seats, 0),
            "recorded_at": now,
            "recorded_by": by,
        }
        session.execute(
            insert_for(session, CourseAttendance)
            .values(values)
            .on_conflict_do_update(index_elements=["session", "enrolment"], set_=values)
        )
    facts = {"session": one.id, "present": sum(command.present.values())}
    subject = f"course:{command.course}"
    action = "courses.record_attendance"
    audit.record(session, by=by, action=action, subject=subject, facts=facts, now=now)
    return list(_enrolled(session, command.course).values())


def standings(course: CourseRow, rows: list[EnrolmentRow]) -> dict[str, Standing]:
    """How far each enrolment has come, keyed by reference."""
    sessions = course.to_measure()
    return {row.reference: measure_standing(course.rule, sessions, row.present) for row in rows}


def confirm_completions(
    session: Session,
    command: ConfirmCompletions,
    *,
    settings: Settings,
    by: Person,
    now: datetime,
) -> list[EnrolmentRow]:
    """Confirm who completed; each gets a number, and a letter, once.

    Raises:
        Conflict: ``course_not_over``; ``completion_rule_unmet`` with who lacks how much.
        InvalidInput: somebody is not enrolled here.
    """
    course = get_course(session, command.course)
    if not course.is_over(now):
        raise Conflict("course_not_over")
    rows = _enrolled(session, command.course)
    errors = _check(rows, dict.fromkeys(command.references, 0))
    if errors:
        raise InvalidInput(errors)
    reached = standings(course, list(rows.values()))
    for reference in command.references:
        if not reached[reference].is_fulfilled:
            far = reached[reference]
            facts = {"attended": far.attended, "needed": far.needed}
            raise Conflict("completion_rule_unmet", name=rows[reference].name, **facts)
    for reference in dict.fromkeys(command.references):
        people = reached[reference].people
        _complete(session, rows[reference], course, people, settings=settings, by=by, now=now)
    return [get_enrolment_by_id(session, rows[one].id) for one in command.references]


def _complete(  # noqa: PLR0913 - who, what, how many, by whom
    session: Session,
    row: EnrolmentRow,
    course: CourseRow,
    people: int,
    *,
    settings: Settings,
    by: Person,
    now: datetime,
) -> None:
    taught = course.taught
    values = {
        "id": new_id(now),
        "enrolment": row.id,
        "number": new_reference(NUMBER_PREFIX),
        "people": people,
        "hours": course.hours,
        "name": row.name,
        "title_lv": course.activity.title_lv,
        "title_en": course.activity.title_en,
        "outcomes_lv": list(course.activity.outcomes_lv),
        "outcomes_en": list(course.activity.outcomes_en),
        "first_day": taught[0].local_date,
        "last_day": taught[-1].local_date,
        "confirmed_at": now,
        "confirmed_by": by.id,
        "confirmed_name": by.name,
    }
    added = insert_for(session, Completion).values(values).on_conflict_do_nothing()
    if session.scalar(added.returning(Completion.id)) is None:
        return
    audit.record(
        session,
        by=by.id,
        action="courses.confirm_completion",
        subject=f"enrolment:{row.id}",
        facts={"number": values["number"], "people": people},
        now=now,
    )
    completed = get_enrolment_by_id(session, row.id)
    send_letter(session, CourseLetter.CERTIFICATE, completed, course, settings=settings, now=now)


def _enrolled(session: Session, code: str) -> dict[str, EnrolmentRow]:
    """Who has a place for good, keyed by reference."""
    rows = list_enrolments(session, code, states=frozenset({EnrolmentState.ENROLLED}))
    return {row.reference: row for row in rows}


def _check(rows: Mapping[str, EnrolmentRow], present: Mapping[str, int]) -> list[FieldError]:
    errors = []
    for reference, count in present.items():
        row = rows.get(reference)
        if row is None:
            errors.append(FieldError(reference[:20], "not_enrolled_here"))
            continue
        most = 1 if row.grade is None else CAPACITY_MAX
        if not 0 <= count <= most:
            facts: dict[str, object] = {"least": 0, "most": most}
            errors.append(FieldError(reference, "out_of_bounds", facts))
    return errors
