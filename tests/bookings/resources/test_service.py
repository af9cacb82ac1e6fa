from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings.resources import queries
from bookings.resources.models import Cell
from bookings.resources.queries import CellRow, HostRow, RoomRow
from bookings.resources.rules import CellProblem, ResourceKind, Take
from bookings.resources.service import (
    check_cells,
    ensure_resource,
    keep,
    load_hosts,
    load_machine,
    load_rooms,
    release,
    swap,
    take,
)
from tests.factories.resources import given_resource
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, NotFound

QUARTER = timedelta(minutes=15)


def test_take_raises_every_cell_it_touches(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        hall = given_resource(session, capacity=30)

        take(
            session,
            "visit:1",
            [Take(hall, now, now + timedelta(minutes=40), 20), Take(hall, now, now + QUARTER, 5)],
            expires_at=None,
            now=now,
        )

    with database.reading() as session:
        assert _cells(session, hall, now) == [
            CellRow(hall, now, 25, 30),
            CellRow(hall, now + QUARTER, 20, 30),
            CellRow(hall, now + 2 * QUARTER, 20, 30),
        ]


def test_take_beyond_capacity_says_where_and_leaves_nothing(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        hall, room = given_resource(session), given_resource(session, "room", capacity=1)
        take(session, "visit:1", [_quarter(hall, now + QUARTER, 28)], expires_at=None, now=now)

    takes = [_quarter(room, now, 1), Take(hall, now, now + 2 * QUARTER, 3)]
    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        take(session, "visit:2", takes, expires_at=None, now=now)

    assert refused.value.code == "capacity_exceeded"
    assert refused.value.facts == {"resource": hall, "start": now + QUARTER, "free": 2}
    with database.reading() as session:
        assert _cells(session, hall, now) == [CellRow(hall, now + QUARTER, 28, 30)]
        assert _cells(session, room, now) == []
        assert check_cells(session) == []


def test_take_of_seats_counts_once_however_long_it_lasts(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        seats = given_resource(session, "session:1", kind=ResourceKind.SEATS, capacity=32)

        long_take = Take(seats, now, now + timedelta(minutes=90), 27)
        take(session, "visit:1", [long_take], expires_at=None, now=now)

    with database.reading() as session:
        assert _cells(session, seats, now) == [CellRow(seats, now, 27, 32)]
        assert check_cells(session) == []


def test_take_of_an_unknown_resource_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(NotFound) as refused, database.transaction() as session:
        take(session, "visit:1", [_quarter("attic", now, 1)], expires_at=None, now=now)

    assert refused.value.facts == {"resource": "attic"}


def test_swap_takes_only_the_difference_and_keeps_what_stays(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        hall, room = given_resource(session), given_resource(session, "room", capacity=1)
        takes = [Take(hall, now, now + 2 * QUARTER, 30), _quarter(room, now, 1)]
        take(session, "visit:1", takes, expires_at=None, now=now)

        later = [Take(hall, now + QUARTER, now + 3 * QUARTER, 28), _quarter(room, now, 1)]
        swap(session, "visit:1", later, expires_at=None, now=now)

        assert [cell.used for cell in _cells(session, hall, now)] == [0, 28, 28]
        assert [cell.used for cell in _cells(session, room, now)] == [1]
        assert check_cells(session) == []


def test_swap_that_does_not_fit_says_where_and_counts_ones_own(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        hall = given_resource(session)
        take(session, "visit:1", [_quarter(hall, now, 10)], expires_at=None, now=now)
        take(session, "visit:2", [_quarter(hall, now, 15)], expires_at=None, now=now)

    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        swap(session, "visit:1", [_quarter(hall, now, 16)], expires_at=None, now=now)

    assert refused.value.facts == {"resource": hall, "start": now, "free": 15}
    with database.reading() as session:
        assert _cells(session, hall, now) == [CellRow(hall, now, 25, 30)]


def test_take_over_many_resources_and_hours_sums_each_cell(
    database: Database, now: datetime
) -> None:
    codes = [f"pool-{number}" for number in range(7)]
    with database.transaction() as session:
        for code in codes:
            given_resource(session, code, capacity=50)
        whole_day = [Take(code, now, now + 20 * QUARTER, 20) for code in codes]

        take(session, "visit:1", whole_day, expires_at=None, now=now)
        more = [*whole_day, Take(codes[0], now, now + 10 * QUARTER, 10)]
        take(session, "visit:2", more, expires_at=None, now=now)

        assert [cell.used for cell in _cells(session, codes[0], now)] == [50] * 10 + [40] * 10
        assert [cell.used for cell in _cells(session, codes[6], now)] == [40] * 20
        assert check_cells(session) == []


def test_release_gives_back_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        hall = given_resource(session)
        take(session, "visit:1", [_quarter(hall, now, 20)], expires_at=None, now=now)
        take(session, "visit:2", [_quarter(hall, now, 10)], expires_at=None, now=now)

        first = release(session, "visit:1")
        second = release(session, "visit:1")

        assert (first, second) == (1, 0)
        assert _cells(session, hall, now) == [CellRow(hall, now, 10, 30)]
        assert check_cells(session) == []


def test_keep_counts_what_is_still_there(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        hall = given_resource(session)
        takes = [_quarter(hall, now, 2), _quarter(hall, now + QUARTER, 2)]
        take(session, "visit:1", takes, expires_at=now + timedelta(minutes=30), now=now)

        kept = keep(session, "visit:1", None)
        gone = keep(session, "visit:2", None)

        assert (kept, gone) == (2, 0)


def test_smaller_capacity_closes_fuller_cells_at_what_is_used(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        hall = given_resource(session, capacity=30)
        takes = [_quarter(hall, now, 25), _quarter(hall, now + QUARTER, 5)]
        take(session, "visit:1", takes, expires_at=None, now=now)

        written = ensure_resource(session, hall, kind=ResourceKind.POOL, capacity=20)

        assert written
        assert _cells(session, hall, now) == [
            CellRow(hall, now, 25, 25),
            CellRow(hall, now + QUARTER, 5, 20),
        ]


def test_ensure_resource_again_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        values = {"kind": ResourceKind.POOL, "capacity": 30, "title_lv": "Zāle", "title_en": "Hall"}

        first = ensure_resource(session, "hall", **values)
        second = ensure_resource(session, "hall", **values)

        assert (first, second) == (True, False)


def test_database_itself_refuses_a_cell_beyond_its_capacity(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        hall = given_resource(session)
        take(session, "visit:1", [_quarter(hall, now, 30)], expires_at=None, now=now)

    with pytest.raises(IntegrityError, match="within_capacity"), database.transaction() as session:
        session.execute(update(Cell).values(used=Cell.used + 1))


def test_check_cells_finds_what_no_allocation_explains(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        hall = given_resource(session)
        take(session, "visit:1", [_quarter(hall, now, 20)], expires_at=None, now=now)
        session.execute(update(Cell).values(used=13))

        problems = check_cells(session)

        assert problems == [CellProblem(hall, now, used=13, allocated=20)]


def test_load_again_writes_nothing_and_a_change_is_written(database: Database) -> None:
    room = RoomRow("room-a", "classroom", "Telpa A", "Room A", seats=20, position=1, setup_min=15)
    wider = RoomRow("room-a", "classroom", "Telpa A", "Room A", seats=22, position=1, setup_min=15)
    host = HostRow("h-01", "Elīna Prizma", ("show",), ("lv", "en"), 300)
    laser = {"room": "room-a", "title_lv": "Lāzergriezējs", "title_en": "Laser cutter"}
    with database.transaction() as session:
        first = load_rooms(session, [room]), load_hosts(session, [host])
        first_machine = load_machine(session, "m-laser", **laser)
    with database.transaction() as session:
        second = load_rooms(session, [room]), load_hosts(session, [host])
        second_machine = load_machine(session, "m-laser", **laser)
        third = load_rooms(session, [wider])

        assert first == (1, 1)
        assert second == (0, 0)
        assert (first_machine, second_machine) == (True, False)
        assert third == 1
        assert queries.list_rooms(session, "classroom") == [wider]
        assert queries.list_hosts(session) == [host]


def _quarter(resource: str, start: datetime, amount: int) -> Take:
    return Take(resource, start, start + QUARTER, amount)


def _cells(session: Session, resource: str, day: datetime) -> list[CellRow]:
    return queries.list_cells(session, [resource], start=day, end=day + timedelta(days=1))
