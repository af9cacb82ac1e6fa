"""What the staff change: once, on what they saw, and in the audit."""

from dataclasses import asdict, replace
from datetime import date, datetime, time

import pytest
from sqlalchemy.exc import IntegrityError

from bookings.resources import queries
from bookings.resources.models import Shift as ShiftModel
from bookings.resources.models import Walk
from bookings.resources.queries import CellRow, ClosureRow, edition
from bookings.resources.rules import OpeningRule, ResourceKind, Shift, Take
from bookings.resources.service import (
    add_host,
    remove_closure,
    remove_hours,
    remove_shift,
    save_closure,
    save_gallery,
    save_host,
    save_hours,
    save_machine,
    save_pool,
    save_room,
    save_shifts,
    take,
)
from tests.factories.resources import SCHOOL_YEAR, given_house
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import Conflict

one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _house(database: Database) -> None:
    with database.transaction() as session:
        given_house(session)


def test_row_is_saved_once_and_the_audit_keeps_before_and_after(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        room = queries.get_room(session, "room-a")
        wider = replace(room, seats=24, quiet=True)

        first = save_room(session, wider, seen=edition(room), by="anna", now=now)
        second = save_room(session, wider, seen=edition(wider), by="anna", now=now)

        assert (first, second) == (True, False)
        assert queries.get_room(session, "room-a") == wider
        (act,) = list_acts(session, "resource:room-a")
        assert (act.actor, act.action) == ("anna", "resources.save")
        assert act.facts == {"before": asdict(room), "after": asdict(wider)}


@one_database
def test_save_over_somebody_elses_change_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        seen = queries.get_room(session, "room-a")
        mine = replace(seen, seats=10)
        save_room(session, replace(seen, seats=24), seen=edition(seen), by="jānis", now=now)

        with pytest.raises(Conflict, match="resource_changed"):
            save_room(session, mine, seen=edition(seen), by="anna", now=now)

        assert queries.get_room(session, "room-a").seats == 24


@one_database
def test_what_staff_changed_is_known_to_who_loads_lists(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        assert queries.list_edited(session) == frozenset()
        room = queries.get_room(session, "room-a")
        save_room(session, replace(room, seats=9), seen=edition(room), by="anna", now=now)
        save_closure(session, ClosureRow(date(2027, 6, 8), "x", "x"), by="anna", now=now)

        assert queries.list_edited(session) == {"resource:room-a", "day:2027-06-08"}


@one_database
def test_every_kind_of_row_can_be_saved(database: Database, now: datetime) -> None:
    who = {"by": "anna", "now": now}
    with database.transaction() as session:
        gallery = queries.get_gallery(session, "g-geo")
        alone = replace(gallery, alone=True, capacity=40)
        pool = queries.get_resource(session, "lunch")
        host = queries.get_host(session, "h-01")
        machine = queries.get_machine(session, "m-laser")

        save_gallery(session, alone, seen=edition(gallery), **who)
        save_pool(session, replace(pool, capacity=90), seen=edition(pool), **who)
        save_host(session, replace(host, languages=("lv",)), seen=edition(host), **who)
        save_machine(session, replace(machine, room="room-b"), seen=edition(machine), **who)

        assert queries.get_gallery(session, "g-geo") == alone
        assert queries.get_resource(session, "alone:g-geo").kind is ResourceKind.PARTY
        assert queries.get_resource(session, "lunch").capacity == 90
        assert queries.get_host(session, "h-01").languages == ("lv",)
        assert queries.get_machine(session, "m-laser").room == "room-b"


@one_database
def test_smaller_pool_says_when_it_is_fuller_already(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        pool = queries.get_resource(session, "lunch")
        end = now.replace(minute=30)
        take(session, "visit:1", [Take("lunch", now, end, 50)], expires_at=None, now=now)

        save_pool(session, replace(pool, capacity=40), seen=edition(pool), by="anna", now=now)

        fuller = queries.list_fuller(session, "lunch", 40, now=now)
        half = now.replace(minute=15)
        assert fuller == [CellRow("lunch", now, 50, 50), CellRow("lunch", half, 50, 50)]


@one_database
def test_new_host_gets_the_next_code(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        host = replace(queries.get_host(session, "h-01"), code="", name="Roberts Spektrs")

        added = add_host(session, host, by="anna", now=now)

        assert added.code == "h-02"
        assert [row.name for row in queries.list_hosts(session)] == [
            "Elīna Prizma",
            "Roberts Spektrs",
        ]


@one_database
def test_hours_shifts_and_closures_are_saved_and_removed(database: Database, now: datetime) -> None:
    who = {"by": "anna", "now": now}
    summer = date(2027, 6, 1), date(2027, 8, 31)
    shift = Shift("h-01", 3, *summer, time(10), time(16))
    rule = OpeningRule(3, *summer, time(11), time(18), time(10))
    closure = ClosureRow(date(2027, 6, 9), "Mācības", "Training")
    with database.transaction() as session:
        assert save_shifts(session, [shift], **who) == 1
        assert save_hours(session, [rule], **who) == 1
        assert save_closure(session, closure, **who)
        assert queries.list_shifts(session, "h-01")[-1] == shift
        assert queries.opening(session, date(2027, 6, 2)) is not None
        assert queries.opening(session, closure.day) is None

        assert remove_closure(session, closure.day, **who)
        assert not remove_closure(session, closure.day, **who)
        assert queries.opening(session, closure.day) is not None
        assert remove_hours(session, rule.valid_from, **who)
        assert queries.opening(session, closure.day) is None
        assert remove_shift(session, "h-01", 3, shift.valid_from, **who)
        assert [row.weekday for row in queries.list_shifts(session, "h-01")] == [2]
        acts = [act.action for act in list_acts(session, "day:2027-06-09")]
        assert acts == ["resources.close_day", "resources.reopen_day"]


@pytest.mark.parametrize(
    ("rule", "hours"),
    [
        ("starts_before_end", (time(17), time(9), None, None)),
        ("break_complete", (time(9), time(17), time(12), None)),
        ("break_inside", (time(9), time(17), time(8), time(8, 30))),
    ],
)
def test_database_itself_refuses_an_impossible_shift(
    database: Database, rule: str, hours: tuple[time, ...]
) -> None:
    shift = Shift("h-01", 5, *SCHOOL_YEAR, *hours)

    with pytest.raises(IntegrityError, match=rule), database.transaction() as session:
        session.add(ShiftModel(**asdict(shift)))


@pytest.mark.parametrize(
    ("rule", "walk"),
    [
        ("pair_in_order", Walk(one="room-a", other="g-geo", minutes=3)),
        ("minutes_of_a_walk", Walk(one="g-small", other="room-a", minutes=0)),
    ],
)
def test_database_itself_refuses_an_impossible_walk(
    database: Database, rule: str, walk: Walk
) -> None:
    values = {"one": walk.one, "other": walk.other, "minutes": walk.minutes}

    with pytest.raises(IntegrityError, match=rule), database.transaction() as session:
        session.add(Walk(**values))
