"""One day of the whole floor, as the planner reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bookings.resources.queries import (
    ClosureRow,
    Floor,
    GalleryRow,
    MachineRow,
    TakenRow,
    list_school_breaks,
    read_floor,
)
from bookings.resources.rules import (
    BreakKind,
    BreakStatus,
    OpenDay,
    SchoolBreak,
    Take,
    WhyClosed,
    party_of,
)
from bookings.resources.service import (
    ReportOutage,
    close_day,
    load_school_breaks,
    report_outage,
    take,
)
from tests.factories.resources import given_house
from vizium.db.session import Database
from vizium.kernel.clock import CELL, from_wall

DAY = date(2027, 3, 16)
QUERIES_MOST = 6


@pytest.fixture(autouse=True)
def _house(database: Database) -> None:
    with database.transaction() as session:
        given_house(session)


def test_floor_of_a_quiet_day_names_everything_and_nothing_taken(
    database: Database, now: datetime
) -> None:
    with database.reading() as session:
        floor = read_floor(session, DAY, now=now)

    assert floor.open == OpenDay(DAY, time(10), time(19), time(9))
    assert (floor.why_closed, floor.closure, floor.outages) == (None, None, ())
    assert [room.code for room in floor.rooms] == ["room-a", "room-b"]
    assert floor.galleries[1] == GalleryRow(
        "g-small", "Mazo pētnieku galerija", "Little Explorers", 60, alone=True
    )
    assert floor.machines == (MachineRow("m-laser", "room-a", "Lāzers", "Laser"),)
    assert [(pool.code, pool.capacity) for pool in floor.pools] == [
        ("coach-bays", 6),
        ("hall", 400),
        ("lunch", 60),
    ]
    assert [host.windows for host in floor.hosts] == [(_wall(9, 12), _wall(12.5, 17))]
    assert (floor.taken, floor.walks) == ({}, {("g-geo", "room-a"): 4})


def test_floor_counts_what_others_hold_and_not_what_is_over_or_ones_own(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        _take(session, "visit:standing", now, ("hall", 9, 9.5, 30), ("h-01", 9, 10, 1))
        _take(session, "visit:own", now, ("hall", 9.25, 10, 20), (party_of("g-small"), 9, 10, 1))
        over = now - timedelta(seconds=1)
        _take(session, "visit:over", now, ("hall", 9, 10, 5), ("h-01", 13, 15, 1), until=over)
        _take(session, "visit:held", now, ("lunch", 11, 11.25, 25), until=now + CELL)

        seen = read_floor(session, DAY, now=now)
        replanned = read_floor(session, DAY, now=now, without="visit:own")

    assert _amounts(seen, "hall") == {9: 30, 9.25: 50, 9.5: 20, 9.75: 20}
    assert _amounts(seen, party_of("g-small")) == {9: 1, 9.25: 1, 9.5: 1, 9.75: 1}
    assert _amounts(seen, "lunch") == {11: 25}
    assert (seen.hosts[0].busy_min, seen.hosts[0].minutes_left) == (60, 240)
    assert _amounts(replanned, "hall") == {9: 30, 9.25: 30}
    assert party_of("g-small") not in replanned.taken


def test_outage_takes_the_floor_also_from_who_holds_it(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        _take(session, "visit:own", now, ("room-a", 10, 11, 1), ("h-01", 9, 10, 1))
        for code in ("room-a", "h-01", "exhibit:ex-041"):
            command = ReportOutage(code, *_wall(9.5, 10.5), "slims")
            report_outage(session, command, by="anna", now=now)

        floor = read_floor(session, DAY, now=now, without="visit:own")

    start = from_wall(DAY, time(9, 30))
    closed = tuple(TakenRow(start + n * CELL, 1, 1) for n in range(4))
    assert floor.taken == {"room-a": closed, "h-01": closed}
    assert floor.hosts[0].windows == (_wall(9, 9.5), _wall(10.5, 12), _wall(12.5, 17))
    assert floor.hosts[0].busy_min == 0
    assert [outage.resource for outage in floor.outages] == ["room-a", "h-01", "exhibit:ex-041"]
    assert [outage.exhibit for outage in floor.outages] == [None, None, "ex-041"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 3, 23), WhyClosed.CLOSURE),
        (date(2026, 12, 25), WhyClosed.PUBLIC_HOLIDAY),
        (date(2027, 3, 17), WhyClosed.NO_HOURS),
        (date(2028, 2, 29), WhyClosed.NO_HOURS),
    ],
)
def test_closed_day_says_why(database: Database, now: datetime, day: date, why: WhyClosed) -> None:
    with database.transaction() as session:
        close_day(session, date(2027, 3, 23), reason_lv="Inventūra", reason_en="Stocktaking")

        floor = read_floor(session, day, now=now)

    assert (floor.open, floor.why_closed) == (None, why)
    expected = ClosureRow(day, "Inventūra", "Stocktaking") if why is WhyClosed.CLOSURE else None
    assert floor.closure == expected


def test_floor_takes_few_queries_however_full_it_is(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for number in range(20):
            _take(session, f"visit:{number}", now, ("hall", 9, 15, 3), ("lunch", 11, 12, 3))

    with database.reading() as session, _statements(session) as said:
        read_floor(session, DAY, now=now, without="visit:3")

    assert len(said) <= QUERIES_MOST


def test_school_break_of_a_day_names_its_grades(database: Database) -> None:
    spring = SchoolBreak(
        BreakKind.SPRING,
        date(2027, 3, 15),
        date(2027, 3, 19),
        (1, 2, 3),
        BreakStatus.OFFICIAL,
        "MK",
    )
    with database.transaction() as session:
        assert load_school_breaks(session, [spring]) == 1
        assert load_school_breaks(session, [spring]) == 0

        assert list_school_breaks(session, until=DAY) == [spring]
        assert list_school_breaks(session, until=date(2027, 3, 20)) == []


def _wall(start: float, end: float) -> tuple[datetime, datetime]:
    midnight = from_wall(DAY, time())
    return midnight + timedelta(hours=start), midnight + timedelta(hours=end)


def _take(
    session: Session,
    owner: str,
    now: datetime,
    *wanted: tuple[str, float, float, int],
    until: datetime | None = None,
) -> None:
    takes = [Take(code, *_wall(start, end), amount) for code, start, end, amount in wanted]
    take(session, owner, takes, expires_at=until, now=now)


def _amounts(floor: Floor, code: str) -> dict[float, int]:
    """What is taken of a resource, keyed by the hour on the wall."""
    midnight = from_wall(DAY, time())
    return {(row.start - midnight) / timedelta(hours=1): row.amount for row in floor.taken[code]}


@contextmanager
def _statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)
