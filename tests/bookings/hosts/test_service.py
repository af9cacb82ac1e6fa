"""A host hears once what is new in a near day, in waking hours, with the calendar's entries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from bookings.courses.service import (
    CancelSession,
    MoveSession,
    NewSession,
    cancel_session,
    move_session,
)
from bookings.hosts.models import HostDay
from bookings.hosts.service import list_course_events, sweep_host_days
from bookings.resources.queries import get_host
from bookings.resources.service import load_hosts
from bookings.visits.queries import VisitRow
from bookings.visits.service import VisitCommand, cancel_visit, confirm_visit
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.courses import STARTS, given_centre, given_course
from tests.factories.days import DAY, given_centre_of_days, given_day_visit
from vizium.db.session import Database, Session
from vizium.kernel.clock import from_wall
from vizium.mail.service import MailRow, list_mails
from vizium.settings import Settings, load

ON_ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MONDAY = from_wall(DAY - timedelta(days=1), time(10))
SETTLED = timedelta(minutes=12)


@dataclass(slots=True)
class Floor:
    """A small centre whose hosts have an address each, and a class that may come on `DAY`."""

    database: Database
    settings: Settings
    visit: VisitRow

    def sweep(self, now: datetime) -> int:
        with self.database.transaction() as session:
            return sweep_host_days(session, settings=self.settings, now=now)

    def confirm(self, now: datetime = MONDAY) -> None:
        self._act(confirm_visit, now)

    def cancel(self, now: datetime) -> None:
        self._act(cancel_visit, now)

    def mails(self) -> list[MailRow]:
        """The letters to hosts, the oldest first."""
        with self.database.reading() as session:
            mails = list_mails(session)
        return [mail for mail in reversed(mails) if mail.recipient.startswith("h-")]

    def _act(self, act: Callable[..., VisitRow], now: datetime) -> None:
        orders: dict[str, Any] = {"transport": RememberingDesk(), "settings": self.settings}
        with self.database.transaction() as session:
            act(session, VisitCommand(self.visit.reference), by="test", now=now, **orders)


@pytest.fixture
def floor(database: Database, tmp_path: Path) -> Floor:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with database.transaction() as session:
        given_centre_of_days(session, now=MONDAY)
        for code in ("h-01", "h-02"):
            _give_address(session, code)
        visit = given_day_visit(session, now=MONDAY)
    return Floor(database, settings, visit)


def _give_address(session: Session, code: str) -> None:
    load_hosts(session, [replace(get_host(session, code), email=f"{code}@vizium.example")])


def test_host_hears_once_of_what_was_added_and_of_what_is_gone(floor: Floor) -> None:
    before = floor.sweep(MONDAY)
    floor.confirm()

    added = [floor.sweep(MONDAY + after) for after in (timedelta(minutes=1), SETTLED, 2 * SETTLED)]
    floor.cancel(MONDAY + timedelta(hours=1))
    gone = [floor.sweep(MONDAY + timedelta(hours=1) + after) for after in (SETTLED, 3 * SETTLED)]

    assert (before, added, gone) == (0, [0, 1, 0], [0, 1])
    first, second = floor.mails()
    assert first.subject == "Mainījusies jūsu darba diena: otrdien, 2027. gada 16. martā"
    assert "Jauns: " in first.text
    assert floor.visit.school_name in first.text
    assert "/lv/calendar/host/h-0" in first.text
    assert "Vairs nav: " in second.text
    assert "Šajā dienā jums vairs nav nevienas grupas." in second.text
    stood, struck = _event(first), _event(second)
    assert (stood["STATUS"], struck["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert stood["UID"] == struck["UID"]
    assert stood["UID"].startswith(floor.visit.reference)
    assert struck["SEQUENCE"] > stood["SEQUENCE"]


@ON_ONE_DATABASE
def test_change_that_was_taken_back_is_not_written(floor: Floor) -> None:
    floor.sweep(MONDAY)
    floor.confirm()
    floor.sweep(MONDAY + timedelta(minutes=2))
    floor.cancel(MONDAY + timedelta(minutes=3))

    assert [floor.sweep(MONDAY + n * SETTLED) for n in (1, 2, 3)] == [0, 0, 0]


@ON_ONE_DATABASE
def test_night_keeps_a_letter_until_the_morning(floor: Floor) -> None:
    floor.sweep(MONDAY)
    evening = from_wall(DAY - timedelta(days=1), time(21))
    floor.confirm(evening - timedelta(hours=11) + timedelta(minutes=5))

    at_night = [floor.sweep(evening), floor.sweep(evening + timedelta(hours=1))]
    in_the_morning = floor.sweep(from_wall(DAY, time(7, 1)))

    assert (at_night, in_the_morning) == ([0, 0], 1)


@ON_ONE_DATABASE
def test_what_begins_soon_is_written_at_once(floor: Floor) -> None:
    floor.confirm()
    starts = min(stop.start for stop in floor.visit.stops if stop.host_code)
    early = starts - timedelta(hours=1)
    floor.sweep(early)
    floor.cancel(early)

    assert floor.sweep(early) == 1


@ON_ONE_DATABASE
def test_day_far_away_is_left_to_the_calendar_and_a_day_that_is_over_forgotten(
    floor: Floor,
) -> None:
    far = MONDAY - timedelta(days=6)
    floor.sweep(far)
    floor.confirm()

    # It comes near with the class in it: the calendar has shown that all along.
    near = [floor.sweep(MONDAY - timedelta(days=1)), floor.sweep(MONDAY)]
    floor.sweep(MONDAY + timedelta(days=2))

    assert near == [0, 0]
    with floor.database.reading() as session:
        assert session.get(HostDay, ("h-01", DAY)) is None


@ON_ONE_DATABASE
def test_host_without_an_address_is_not_written_to(floor: Floor) -> None:
    with floor.database.transaction() as session:
        for code in ("h-01", "h-02"):
            load_hosts(session, [replace(get_host(session, code), email="")])
    floor.sweep(MONDAY)
    floor.confirm()

    assert floor.sweep(MONDAY + SETTLED) == 0


@ON_ONE_DATABASE
def test_calendar_of_a_host_has_courses_too_and_moves_with_them(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    orders: dict[str, Any] = {"settings": settings, "by": "test", "now": now}
    days = (STARTS[0].date(), STARTS[0].date() + timedelta(days=1))
    with database.transaction() as session:
        given_centre(session, now=now)
        course = given_course(session, now=now)
        one = course.sessions[0]
        before = [
            list_course_events(session, code, days, "lv") for code in ("h-01", "room-a", "h-02")
        ]
        to = NewSession(one.start + timedelta(days=1), one.end + timedelta(days=1), (), "h-01")
        move_session(session, MoveSession(course.code, one.id, to), **orders)
        after = list_course_events(session, "h-01", days, "lv")

    assert [len(events) for events in before] == [1, 1, 0]
    assert before[0][0].summary == "Sensori stundā: 0"
    assert [event.uid for event in after] == [before[0][0].uid]
    assert (after[0].start, after[0].sequence) == (to.start, 1)


@ON_ONE_DATABASE
def test_host_hears_of_a_course_that_is_cancelled(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    near = STARTS[0] - timedelta(hours=6)
    with database.transaction() as session:
        given_centre(session, now=now)
        _give_address(session, "h-01")
        course = given_course(session, now=now)
        sweep_host_days(session, settings=settings, now=near)
        command = CancelSession(course.code, course.sessions[0].id, "Slimība")
        cancel_session(session, command, settings=settings, by="test", now=near)
        sweep_host_days(session, settings=settings, now=near)
        written = sweep_host_days(session, settings=settings, now=near + SETTLED)
        mail = list_mails(session, recipient="h-01@vizium.example")[0]

    assert written == 1
    assert f"Vairs nav: 15.30–17.00 Sensori stundā, Nodarbību telpa A: {course.code}" in mail.text


def _event(mail: MailRow) -> Any:
    assert mail.calendar is not None
    return Calendar.from_ical(mail.calendar).walk("VEVENT")[0]
