"""Date a session, cancel a session.

A session takes its rooms (with their set-up) and its host from the same capacity floor as visits
do: two things at once in one room cannot be stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bookings.courses.models import CourseSession
from bookings.courses.queries import CourseRow, get_course, get_session
from bookings.courses.rules import SESSION_MIN_MAX, SESSIONS_MAX
from bookings.courses.service.letters import send_change
from bookings.resources.queries import (
    Floor,
    HostDayRow,
    RoomRow,
    list_rooms,
    opening,
    read_floor,
)
from bookings.resources.rules import Take
from bookings.resources.service import release, swap
from vizium.db import audit
from vizium.kernel.clock import CELL, local_date, to_riga
from vizium.kernel.errors import CapacityExceeded, Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class NewSession:
    """A dated session: aware instants on the grid of 15 minutes, rooms and host by their codes."""

    start: datetime
    end: datetime
    rooms: tuple[str, ...] = ()
    host: str | None = None


@dataclass(frozen=True, slots=True)
class CancelSession:
    """A session that will not take place, and why, in words that are mailed."""

    course: str
    session: str
    reason: str = ""


def add_session(
    session: Session, code: str, new: NewSession, *, settings: Settings, by: str, now: datetime
) -> CourseRow:
    """Date one more session; who has a place already is told.

    Raises:
        InvalidInput: it is in the past, off the grid, outside hours; a room or the host is taken.
    """
    session_id = date_session(session, code, new, now=now)
    note(session, code, "add_session", by=by, now=now, of=session_id)
    course = get_course(session, code)
    if course.published_at is not None:
        added = get_session(session, code, session_id)
        send_change(session, added, course, settings=settings, now=now)
    return course


def cancel_session(
    session: Session, command: CancelSession, *, settings: Settings, by: str, now: datetime
) -> CourseRow:
    """Cancel a session, give its rooms and host back, tell everybody; once.

    Raises:
        NotFound: ``course_session``.
        Conflict: ``course_session_is_over``.
    """
    row = get_session(session, command.course, command.session)
    if row.end <= now:
        raise Conflict("course_session_is_over")
    cancelled = session.execute(
        update(CourseSession)
        .where(CourseSession.id == row.id, CourseSession.cancelled_at.is_(None))
        .values(cancelled_at=now, cancel_reason=command.reason)
        .returning(CourseSession.id)
        .execution_options(synchronize_session=False)
    )
    first = cancelled.scalar() is not None
    session.expire_all()
    course = get_course(session, command.course)
    if first:
        release(session, owner_of(row.id))
        note(session, command.course, "cancel_session", by=by, now=now, of=row.id)
        gone = get_session(session, command.course, row.id)
        send_change(session, gone, course, settings=settings, now=now)
    return course


def owner_of(session_id: str) -> str:
    """Under which name a session holds its rooms and host."""
    return f"course:{session_id}"


def date_session(session: Session, code: str, new: NewSession, *, now: datetime) -> str:
    """Check and store a session of a run; returns its id. See `add_session` for the refusals."""
    rooms = check_new(session, code, new, now)
    session_id = new_id(now)
    take_for(session, session_id, new, rooms, now)
    session.add(
        CourseSession(
            id=session_id,
            run=code,
            start=new.start,
            end=new.end,
            local_date=local_date(new.start),
            rooms=list(new.rooms),
            host=new.host,
            cancelled_at=None,
            cancel_reason="",
            version=0,
        )
    )
    session.flush()
    return session_id


def check_new(
    session: Session, code: str, new: NewSession, now: datetime, *, without: str = ""
) -> dict[str, RoomRow]:
    """Check a session that shall be; `without` is the one that it takes the place of.

    Returns:
        All rooms, keyed by code.
    """
    course = get_course(session, code)
    rooms = {room.code: room for room in list_rooms(session)}
    errors = _check_time(session, course, new, now, without=without)
    errors += _check_rooms(course, new, rooms)
    errors += _check_host(session, course, new, now, without=without)
    if errors:
        raise InvalidInput(errors)
    return rooms


def _check_time(
    session: Session, course: CourseRow, new: NewSession, now: datetime, *, without: str
) -> list[FieldError]:
    if new.start.timestamp() % CELL.total_seconds():
        return [FieldError("start", "course_off_grid")]
    if not CELL <= new.end - new.start <= timedelta(minutes=SESSION_MIN_MAX):
        return [FieldError("minutes", "out_of_bounds", {"least": 15, "most": SESSION_MIN_MAX})]
    if new.start <= now:
        return [FieldError("day", "course_day_is_past")]
    count = session.scalar(select(func.count()).where(CourseSession.run == course.code)) or 0
    if not without and count >= SESSIONS_MAX:
        return [FieldError("day", "course_too_many_sessions", {"most": SESSIONS_MAX})]
    others = [one for one in course.taught if one.id != without]
    if any(one.start < new.end and new.start < one.end for one in others):
        return [FieldError("start", "course_sessions_overlap")]
    return _check_hours(session, new)


def _check_hours(session: Session, new: NewSession) -> list[FieldError]:
    day = local_date(new.start)
    opened = opening(session, day)
    if opened is None:
        return [FieldError("day", "day_closed", {"date": day.isoformat()})]
    starts, ends = to_riga(new.start).time(), to_riga(new.end).time()
    if opened.schools_from <= starts < ends <= opened.closes:
        return []
    facts: dict[str, object] = {"opens": _wall(opened.schools_from), "closes": _wall(opened.closes)}
    return [FieldError("start", "course_outside_hours", facts)]


def _wall(at: time | datetime) -> str:
    return f"{at:%H.%M}"


def _check_rooms(course: CourseRow, new: NewSession, rooms: dict[str, RoomRow]) -> list[FieldError]:
    if any(code not in rooms for code in new.rooms) or len(set(new.rooms)) != len(new.rooms):
        return [FieldError("rooms", "choose")]
    seats = sum(rooms[code].seats for code in new.rooms)
    if new.rooms and seats < course.capacity:
        facts: dict[str, object] = {"seats": seats, "capacity": course.capacity}
        return [FieldError("rooms", "course_rooms_too_small", facts)]
    return []


def _check_host(
    session: Session, course: CourseRow, new: NewSession, now: datetime, *, without: str
) -> list[FieldError]:
    if new.host is None:
        return []
    floor = read_floor(session, local_date(new.start), now=now, without=owner_of(without))
    host = next((one for one in floor.hosts if one.code == new.host), None)
    if host is None:
        return [FieldError("host", "choose")]
    wrong = _host_wrong(host, course, new)
    return [FieldError("host", wrong, {"host": host.name})] if wrong else []


def _host_wrong(host: HostDayRow, course: CourseRow, new: NewSession) -> str | None:
    """Why this host cannot teach this session, or None."""
    skill = course.activity.skill
    if skill and skill not in host.skills:
        return "course_host_lacks_skill"
    if course.language not in host.languages:
        return "course_host_lacks_language"
    if not any(start <= new.start and new.end <= end for start, end in host.windows):
        return "course_host_off_shift"
    if timedelta(minutes=host.minutes_left) < new.end - new.start:
        return "course_host_overworked"
    return None


def take_for(
    session: Session, session_id: str, new: NewSession, rooms: dict[str, RoomRow], now: datetime
) -> None:
    """Take rooms from their set-up on, and the host, in place of what the session has.

    One swap, so that cells are locked in the order of all takers; who is taken is said in words.

    Raises:
        InvalidInput: ``course_room_taken`` or ``course_host_taken``.
    """

    def set_up(code: str) -> timedelta:
        # Set-up in whole cells.
        return -(timedelta(minutes=-rooms[code].setup_min) // CELL) * CELL

    takes = [Take(code, new.start - set_up(code), new.end, 1) for code in new.rooms]
    if new.host is not None:
        takes.append(Take(new.host, new.start, new.end, 1))
    try:
        with session.begin_nested():
            swap(session, owner_of(session_id), takes, expires_at=None, now=now)
    except CapacityExceeded as error:
        floor = read_floor(session, local_date(new.start), now=now, without=owner_of(session_id))
        raise InvalidInput(_taken(floor, takes, rooms)) from error


def _taken(floor: Floor, takes: Sequence[Take], rooms: Mapping[str, RoomRow]) -> list[FieldError]:
    """Every room and host of a refused take that is taken, and from when."""
    errors = []
    for one in takes:
        cells = floor.taken.get(one.resource, ())
        inside = (cell for cell in cells if one.start <= cell.start < one.end)
        full = [cell.start for cell in inside if cell.amount >= cell.capacity]
        if full:
            is_room = one.resource in rooms
            code = "course_room_taken" if is_room else "course_host_taken"
            facts: dict[str, object] = {"resource": one.resource, "at": _wall(to_riga(full[0]))}
            errors.append(FieldError("rooms" if is_room else "host", code, facts))
    # Given back in this very moment: asked again it may be free.
    return errors or [FieldError("start", "course_session_clash")]


def note(
    session: Session, code: str, action: str, *, by: str, now: datetime, **facts: object
) -> None:
    """Write an act on a run into the audit trail."""
    audit.record(
        session, by=by, action=f"courses.{action}", subject=f"course:{code}", facts=facts, now=now
    )
