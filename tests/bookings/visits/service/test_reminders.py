"""Letters that time brings: in their window, outside quiet hours, once, also after a crash."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from bookings.visits.queries import get_visit
from bookings.visits.service import VisitCommand, cancel_visit, record_arrival, sweep_days
from bookings.visits.service.door import RecordArrival
from bookings.visits.service.holds import sweep_expired_hold
from bookings.visits.service.life import RequestVisit, approve_visit, request_visit
from bookings.visits.service.reminders import sweep_letters
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.visits import DAY, given_visit
from tests.fakes.smtp import smtp_server
from vizium.db.session import Database
from vizium.jobs.service import LEASE
from vizium.jobs.worker import Worker
from vizium.kernel.clock import from_wall
from vizium.mail.jobs import deliver_mail
from vizium.mail.service import DELIVER, list_mails
from vizium.settings import Settings

# What a worker does that is killed after it has claimed the delivery of a letter.
_SWEEP = """
import os, sys
from datetime import datetime
from pathlib import Path
from bookings.visits.service.reminders import sweep_letters
from vizium.db.session import Database
from vizium.jobs.worker import Worker
from vizium.settings import load

url, folder, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
database = Database(url)
with database.transaction() as session:
    sweep_letters(session, settings=load({"VIZIUM_DATA_DIR": folder}), now=now)
if sys.argv[4] == "dies":
    Worker(database, {"mail.deliver": lambda args, at: os._exit(9)}, [], lambda: now).run_next()
"""


def _at(days_before: int, hour: int = 9) -> datetime:
    return from_wall(DAY - timedelta(days=days_before), datetime.min.time().replace(hour=hour))


def _sweep(database: Database, settings: Settings, now: datetime) -> int:
    with database.transaction() as session:
        return sweep_letters(session, settings=settings, now=now)


def _subjects(database: Database) -> list[str]:
    with database.reading() as session:
        return [mail.subject.partition(":")[0] for mail in reversed(list_mails(session))]


def test_reminders_are_written_at_their_marks_and_only_once(
    database: Database, confirmed: VisitCommand, settings: Settings
) -> None:
    days = [30, 8, 7, 7, 6, 3, 2, 1, 0]
    written = [_sweep(database, settings, _at(days_before)) for days_before in days]

    # Two days before is a Sunday, on which nobody is written to.
    assert written == [0, 0, 1, 0, 0, 0, 0, 1, 0]
    assert _subjects(database)[1:] == ["Pēc 7 dienām", "Rīt"]
    with database.reading() as session:
        mail = list_mails(session)[0]
        visit = get_visit(session, confirmed.reference)
    assert mail.calendar is not None
    event = Calendar.from_ical(mail.calendar).walk("VEVENT")[0]
    assert event["UID"] == f"{visit.reference}@vizium"
    assert event["SEQUENCE"] == visit.version


def test_nobody_is_reminded_at_night_nor_of_a_cancelled_visit(
    database: Database, confirmed: VisitCommand, settings: Settings, orders: dict[str, Any]
) -> None:
    at_night = _sweep(database, settings, _at(7, hour=21))
    with database.transaction() as session:
        cancel_visit(session, confirmed, **orders)

    assert at_night == 0
    assert _sweep(database, settings, _at(7)) == 0


def test_class_that_came_is_thanked_the_day_after_once(
    database: Database, confirmed: VisitCommand, settings: Settings, desk: RememberingDesk
) -> None:
    arrived, evening = _at(0, hour=10), _at(0, hour=18)
    with database.transaction() as session:
        order = RecordArrival(confirmed.reference, 20, 2, arrived, "nonce-of-the-door")
        record_arrival(session, order, transport=desk, by="test", now=arrived)
        sweep_days(session, transport=desk, now=evening)

    written = [_sweep(database, settings, _at(days)) for days in (0, -1, -1, -2, -9)]

    assert written == [0, 1, 0, 0, 0]
    with database.reading() as session:
        mail = list_mails(session)[0]
    assert mail.subject.startswith("Paldies, ka ")
    assert "/programmes/T-07/materials" in mail.text
    assert "/claim" in mail.text


@pytest.fixture
def asked(database: Database, session_id: str, settings: Settings, now: datetime) -> VisitCommand:
    """A visit that waits for the head."""
    with database.transaction() as session:
        held = given_visit(session, session_id, now=now)
        order = RequestVisit(held.reference, None, "direktore@example.lv")
        request_visit(session, order, settings=settings, by="test", now=now)
    return VisitCommand(held.reference)


@pytest.mark.usefixtures("asked")
def test_head_is_asked_again_before_the_end_and_the_teacher_hears_of_it(
    database: Database, settings: Settings, now: datetime
) -> None:
    # The head has two weeks, and is asked again three days before they are over.
    waits = [_sweep(database, settings, now + timedelta(days=days)) for days in (10, 12, 12)]
    over = now + timedelta(days=14, hours=1)
    with database.transaction() as session:
        sweep_expired_hold(session, now=over)

    ended = [_sweep(database, settings, over), _sweep(database, settings, over)]

    assert (waits, ended) == ([0, 1, 0], [1, 0])
    with database.reading() as session:
        mails = list(reversed(list_mails(session)))
    assert [mail.recipient for mail in mails] == [
        "direktore@example.lv",
        "anna@example.lv",
        "direktore@example.lv",
        "anna@example.lv",
    ]
    assert mails[-1].subject.startswith("Saskaņošanas laiks beidzies: ")


def test_approved_visit_is_written_of_once_and_not_asked_again(
    database: Database, asked: VisitCommand, settings: Settings, orders: dict[str, Any]
) -> None:
    for _ in range(2):
        with database.transaction() as session:
            approve_visit(session, asked, **orders)

    assert _sweep(database, settings, orders["now"] + timedelta(days=12)) == 0
    assert _subjects(database)[2:] == ["Skolas vadība apmeklējumu saskaņojusi"]


@pytest.fixture
def sweep_elsewhere(
    database: Database, tmp_path: Path, confirmed: VisitCommand
) -> Callable[[str], subprocess.Popen[bytes]]:
    """Starts a process that sweeps a week before the visit, and maybe dies over a letter."""
    _ = confirmed

    def start(fate: str) -> subprocess.Popen[bytes]:
        words = [database.url, str(tmp_path / "data"), _at(7).isoformat(), fate]
        return subprocess.Popen([sys.executable, "-c", _SWEEP, *words])

    return start


def test_two_processes_that_sweep_and_die_over_the_letter_send_it_once(
    database: Database,
    settings: Settings,
    sweep_elsewhere: Callable[[str], subprocess.Popen[bytes]],
) -> None:
    both = [sweep_elsewhere("dies"), sweep_elsewhere("lives")]
    codes = [process.wait() for process in both]

    later = _at(7) + LEASE + timedelta(seconds=1)
    with smtp_server() as server:
        able = replace(settings, smtp_url=server.url)
        deliver = partial(deliver_mail, database, able)
        worker = Worker(database, {DELIVER: deliver}, [], lambda: later)
        _sweep(database, settings, later)
        while worker.run_next():
            pass
    reminders = [letter for _, _, letter in server.letters if b"text/calendar" in letter]

    assert codes == [9, 0]
    # The confirmation and one reminder.
    assert len(reminders) == len(server.letters) == 2
