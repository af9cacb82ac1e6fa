"""64 educators over the last 24 places: exactly what fits, and what happens without the guard."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select, update

from bookings.courses.queries import get_course, list_enrolments
from bookings.courses.queries.runs import seats_of
from bookings.courses.rules import KEEPING, OFFER_KEPT, EnrolmentState
from bookings.courses.service import EnrolmentCommand, sweep_lapsed_offer, withdraw_enrolment
from bookings.resources.models import Cell
from bookings.resources.service import check_cells
from tests.factories.courses import given_centre, given_course, given_enrolment
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict
from vizium.settings import Settings

pytestmark = pytest.mark.race
_THREADS = 64
_PLACES = 24


@pytest.fixture
def course(database: Database, now: datetime) -> str:
    with database.transaction() as session:
        given_centre(session, now=now)
        return given_course(session, now=now, capacity=_PLACES).code


def _at_once(act: Callable[[int], str]) -> Counter[str]:
    """Run an act in 64 threads that start together, and count what each answered."""
    gate = threading.Barrier(_THREADS)

    def run(number: int) -> str:
        gate.wait()
        try:
            return act(number)
        except (CapacityExceeded, Conflict) as error:
            return error.code

    with ThreadPoolExecutor(_THREADS) as threads:
        return Counter(threads.map(run, range(_THREADS)))


def test_last_places_go_to_exactly_as_many_and_the_others_wait(
    database: Database, course: str, settings: Settings, now: datetime
) -> None:
    def enrol(number: int) -> str:
        with database.transaction() as session:
            row = given_enrolment(
                session,
                course,
                f"P{number}",
                settings=settings,
                now=now,
                # Every other one takes a turn.
                wait=bool(number % 2),
            )
        return row.state.value

    answers = _at_once(enrol)

    assert answers["enrolled"] == _PLACES
    assert answers["waiting"] + answers["course_full"] == _THREADS - _PLACES
    with database.reading() as session:
        rows = list_enrolments(session, course, states=frozenset({EnrolmentState.ENROLLED}))
        assert (get_course(session, course).used, len(rows)) == (_PLACES, _PLACES)
        assert check_cells(session) == []


def test_same_person_from_many_tabs_stands_once(
    database: Database, course: str, settings: Settings, now: datetime
) -> None:
    def enrol(_: int) -> str:
        with database.transaction() as session:
            return given_enrolment(session, course, settings=settings, now=now).reference

    answers = _at_once(enrol)

    assert len(answers) == 1
    with database.reading() as session:
        assert get_course(session, course).used == 1
        assert check_cells(session) == []


def test_withdrawing_enrolling_and_lapsing_at_once_leave_cells_equal_to_allocations(
    database: Database, course: str, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        standing = [
            given_enrolment(session, course, f"S{number}", settings=settings, now=now, wait=True)
            for number in range(2 * _PLACES)
        ]

    def act(number: int) -> str:
        with database.transaction() as session:
            if number % 3 == 0:
                late = now + OFFER_KEPT
                return str(sweep_lapsed_offer(session, settings=settings, now=late))
            if number % 3 == 1:
                name = f"N{number}"
                given_enrolment(session, course, name, settings=settings, now=now, wait=True)
                return "enrolled"
            # Every other one of those who stand, with a place or a turn.
            command = EnrolmentCommand(standing[number // 3 * 2].reference)
            withdraw_enrolment(session, command, settings=settings, by="test", now=now)
            return "withdrawn"

    answers = _at_once(act)

    # Who was offered a place that lapsed meanwhile is told so; nothing else is refused.
    assert answers["enrolled"] == 21
    told = ("withdrawn", "enrolment_is_lapsed", "enrolment_changed")
    assert sum(answers[word] for word in told) == 21
    assert answers["withdrawn"] > 0
    with database.reading() as session:
        kept = list_enrolments(session, course, states=KEEPING)
        assert sum(row.seats for row in kept) == get_course(session, course).used <= _PLACES
        assert check_cells(session) == []


def test_without_the_guard_the_same_threads_oversell(
    database: Database, course: str, settings: Settings, now: datetime
) -> None:
    """The negative control: read the free places, then write, as a naive list does."""
    seats = Cell.resource == seats_of(course)
    with database.transaction() as session:
        given_enrolment(session, course, settings=settings, now=now)
    read = threading.Barrier(_THREADS)

    def enrol(_: int) -> str:
        with database.reading() as session:
            used, capacity = session.execute(select(Cell.used, Cell.capacity).where(seats)).one()
        read.wait()
        if used >= capacity:
            return "full"
        with database.transaction() as session:
            session.execute(update(Cell).where(seats).values(used=used + 1))
        return "enrolled"

    answers = _at_once(enrol)

    assert answers["enrolled"] > _PLACES - 1
