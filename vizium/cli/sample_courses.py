"""The sample centre's courses: their days are counted from the day of loading, as the timetable's.

A session is named by week and weekday from then on; on a day that is closed it moves a week on, and
so do the ones after it. In a year that the opening hours do not reach a course has no session and
is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.courses.queries import CourseWish, list_courses
from bookings.courses.rules import CompletionMeasure, CompletionRule
from bookings.courses.service import CreateCourse, NewSession, create_course, publish_course
from bookings.resources.queries import opening
from vizium.cli.sample_cells import Cells
from vizium.db.session import Session
from vizium.kernel.clock import from_wall, local_date

_WEEK = timedelta(days=7)
# Longer than any row of closed weeks.
_WEEKS_MOST = 12


@dataclass(frozen=True, slots=True)
class DatedSession:
    """A row of ``course_sessions.csv``; week 0 is the week of loading, weekday 1 is Monday."""

    week: int
    weekday: int
    start: time
    minutes: int
    rooms: tuple[str, ...]
    host: str | None


def dated_session(cells: Cells) -> DatedSession:
    """A session as its row says it."""
    return DatedSession(
        week=cells.whole("week"),
        weekday=cells.whole("weekday"),
        start=cells.read("start", time.fromisoformat, "a time such as 15:30"),
        minutes=cells.whole("minutes"),
        rooms=cells.items("room"),
        host=cells.text("host") or None,
    )


def load_course(
    session: Session, cells: Cells, dated: Sequence[DatedSession], *, now: datetime
) -> int:
    """Make and publish a course with its sessions, unless it stands.

    Returns:
        How many sessions it has now that it had not before.
    """
    code = cells.text("code")
    if code in {row.code for row in list_courses(session, CourseWish())}:
        return 0
    sessions = _place(session, dated, today=local_date(now))
    if not sessions:
        return 0
    share_bp = cells.whole("share_percent") * 100
    measure = cells.read("measure", CompletionMeasure, "sessions or hours")
    command = CreateCourse(
        activity=cells.text("activity"),
        language=cells.text("language"),
        capacity=cells.whole("capacity"),
        hours=cells.whole("hours"),
        price_cents=cells.whole("price_cents"),
        rule=CompletionRule(measure, share_bp),
        sessions=tuple(sessions),
        code=code,
    )
    create_course(session, command, by="system", now=now)
    publish_course(session, code, by="system", now=now)
    return len(sessions)


def _place(session: Session, dated: Sequence[DatedSession], *, today: date) -> list[NewSession]:
    monday = today - timedelta(days=today.isoweekday() - 1)
    placed: list[NewSession] = []
    last = today
    for one in dated:
        day = monday + one.week * _WEEK + timedelta(days=one.weekday - 1)
        days = (day + number * _WEEK for number in range(_WEEKS_MOST))
        found = next((each for each in days if each > last and opening(session, each)), None)
        if found is not None:
            start = from_wall(found, one.start)
            end = start + timedelta(minutes=one.minutes)
            placed.append(NewSession(start, end, one.rooms, one.host))
            last = found
    return placed
