"""Resources of a small centre, for tests."""

from datetime import date, time

from sqlalchemy.orm import Session

from bookings.resources.queries import GalleryRow, HostRow, RoomRow
from bookings.resources.rules import OpeningRule, ResourceKind, Shift
from bookings.resources.service import (
    ensure_resource,
    load_galleries,
    load_hosts,
    load_machine,
    load_opening_rules,
    load_rooms,
    load_shifts,
    load_walk,
)

SCHOOL_YEAR = date(2026, 9, 1), date(2027, 8, 31)


def given_resource(
    session: Session,
    code: str = "hall",
    *,
    kind: ResourceKind = ResourceKind.POOL,
    capacity: int = 30,
) -> str:
    """A resource; gives its code back."""
    ensure_resource(session, code, kind=kind, capacity=capacity, title_lv="Zāle", title_en="Hall")
    return code


def given_host(
    session: Session, code: str = "h-01", *, weekdays: tuple[int, ...] = (2,)
) -> HostRow:
    """A host who does shows and works from 9 to 17 with a break at noon."""
    host = HostRow(code, "Elīna Prizma", ("show", "physics"), ("lv", "en"), 300)
    load_hosts(session, [host])
    hours = time(9), time(17), time(12), time(12, 30)
    load_shifts(session, [Shift(code, day, *SCHOOL_YEAR, *hours) for day in weekdays])
    return host


def given_house(session: Session) -> None:
    """One of everything, open on Tuesdays from 9 for schools: no Tuesday without a host."""
    load_opening_rules(session, [OpeningRule(2, *SCHOOL_YEAR, time(10), time(19), time(9))])
    for code, capacity in (("hall", 400), ("lunch", 60), ("coach-bays", 6)):
        given_resource(session, code, capacity=capacity)
    load_rooms(
        session,
        [
            RoomRow("room-a", "classroom", "Telpa A", "Room A", 20, 1, 15),
            RoomRow("room-b", "classroom", "Telpa B", "Room B", 20, 2, 15),
        ],
    )
    load_galleries(
        session,
        [
            GalleryRow("g-geo", "Ģeogrāfijas galerija", "Geography", 80),
            GalleryRow("g-small", "Mazo pētnieku galerija", "Little Explorers", 60, alone=True),
        ],
    )
    load_machine(session, "m-laser", room="room-a", title_lv="Lāzers", title_en="Laser")
    load_walk(session, "room-a", "g-geo", 4)
    given_host(session)
