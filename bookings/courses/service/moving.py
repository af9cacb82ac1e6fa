"""Move a session to another time, other rooms or another host: all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.courses.models import CourseSession
from bookings.courses.queries import CourseRow, CourseSessionRow, get_course, get_session
from bookings.courses.service.letters import send_change
from bookings.courses.service.sessions import NewSession, check_new, note, take_for
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class MoveSession:
    """A session that will be at another time, in other rooms, or with another host."""

    course: str
    session: str
    to: NewSession


def move_session(
    session: Session, command: MoveSession, *, settings: Settings, by: str, now: datetime
) -> CourseRow:
    """Move a session, swap what it had for what it needs; who has a place is told.

    All of it or nothing: refused, it stays where it was. To where it is already changes nothing.

    Raises:
        NotFound: ``course_session``.
        Conflict: ``course_session_cancelled``, ``course_session_begun``.
        InvalidInput: as `add_session`.
    """
    before = get_session(session, command.course, command.session)
    if before.cancelled_at is not None:
        raise Conflict("course_session_cancelled")
    if before.start <= now:
        raise Conflict("course_session_begun")
    to = command.to
    if (to.start, to.end, to.rooms, to.host) == _place_of(before):
        return get_course(session, command.course)
    with session.begin_nested():
        rooms = check_new(session, command.course, to, now, without=before.id)
        take_for(session, before.id, to, rooms, now)
        _write_move(session, before, to)
    course = get_course(session, command.course)
    after = get_session(session, command.course, before.id)
    facts = {"of": before.id, "was": before.start.isoformat(), "start": after.start.isoformat()}
    note(session, command.course, "move_session", by=by, now=now, **facts)
    if course.published_at is not None:
        send_change(session, after, course, settings=settings, now=now, before=before)
    return course


def _place_of(one: CourseSessionRow) -> tuple[datetime, datetime, tuple[str, ...], str | None]:
    return one.start, one.end, one.rooms, one.host_code


def _write_move(session: Session, before: CourseSessionRow, to: NewSession) -> None:
    """Write where a session is now, if nobody moved or cancelled it meanwhile.

    Raises:
        Conflict: ``course_session_changed``.
    """
    moved = session.execute(
        update(CourseSession)
        .where(
            CourseSession.id == before.id,
            CourseSession.version == before.version,
            CourseSession.cancelled_at.is_(None),
        )
        .values(
            start=to.start,
            end=to.end,
            local_date=local_date(to.start),
            rooms=list(to.rooms),
            host=to.host,
            version=before.version + 1,
        )
        .returning(CourseSession.id)
        .execution_options(synchronize_session=False)
    )
    if moved.scalar() is None:
        raise Conflict("course_session_changed")
    session.expire_all()
