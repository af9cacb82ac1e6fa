"""Bring rooms, galleries, hosts, machines, walks and hours to what the centre's lists say."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import (
    Closure,
    Gallery,
    Host,
    Machine,
    OpeningHours,
    Room,
    Term,
    Walk,
)
from bookings.resources.queries import (
    GalleryRow,
    HostRow,
    RoomRow,
    get_host,
    get_resource,
    get_room,
)
from bookings.resources.rules import (
    OpeningRule,
    ResourceKind,
    SchoolBreak,
    Shift,
    TermKind,
    party_of,
)
from bookings.resources.service.capacity import ensure_resource
from vizium.db.base import Base


def load_rooms(session: Session, rows: Iterable[RoomRow]) -> int:
    """Bring rooms and their segments to these rows; returns how many were written."""
    written = 0
    for row in rows:
        _ensure_terms(session, TermKind.ROOM_KIND, {row.kind})
        titles = {"title_lv": row.title_lv, "title_en": row.title_en}
        made = ensure_resource(session, row.code, kind=ResourceKind.SEGMENT, capacity=1, **titles)
        room = Room(code=row.code, kind=row.kind, seats=row.seats, position=row.position)
        room.setup_min = row.setup_min
        room.step_free, room.quiet = row.step_free, row.quiet
        written += _store(session, room) or made
    return written


def load_galleries(session: Session, rows: Iterable[GalleryRow]) -> int:
    """Bring galleries, their places and their one group at a time to these rows.

    Returns:
        How many galleries were written.
    """
    written = 0
    for row in rows:
        titles = {"title_lv": row.title_lv, "title_en": row.title_en}
        pool = ResourceKind.POOL
        made = ensure_resource(session, row.code, kind=pool, capacity=row.capacity, **titles)
        if row.alone:
            party = party_of(row.code)
            ensure_resource(session, party, kind=ResourceKind.PARTY, capacity=1, **titles)
        gallery = Gallery(code=row.code, alone=row.alone)
        gallery.step_free, gallery.quiet = row.step_free, row.quiet
        written += _store(session, gallery) or made
    return written


def load_hosts(session: Session, rows: Iterable[HostRow]) -> int:
    """Bring hosts and their time to these rows; returns how many were written."""
    written = 0
    for row in rows:
        _ensure_terms(session, TermKind.SKILL, set(row.skills))
        names = {"title_lv": row.name, "title_en": row.name}
        made = ensure_resource(session, row.code, kind=ResourceKind.HOST, capacity=1, **names)
        host = Host(code=row.code, name=row.name, minutes_a_day_max=row.minutes_a_day_max)
        host.skills, host.languages = list(row.skills), list(row.languages)
        host.email = row.email
        written += _store(session, host) or made
    return written


def load_shifts(session: Session, shifts: Iterable[Shift]) -> int:
    """Bring shifts to these; returns how many were written.

    Raises:
        NotFound: ``host``.
    """
    written = 0
    for shift in shifts:
        get_host(session, shift.host)
        written += _store(session, models.Shift(**asdict(shift)))
    return written


def load_walk(session: Session, one: str, other: str, minutes: int) -> bool:
    """Bring the walk between two places, in any order, to so many minutes.

    Returns:
        Whether anything was written.

    Raises:
        NotFound: ``resource``.
    """
    for code in (one, other):
        get_resource(session, code)
    first, last = sorted((one, other))
    return _store(session, Walk(one=first, other=last, minutes=minutes))


def load_school_breaks(session: Session, breaks: Iterable[SchoolBreak]) -> int:
    """Bring the school calendar to these breaks; returns how many were written."""
    written = 0
    for one in breaks:
        row = models.SchoolBreak(kind=one.kind, first_day=one.first_day, last_day=one.last_day)
        row.grades, row.status, row.source = list(one.grades), one.status, one.source
        written += _store(session, row)
    return written


def load_machine(session: Session, code: str, *, room: str, title_lv: str, title_en: str) -> bool:
    """Bring a machine of a room to these values; returns whether anything was written.

    Raises:
        NotFound: ``room``.
    """
    get_room(session, room)
    made = ensure_resource(
        session, code, kind=ResourceKind.MACHINE, capacity=1, title_lv=title_lv, title_en=title_en
    )
    return _store(session, Machine(code=code, room=room)) or made


def load_opening_rules(session: Session, rules: Iterable[OpeningRule]) -> int:
    """Bring opening hours to these rules; returns how many were written."""
    return sum(_store(session, OpeningHours(**asdict(rule))) for rule in rules)


def close_day(session: Session, day: date, *, reason_lv: str, reason_en: str) -> bool:
    """Close the centre on a day; returns whether anything was written."""
    return _store(session, Closure(day=day, reason_lv=reason_lv, reason_en=reason_en))


def _ensure_terms(session: Session, kind: TermKind, codes: set[str]) -> None:
    """Let every code of a list have words, at first the code itself."""
    for code in sorted(codes):
        if session.get(Term, (kind, code)) is None:
            session.add(Term(kind=kind, code=code, title_lv=code, title_en=code))
            session.flush()


def _store(session: Session, row: Base) -> bool:
    """Insert a row or bring the one of its key to the same values; whether that wrote anything."""
    merged = session.merge(row)
    written = merged in session.new or session.is_modified(merged)
    session.flush()
    return written
