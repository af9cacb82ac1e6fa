"""Reads of rooms, galleries, pools, machines and hosts."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import Cell, Gallery, Host, Machine, Resource, Room, Term
from bookings.resources.queries.change import planned_of
from bookings.resources.queries.rows import (
    CellRow,
    GalleryRow,
    HostRow,
    MachineRow,
    ResourceRow,
    RoomRow,
    TermRow,
    Thing,
)
from bookings.resources.rules import (
    Configuration,
    ResourceKind,
    Shift,
    TermKind,
    configurations,
)
from vizium.db.audit import AuditEntry
from vizium.kernel.errors import NotFound

_CHANGE = Resource.changes_at, Resource.changes_to
_ROOMS = select(
    Room.code,
    Room.kind,
    Resource.title_lv,
    Resource.title_en,
    Room.seats,
    Room.position,
    Room.setup_min,
    Room.step_free,
    Room.quiet,
    *_CHANGE,
).join(Resource, Resource.code == Room.code)
_MACHINES = select(Machine.code, Machine.room, Resource.title_lv, Resource.title_en, *_CHANGE).join(
    Resource, Resource.code == Machine.code
)
_HOSTS = select(Host, *_CHANGE).join(Resource, Resource.code == Host.code)
_GALLERIES = select(
    Gallery.code,
    Resource.title_lv,
    Resource.title_en,
    Resource.capacity,
    Gallery.alone,
    Gallery.step_free,
    Gallery.quiet,
    *_CHANGE,
).join(Resource, Resource.code == Gallery.code)

AnyThing = TypeVar("AnyThing", bound=Thing)


def standing(things: Iterable[AnyThing], day: date) -> list[AnyThing]:
    """Those of the things that are in use on a day: a form offers no others."""
    return [thing for thing in things if thing.stands_on(day)]


def get_resource(session: Session, code: str) -> ResourceRow:
    """One resource.

    Raises:
        NotFound: ``resource``.
    """
    found = session.get(Resource, code)
    if found is None:
        raise NotFound("resource", resource=code)
    return _resource_row(found)


def list_pools(session: Session) -> list[ResourceRow]:
    """What counts heads or coaches and is no gallery, by code."""
    query = (
        select(Resource)
        .outerjoin(Gallery, Gallery.code == Resource.code)
        .where(Resource.kind == ResourceKind.POOL, Gallery.code.is_(None))
        .order_by(Resource.code)
    )
    return [_resource_row(found) for found in session.scalars(query)]


def get_room(session: Session, code: str) -> RoomRow:
    """One room.

    Raises:
        NotFound: ``room``.
    """
    found = session.execute(_ROOMS.where(Room.code == code)).one_or_none()
    if found is None:
        raise NotFound("room", room=code)
    return _row(RoomRow, found)


def list_rooms(session: Session, kind: str | None = None) -> list[RoomRow]:
    """All rooms, or those of a kind, by code."""
    query = _ROOMS.order_by(Room.code)
    if kind is not None:
        query = query.where(Room.kind == kind)
    return [_row(RoomRow, row) for row in session.execute(query)]


def list_configurations(session: Session) -> tuple[Configuration, ...]:
    """Every room that the movable walls can make, smallest first."""
    return configurations(list_rooms(session))


def get_gallery(session: Session, code: str) -> GalleryRow:
    """One gallery.

    Raises:
        NotFound: ``gallery``.
    """
    found = session.execute(_GALLERIES.where(Gallery.code == code)).one_or_none()
    if found is None:
        raise NotFound("gallery", gallery=code)
    return _row(GalleryRow, found)


def list_galleries(session: Session) -> list[GalleryRow]:
    """All galleries, by code."""
    return [_row(GalleryRow, row) for row in session.execute(_GALLERIES.order_by(Gallery.code))]


def get_machine(session: Session, code: str) -> MachineRow:
    """One machine.

    Raises:
        NotFound: ``machine``.
    """
    found = session.execute(_MACHINES.where(Machine.code == code)).one_or_none()
    if found is None:
        raise NotFound("machine", machine=code)
    return _row(MachineRow, found)


def list_machines(session: Session) -> list[MachineRow]:
    """All machines, by code."""
    return [_row(MachineRow, row) for row in session.execute(_MACHINES.order_by(Machine.code))]


def get_host(session: Session, code: str) -> HostRow:
    """One host.

    Raises:
        NotFound: ``host``.
    """
    found = session.execute(_HOSTS.where(Host.code == code)).one_or_none()
    if found is None:
        raise NotFound("host", host=code)
    return _host_row(*found)


def list_hosts(session: Session) -> list[HostRow]:
    """All hosts, by code."""
    return [_host_row(*row) for row in session.execute(_HOSTS.order_by(Host.code))]


def list_shifts(session: Session, host: str, *, until: date | None = None) -> list[Shift]:
    """A host's shifts by weekday and first day; `until` leaves out those that ended before it."""
    shift = models.Shift
    query = select(shift).where(shift.host == host).order_by(shift.weekday, shift.valid_from)
    if until is not None:
        query = query.where(shift.valid_to >= until)
    return [shift_row(row) for row in session.scalars(query)]


