"""How many people courses reached in a period, for statistics."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.courses.models import (
    Completion,
    CourseAttendance,
    CourseRun,
    CourseSession,
    Enrolment,
    Revocation,
)
from bookings.courses.rules import CourseAudience, EnrolmentState


@dataclass(frozen=True, slots=True)
class CourseCounts:
    """Courses that had a session in a period; people are educators, or pupils of classes.

    `attended` counts each of them once, by the fullest session; `completed` by the completions of
    these courses, whenever they were confirmed, without those that were revoked.
    """

    audience: CourseAudience
    courses: int
    enrolled: int
    attended: int
    completed: int


def course_counts(session: Session, first_day: date, last_day: date) -> tuple[CourseCounts, ...]:
    """Enrolled, attended and completed, for educators and for classes; both days included."""
    return tuple(_count(session, audience, first_day, last_day) for audience in CourseAudience)


def _count(
    session: Session, audience: CourseAudience, first_day: date, last_day: date
) -> CourseCounts:
    runs = (
        select(CourseRun.code)
        .join(CourseSession, CourseSession.run == CourseRun.code)
        .where(
            CourseRun.audience == audience,
            CourseSession.cancelled_at.is_(None),
            CourseSession.local_date.between(first_day, last_day),
        )
        .distinct()
    )
    of_runs = Enrolment.run.in_(runs)
    enrolled = select(func.sum(Enrolment.seats)).where(
        of_runs, Enrolment.state == EnrolmentState.ENROLLED
    )
    fullest = (
        select(func.max(CourseAttendance.present + CourseAttendance.extra).label("present"))
        .join(Enrolment, Enrolment.id == CourseAttendance.enrolment)
        .where(of_runs)
        .group_by(CourseAttendance.enrolment)
        .subquery()
    )
    completed = (
        select(func.sum(Completion.people))
        .join(Enrolment, Enrolment.id == Completion.enrolment)
        .where(of_runs, Completion.id.not_in(select(Revocation.completion)))
    )
    return CourseCounts(
        audience=audience,
        courses=session.scalar(select(func.count()).select_from(runs.subquery())) or 0,
        enrolled=session.scalar(enrolled) or 0,
        attended=session.scalar(select(func.sum(fullest.c.present))) or 0,
        completed=session.scalar(completed) or 0,
    )
