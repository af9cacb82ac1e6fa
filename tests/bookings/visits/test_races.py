"""64 threads over the last 30 places: exactly what fits, and what happens without the guard."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from bookings.resources.models import Cell
from bookings.resources.service import check_cells
from bookings.visits.models import VisitStop
from bookings.visits.queries import VisitWish, get_sessions, list_visits
from bookings.visits.service import VisitCommand, extend_hold, hold_sessions, sweep_expired_hold
from bookings.visits.service.store import write_stops
from bookings.visits.service.timetable import SessionCommand, cancel_session, list_classes
from tests.factories.schools import given_school
from tests.factories.visits import given_centre, given_session, given_visit, hold_command
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput

pytestmark = pytest.mark.race
_THREADS = 64


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


def test_64_threads_hold_exactly_the_last_30_places(
    database: Database, session_id: str, now: datetime
) -> None:
    def hold(_: int) -> str:
        with database.transaction() as session:
            given_visit(session, session_id, now=now, pupils=1, adults=1)
        return "held"

    answers = _at_once(hold)

    assert answers == {"held": 30, "capacity_exceeded": 34}
    with database.reading() as session:
        assert get_sessions(session, [session_id], now=now)[0].used == 30
        assert len(list_visits(session, VisitWish())) == 30
        assert check_cells(session) == []


def test_without_the_guard_the_same_threads_oversell(
    database: Database, session_id: str, now: datetime
) -> None:
    """The negative control: read the free places, then write, as a naive booking does."""
    seats = Cell.resource == f"session:{session_id}"
    with database.transaction() as session:
        given_visit(session, session_id, now=now, pupils=1, adults=1)
    read = threading.Barrier(_THREADS)

    def hold(_: int) -> str:
        with database.reading() as session:
            used, capacity = session.execute(select(Cell.used, Cell.capacity).where(seats)).one()
        read.wait()
        if used >= capacity:
            return "full"
        with database.transaction() as session:
            session.execute(update(Cell).where(seats).values(used=used + 1))
        return "held"

    answers = _at_once(hold)

    assert answers["held"] > 29


def test_one_school_gets_a_session_that_is_not_shared(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        session_id = given_session(session, now=now, shared=False)
        numbers = [f"99129{number:05}" for number in range(_THREADS)]
        for number in numbers:
            given_school(session, number, now=now, name=f"Skola {number}")

    def hold(number: int) -> str:
        command = hold_command(session_id, pupils=1, adults=1, school=numbers[number])
        with database.transaction() as session:
            hold_sessions(session, command, by="test", now=now)
        return "held"

    answers = _at_once(hold)

    assert answers == {"held": 1, "session_taken": _THREADS - 1}


def test_holds_extensions_and_sweeps_at_once_leave_cells_equal_to_allocations(
    database: Database, session_id: str, now: datetime
) -> None:
    with database.transaction() as session:
        show = given_session(session, "S-01", start="11:30", now=now)
        old = [
            hold_sessions(
                session, hold_command(session_id, show, pupils=1, adults=1), by="test", now=now
            ).reference
            for _ in range(20)
        ]
    later = now.replace(hour=9)

    def act(number: int) -> str:
        with database.transaction() as session:
            return _turn(session, number)

    def _turn(session: Session, number: int) -> str:
        if number % 3 == 0:
            return "swept" if sweep_expired_hold(session, now=later) else "nothing"
        if number % 3 == 1:
            extend_hold(session, VisitCommand(old[number % 20]), by="test", now=later)
            return "extended"
        command = hold_command(show, session_id, pupils=1, adults=1)
        hold_sessions(session, command, by="test", now=later)
        return "held"

    answers = _at_once(act)

    assert answers["held"] + answers["extended"] > 0
    with database.reading() as session:
        assert check_cells(session) == []
        assert get_sessions(session, [session_id], now=later)[0].used <= 30


def test_nobody_gets_into_a_session_after_it_was_cancelled(
    database: Database, session_id: str, now: datetime
) -> None:
    """Whoever cancels reads who has it: that list is complete, whoever was in a hurry."""
    seen: list[set[str]] = []

    def act(number: int) -> str:
        if number == _THREADS // 2:
            with database.transaction() as session:
                command = SessionCommand(session_id, 1)
                cancel_session(session, command, "race", by="test", now=now)
            seen.append(_having(database, session_id, now))
            return "cancelled"
        try:
            with database.transaction() as session:
                given_visit(session, session_id, now=now, pupils=1, adults=1)
        except InvalidInput as error:
            return error.errors[0].code
        return "held"

    answers = _at_once(act)

    assert answers["cancelled"] == 1
    assert answers.keys() <= {
        *("cancelled", "held", "capacity_exceeded"),
        *("session_cancelled", "session_gone"),
    }
    assert seen == [_having(database, session_id, now)]
    with database.reading() as session:
        assert check_cells(session) == []


def test_without_the_trigger_who_read_before_gets_in_after(
    database: Database, session_id: str, now: datetime
) -> None:
    """The negative control: the booking saw an open session, and is written when it is not."""
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now, pupils=1, adults=1)
        session.execute(delete(VisitStop))
        cancel_session(session, SessionCommand(session_id, 1), "race", by="test", now=now)
    with pytest.raises(Conflict, match="session_gone"), database.transaction() as session:
        write_stops(session, visit.id, visit.plan, now=now)
    table = "" if database.is_sqlite else " ON visits_stop"

    with database.transaction() as session:
        session.execute(text(f"DROP TRIGGER visits_stop_in_session{table}"))
        write_stops(session, visit.id, visit.plan, now=now)

    assert _having(database, session_id, now) == {visit.reference}


def _having(database: Database, session_id: str, now: datetime) -> set[str]:
    with database.reading() as session:
        return {visit.reference for visit in list_classes(session, session_id, now=now)}
