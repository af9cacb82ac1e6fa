"""64 takers over the last 30 places: exactly 30 get one.

The negative controls do what the guard forbids, read first and write what was read plus one, and
must admit too many; a barrier between the read and the write makes every taker see the same number,
as takers on a busy day do.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bookings.resources.models import Resource
from bookings.resources.queries import (
    CellRow,
    Planned,
    RoomRow,
    change_at,
    edition,
    get_resource,
    list_cells,
    list_fuller,
)
from bookings.resources.rules import Take
from bookings.resources.service import (
    ReportOutage,
    check_cells,
    load_rooms,
    plan_change,
    release,
    report_outage,
    swap,
    take,
)
from tests.factories.resources import given_resource
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import CapacityExceeded, InvalidInput

TAKERS = 64
CAPACITY = 100
LEFT = 30
CELLS = 4

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _nearly_full(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for code in ("hall", "lunch"):
            given_resource(session, code, capacity=CAPACITY)
        takes = [Take(code, now, _end(now), CAPACITY - LEFT) for code in ("hall", "lunch")]
        take(session, "visit:early", takes, expires_at=None, now=now)


def test_last_places_go_to_exactly_as_many_takers(database: Database, now: datetime) -> None:
    def take_one(number: int) -> None:
        # Every other taker names the resources the other way round: the cells are sorted anyway.
        codes = ("hall", "lunch") if number % 2 else ("lunch", "hall")
        with database.transaction() as session:
            takes = [Take(code, now, _end(now), 1) for code in codes]
            take(session, f"visit:{number}", takes, expires_at=None, now=now)

    outcomes = _together(take_one)

    assert outcomes == {"taken": LEFT, "capacity_exceeded": TAKERS - LEFT}
    with database.reading() as session:
        cells = list_cells(session, ["hall", "lunch"], start=now, end=_end(now))
        assert [cell.used for cell in cells] == [CAPACITY] * 2 * CELLS
        assert check_cells(session) == []


def test_first_takers_of_cells_that_do_not_exist_yet(database: Database, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)

    def take_five(number: int) -> None:
        with database.transaction() as session:
            takes = [Take("hall", tomorrow, _end(tomorrow), 5)]
            take(session, f"visit:{number}", takes, expires_at=None, now=now)

    outcomes = _together(take_five)

    assert outcomes == {"taken": CAPACITY // 5, "capacity_exceeded": TAKERS - CAPACITY // 5}


def test_taking_and_releasing_at_once_loses_nothing(database: Database, now: datetime) -> None:
    def take_and_release(number: int) -> None:
        owner = f"visit:{number}"
        with database.transaction() as session:
            takes = [Take("lunch", now, _end(now), 1), Take("hall", now, _end(now), 1)]
            take(session, owner, takes, expires_at=None, now=now)
        with database.transaction() as session:
            release(session, owner)

    _together(take_and_release)

    with database.reading() as session:
        cells = list_cells(session, ["hall", "lunch"], start=now, end=_end(now))
        assert [cell.used for cell in cells] == [CAPACITY - LEFT] * 2 * CELLS
        assert check_cells(session) == []


def test_swaps_to_and_fro_at_once_lose_nothing(database: Database, now: datetime) -> None:
    """Everybody moves between two halls of 64: never more than all fit, so nobody is refused."""
    places = {"hall": TAKERS, "lunch": TAKERS}
    with database.transaction() as session:
        release(session, "visit:early")
        for code, capacity in places.items():
            given_resource(session, code, capacity=capacity)

    def move(number: int) -> None:
        owner, codes = f"visit:{number}", ("hall", "lunch")
        for turn in range(3):
            code = codes[(number + turn) % 2]
            with database.transaction() as session:
                takes = [Take(code, now, _end(now), 1)]
                swap(session, owner, takes, expires_at=None, now=now)

    outcomes = _together(move)

    assert outcomes == {"taken": TAKERS}
    with database.reading() as session:
        cells = list_cells(session, ["hall", "lunch"], start=now, end=_end(now))
        assert [cell.used for cell in cells] == [TAKERS // 2] * 2 * CELLS
        assert check_cells(session) == []


def test_outage_between_takers_gets_what_they_leave(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        release(session, "visit:early")
        room = RoomRow("room-a", "classroom", "A", "A", seats=20, position=1, setup_min=0)
        load_rooms(session, [room])

    def take_or_close(number: int) -> None:
        with database.transaction() as session:
            if number % 8:
                first = now + timedelta(minutes=15 * (number % CELLS))
                takes = [Take("room-a", first, first + timedelta(minutes=15), 1)]
                take(session, f"visit:{number}", takes, expires_at=None, now=now)
            else:
                command = ReportOutage("room-a", now, _end(now), "")
                report_outage(session, command, by="anna", now=now)

    outcomes = _together(take_or_close)

    assert sum(outcomes.values()) == TAKERS
    with database.reading() as session:
        cells = list_cells(session, ["room-a"], start=now, end=_end(now))
        assert [cell.used for cell in cells] == [1] * CELLS
        assert check_cells(session) == []


def test_fewer_places_from_a_day_on_and_takers_of_that_day_agree(
    database: Database, now: datetime
) -> None:
    later = now + timedelta(days=30)
    planned = Planned(local_date(later), LEFT)

    def act(number: int) -> None:
        with database.transaction() as session:
            if number == TAKERS // 2:
                lunch = get_resource(session, "lunch")
                plan_change(session, lunch, planned, seen=edition(lunch), by="anna", now=now)
            else:
                takes = [Take("lunch", later, _end(later), 1)]
                take(session, f"visit:{number}", takes, expires_at=None, now=now)

    def act_or_be_refused(number: int) -> None:
        # The change too is refused when it comes too late: more is taken by then.
        with suppress(InvalidInput):
            act(number)

    _together(act_or_be_refused)

    with database.reading() as session:
        (used,) = {row.used for row in _cells(session, later)}
        stands = get_resource(session, "lunch").planned
        assert list_fuller(session, "lunch", now=now) == []
        # Either the change came in time, and the rest was refused, or it came too late.
        assert (used, stands) in {(LEFT, planned), (TAKERS - 1, None)}


def test_control_change_that_does_not_reach_the_cells_oversells(
    database: Database, now: datetime
) -> None:
    later = now + timedelta(days=30)
    with database.transaction() as session:
        takes = [Take("lunch", later, _end(later), 1)]
        take(session, "visit:first", takes, expires_at=None, now=now)
        session.get_one(Resource, "lunch").changes_at = change_at(local_date(later))
        session.get_one(Resource, "lunch").changes_to = LEFT
        session.flush()

        more = [Take("lunch", later, _end(later), LEFT)]
        take(session, "visit:more", more, expires_at=None, now=now)

        assert len(list_fuller(session, "lunch", now=now)) == CELLS


def test_one_owner_released_by_many_is_given_back_once(database: Database, now: datetime) -> None:
    def release_early(_number: int) -> None:
        with database.transaction() as session:
            release(session, "visit:early")

    _together(release_early)

    with database.reading() as session:
        assert {c.used for c in list_cells(session, ["hall"], start=now, end=_end(now))} == {0}


def test_control_read_and_write_in_two_transactions_oversells(unguarded: Database) -> None:
    everybody_has_read = threading.Barrier(TAKERS)

    def take_one(_number: int) -> None:
        with unguarded.reading() as session:
            used = session.scalar(text("SELECT used FROM unguarded"))
        everybody_has_read.wait()
        if used + 1 > CAPACITY:
            raise CapacityExceeded("capacity_exceeded")
        with unguarded.transaction() as session:
            session.execute(text("UPDATE unguarded SET used = :used"), {"used": used + 1})

    outcomes = _together(take_one)

    assert outcomes == {"taken": TAKERS}


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_control_read_then_write_in_one_transaction_oversells_on_postgresql(
    unguarded: Database,
) -> None:
    # Fewer than the pool has connections, each taker holds one while it waits; 10 places are left.
    takers, left = 20, 10
    everybody_has_read = threading.Barrier(takers)
    with unguarded.transaction() as session:
        session.execute(text("UPDATE unguarded SET used = :used"), {"used": CAPACITY - left})

    def take_one(_number: int) -> None:
        with unguarded.transaction() as session:
            used = session.scalar(text("SELECT used FROM unguarded"))
            everybody_has_read.wait()
            if used + 1 > CAPACITY:
                raise CapacityExceeded("capacity_exceeded")
            session.execute(text("UPDATE unguarded SET used = :used"), {"used": used + 1})

    outcomes = _together(take_one, takers=takers)

    assert outcomes == {"taken": takers}


@pytest.fixture
def unguarded(database: Database) -> Database:
    """A counter with 30 places left and no CHECK."""
    with database.transaction() as session:
        session.execute(text("CREATE TABLE unguarded (used INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO unguarded VALUES (:used)"), {"used": CAPACITY - LEFT})
    return database


def _end(start: datetime) -> datetime:
    return start + timedelta(minutes=15 * CELLS)


def _together(act: Callable[[int], None], *, takers: int = TAKERS) -> dict[str, int]:
    """Run an act in many threads that start at once; counts by outcome."""
    start = threading.Barrier(takers)

    def run(number: int) -> str:
        start.wait()
        try:
            act(number)
        except CapacityExceeded as refused:
            return refused.code
        return "taken"

    with ThreadPoolExecutor(takers) as pool:
        return dict(Counter(pool.map(run, range(takers))))


def _cells(session: Session, at: datetime) -> list[CellRow]:
    return list_cells(session, ["lunch"], start=at, end=_end(at))
