"""Courses in a small centre, for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bookings.courses.queries import CourseRow, EnrolmentRow
from bookings.courses.service import (
    CreateCourse,
    Enrol,
    NewSession,
    create_course,
    enrol,
    publish_course,
)
from bookings.programmes.queries import ActivityRow
from bookings.programmes.service import load_activity
from bookings.resources.queries import HostRow, RoomRow
from bookings.resources.rules import OpeningRule, Shift
from bookings.resources.service import load_hosts, load_opening_rules, load_rooms, load_shifts
from tests.factories.programmes import EDUCATORS, ROBOT, given_activity
from tests.factories.schools import given_school
from vizium.settings import Settings

SCHOOL = "3213900123"
# Four Tuesdays, 15.30-17.00 on a clock in Riga.
STARTS = tuple(datetime(2027, 2, 16, 13, 30, tzinfo=UTC) + timedelta(weeks=n) for n in range(4))
AFTER_ALL = STARTS[-1] + timedelta(hours=3)
YEARS = date(2026, 9, 1), date(2028, 8, 31)
ROOMS = (
    RoomRow("room-a", "classroom", "Nodarbību telpa A", "Classroom A", 24, None, 15),
    RoomRow("room-b", "classroom", "Nodarbību telpa B", "Classroom B", 24, None, 15),
)
HOSTS = (
    HostRow("h-01", "Jānis Algoritms", ("coding",), ("lv", "en"), 300),
    HostRow("h-02", "Dace Lāse", ("early-years",), ("lv", "ru"), 300),
    HostRow("h-03", "Ieva Orbīta", ("coding",), ("en",), 300),
)


def given_centre(session: Session, *, now: datetime) -> None:
    """Two rooms, three hosts, hours from Tuesday to Saturday, a school, two activities."""
    load_rooms(session, ROOMS)
    load_hosts(session, HOSTS)
    load_shifts(
        session,
        [
            Shift(host.code, weekday, *YEARS, time(8), time(18))
            for host in HOSTS
            for weekday in range(2, 7)
        ],
    )
    load_opening_rules(
        session,
        [OpeningRule(weekday, *YEARS, time(10), time(19), time(9)) for weekday in range(2, 7)],
    )
    given_school(session, SCHOOL, now=now)
    given_activity(session, ROBOT, position=1)
    load_activity(session, educators(), position=2, now=now)


def educators() -> ActivityRow:
    """A programme for educators with outcomes in both languages."""
    return replace(EDUCATORS, outcomes_lv=("Plāno #stundu [ar] sensoriem",), skill="coding")


def sessions(count: int = 4, *, rooms: tuple[str, ...] = ("room-a",)) -> tuple[NewSession, ...]:
    """So many of the Tuesdays' sessions."""
    ends = timedelta(minutes=90)
    return tuple(NewSession(start, start + ends, rooms, "h-01") for start in STARTS[:count])


def given_course(session: Session, *, now: datetime, **changes: Any) -> CourseRow:
    """A published course for educators with four sessions and two places."""
    values = {"activity": "E-01", "language": "lv", "capacity": 2, "sessions": sessions()}
    course = create_course(session, CreateCourse(**(values | changes)), by="test", now=now)
    return publish_course(session, course.code, by="test", now=now)


def enrol_command(code: str, name: str = "Anna", **changes: Any) -> Enrol:
    """An educator's order."""
    values: dict[str, Any] = {
        "course": code,
        "name": f"{name} Parauga",
        "email": f"{name.lower()}@example.lv",
        "school": SCHOOL,
    }
    return Enrol(**(values | changes))


def given_enrolment(
    session: Session,
    code: str,
    name: str = "Anna",
    *,
    settings: Settings,
    now: datetime,
    **changes: Any,
) -> EnrolmentRow:
    """An educator who enrolled, or waits if told so."""
    command = enrol_command(code, name, **changes)
    return enrol(session, command, settings=settings, by="test", now=now).row
