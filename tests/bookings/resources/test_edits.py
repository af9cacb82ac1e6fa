"""What the staff change: once, on what they saw, and in the audit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, datetime, time

import pytest
from sqlalchemy.exc import IntegrityError

from bookings.resources import queries
from bookings.resources.models import Shift as ShiftModel
from bookings.resources.models import Walk
from bookings.resources.queries import (
    CellRow,
    ClosureRow,
    HostRow,
    Planned,
    TermRow,
    change_at,
    edition,
)
from bookings.resources.rules import OpeningRule, ResourceKind, Shift, Take, TermKind
from bookings.resources.service import (
    add_term,
    add_thing,
    check_cells,
    plan_change,
    release,
    remove_closure,
    remove_hours,
    remove_shift,
    save_closure,
    save_hours,
    save_shifts,
    save_term,
    save_thing,
    save_walk,
    take,
)
from tests.factories.resources import SCHOOL_YEAR, given_house
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.clock import CELL
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput

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

        first = save_thing(session, wider, seen=edition(room), by="anna", now=now)
        second = save_thing(session, wider, seen=edition(wider), by="anna", now=now)

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
        save_thing(session, replace(seen, seats=24), seen=edition(seen), by="jānis", now=now)

        with pytest.raises(Conflict, match="resource_changed"):
            save_thing(session, mine, seen=edition(seen), by="anna", now=now)

        assert queries.get_room(session, "room-a").seats == 24


@one_database
def test_what_staff_changed_is_known_to_who_loads_lists(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        assert queries.list_edited(session) == frozenset()
        room = queries.get_room(session, "room-a")
        save_thing(session, replace(room, seats=9), seen=edition(room), by="anna", now=now)
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

        save_thing(session, alone, seen=edition(gallery), **who)
        save_thing(session, replace(pool, capacity=90), seen=edition(pool), **who)
        save_thing(session, replace(host, languages=("lv",)), seen=edition(host), **who)
        save_thing(session, replace(machine, room="room-b"), seen=edition(machine), **who)

        assert queries.get_gallery(session, "g-geo") == alone
        assert queries.get_resource(session, "alone:g-geo").kind is ResourceKind.PARTY
        assert queries.get_resource(session, "lunch").capacity == 90
        assert queries.get_host(session, "h-01").languages == ("lv",)
        assert queries.get_machine(session, "m-laser").room == "room-b"


def test_fewer_places_than_are_taken_are_refused_with_the_days(
    database: Database, now: datetime
) -> None:
    who = {"by": "anna", "now": now}
    with database.transaction() as session:
        pool = queries.get_resource(session, "lunch")
        takes = [Take("lunch", now, now.replace(minute=30), 50)]
        take(session, "visit:1", takes, expires_at=None, now=now)

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        save_thing(session, replace(pool, capacity=40), seen=edition(pool), **who)

    (error,) = refused.value.errors
    assert (error.field, error.code) == ("capacity", "capacity_taken")
    assert error.facts == {"days": "01.02.2027: 50", "least": 50}
    with database.transaction() as session:
        assert save_thing(session, replace(pool, capacity=50), seen=edition(pool), **who)
        half = now.replace(minute=15)
        cells = queries.list_cells(session, ["lunch"], start=now, end=now.replace(minute=30))
        assert cells == [CellRow("lunch", now, 50, 50), CellRow("lunch", half, 50, 50)]


@one_database
def test_new_host_gets_the_next_code(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        host = replace(queries.get_host(session, "h-01"), code="", name="Roberts Spektrs")

        added = add_thing(session, host, by="anna", now=now)

        assert added.code == "h-02"
        assert [row.name for row in queries.list_hosts(session)] == [
            "Elīna Prizma",
            "Roberts Spektrs",
        ]


def test_retired_thing_keeps_what_is_booked_and_takes_nobody_new(
    database: Database, now: datetime
) -> None:
    who = {"by": "anna", "now": now}
    day = date(2027, 3, 16)
    at = change_at(day)
    before, booked = Take("room-a", at - CELL, at, 1), Take("room-a", at, at + CELL, 1)
    after = Take("room-a", at + CELL, at + 2 * CELL, 1)
    with database.transaction() as session:
        room = queries.get_room(session, "room-a")
        take(session, "visit:1", [booked], expires_at=None, now=now)
        # A cell that stands already, and is free.
        take(session, "visit:2", [after], expires_at=None, now=now)
        release(session, "visit:2")

        plan_change(session, room, Planned(day, 0), seen=edition(room), **who)
        take(session, "visit:3", [before], expires_at=None, now=now)

        assert [use.owner for use in queries.list_uses(session, "room-a", since=at)] == ["visit:1"]
        assert queries.get_room(session, "room-a").retired_from == day
        assert [row.code for row in queries.read_floor(session, day, now=now).rooms] == ["room-b"]
    for refused in (after, Take("room-a", at + 2 * CELL, at + 3 * CELL, 1)):
        with pytest.raises(CapacityExceeded), database.transaction() as session:
            take(session, "visit:4", [refused], expires_at=None, now=now)
    with database.transaction() as session:
        assert check_cells(session) == []
        retired = queries.get_room(session, "room-a")
        plan_change(session, retired, None, seen=edition(retired), **who)
        take(session, "visit:4", [after], expires_at=None, now=now)
        assert queries.get_room(session, "room-a") == room


def test_other_number_counts_from_its_day_on(database: Database, now: datetime) -> None:
    who = {"by": "anna", "now": now}
    day = date(2027, 3, 16)
    at = change_at(day)
    with database.transaction() as session:
        lunch = queries.get_resource(session, "lunch")
        plan_change(session, lunch, Planned(day, 90), seen=edition(lunch), **who)
        planned = queries.get_resource(session, "lunch")

        take(session, "visit:1", [Take("lunch", at, at + CELL, 90)], expires_at=None, now=now)
        pools = {row.code: row for row in queries.read_floor(session, day, now=now).pools}
        assert (planned.capacity_on(date(2027, 3, 15)), planned.capacity_on(day)) == (60, 90)
        assert pools["lunch"].capacity == 90
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        plan_change(session, planned, Planned(day, 80), seen=edition(planned), **who)
    with pytest.raises(CapacityExceeded), database.transaction() as session:
        take(session, "visit:2", [Take("lunch", at - CELL, at, 61)], expires_at=None, now=now)

    assert refused.value.errors[0].facts == {"days": "16.03.2027: 90", "least": 90}


@one_database
def test_number_that_is_in_force_gives_way_to_the_next(database: Database, now: datetime) -> None:
    later = now.replace(month=4)
    with database.transaction() as session:
        lunch = queries.get_resource(session, "lunch")
        plan_change(
            session, lunch, Planned(date(2027, 3, 16), 90), seen=edition(lunch), by="anna", now=now
        )
        stands = queries.get_resource(session, "lunch")

        saved = replace(stands, capacity=70)
        save_thing(session, saved, seen=edition(stands), by="anna", now=later)

        assert queries.get_resource(session, "lunch") == replace(lunch, capacity=70)


@one_database
def test_two_rooms_cannot_stand_at_one_place(database: Database, now: datetime) -> None:
    who = {"by": "anna", "now": now}
    with database.transaction() as session:
        room = queries.get_room(session, "room-b")
        with pytest.raises(InvalidInput):
            save_thing(session, replace(room, position=1), seen=edition(room), **who)
        added = add_thing(session, replace(room, position=3), **who)

        assert added.code == "room-01"
        found = [one.rooms for one in queries.list_configurations(session)]
        assert ("room-a", "room-b", "room-01") in found


@one_database
def test_walk_is_changed_once_and_goes_back_to_the_usual_one(
    database: Database, now: datetime
) -> None:
    who = {"by": "anna", "now": now}
    pair = "room-a", "g-geo"
    with database.transaction() as session:
        assert save_walk(session, pair, 6, seen=4, **who)
        with pytest.raises(Conflict):
            save_walk(session, pair, 7, seen=4, **who)
        with pytest.raises(InvalidInput):
            save_walk(session, ("lunch", "lunch"), 7, seen=None, **who)
        assert queries.list_walks(session) == {("g-geo", "room-a"): 6}
        assert queries.list_edited(session) == {"walk:g-geo.room-a"}

        assert save_walk(session, pair, None, seen=6, **who)
        assert not save_walk(session, pair, None, seen=None, **who)
        assert queries.list_walks(session) == {}


@one_database
def test_word_is_added_once_and_said_otherwise(database: Database, now: datetime) -> None:
    who = {"by": "anna", "now": now}
    with database.transaction() as session:
        row = TermRow(TermKind.SKILL, "", "Astronomija", "Astronomy")
        added = add_term(session, row, **who)
        with pytest.raises(InvalidInput):
            add_term(session, replace(row, title_en="Stars"), **who)
        said = replace(added, title_lv="Zvaigžņotā debess")
        save_term(session, said, **who)

        assert added.code == "astronomy"
        assert said in queries.list_terms(session)[TermKind.SKILL]


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


@pytest.mark.race
def test_two_who_add_at_once_add_two_things(database: Database, now: datetime) -> None:
    gate = threading.Barrier(4)

    def add(number: int) -> str:
        host = HostRow("", f"Host {number}", (), ("lv",), 300)
        gate.wait()
        with database.transaction() as session:
            return add_thing(session, host, by="anna", now=now).code

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(add, range(4)))

    with database.reading() as session:
        names = [queries.get_host(session, code).name for code in codes]
    assert names == [f"Host {number}" for number in range(4)]