def list_walks(session: Session) -> dict[tuple[str, str], int]:
    """Minutes between two places, keyed by the pair in order."""
    walk = models.Walk
    rows = session.execute(select(walk.one, walk.other, walk.minutes))
    return {(one, other): minutes for one, other, minutes in rows}


def list_cells(
    session: Session, resources: Collection[str], *, start: datetime, end: datetime
) -> list[CellRow]:
    """The cells of resources in [start, end) that were ever taken, ascending.

    A cell that is missing is wholly free.
    """
    query = (
        select(Cell.resource, Cell.start, Cell.used, Cell.capacity)
        .where(Cell.resource.in_(resources), Cell.start >= start, Cell.start < end)
        .order_by(Cell.resource, Cell.start)
    )
    return [CellRow(*row) for row in session.execute(query)]


def list_edited(session: Session) -> frozenset[str]:
    """What staff have changed, as the audit names it: ``resource:h-01``, ``day:2027-06-08``.

    A list that is loaded again leaves them as the staff want them.
    """
    query = select(AuditEntry.subject).where(AuditEntry.action.startswith("resources."))
    return frozenset(session.scalars(query.distinct()))


def shift_row(shift: models.Shift) -> Shift:
    """A shift as the rules know it."""
    return Shift(
        host=shift.host,
        weekday=shift.weekday,
        valid_from=shift.valid_from,
        valid_to=shift.valid_to,
        starts=shift.starts,
        ends=shift.ends,
        break_starts=shift.break_starts,
        break_ends=shift.break_ends,
    )


def list_terms(session: Session) -> dict[TermKind, list[TermRow]]:
    """The centre's own words, by kind and code."""
    found: dict[TermKind, list[TermRow]] = {kind: [] for kind in TermKind}
    for term in session.scalars(select(Term).order_by(Term.kind, Term.code)):
        found[term.kind].append(TermRow(term.kind, term.code, term.title_lv, term.title_en))
    return found


def _row(make: Callable[..., AnyThing], found: Iterable[Any]) -> AnyThing:
    *values, changes_at, changes_to = found
    return make(*values, planned=planned_of(changes_at, changes_to))


def _host_row(host: Host, changes_at: datetime | None, changes_to: int | None) -> HostRow:
    return HostRow(
        code=host.code,
        name=host.name,
        skills=tuple(host.skills),
        languages=tuple(host.languages),
        minutes_a_day_max=host.minutes_a_day_max,
        email=host.email,
        planned=planned_of(changes_at, changes_to),
    )


def _resource_row(resource: Resource) -> ResourceRow:
    return ResourceRow(
        code=resource.code,
        kind=resource.kind,
        capacity=resource.capacity,
        title_lv=resource.title_lv,
        title_en=resource.title_en,
        planned=planned_of(resource.changes_at, resource.changes_to),
    )
