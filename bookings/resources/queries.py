"""Reads of the capacity floor, as frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.models import (
    Cell,
    Closure,
    Host,
    OpeningHours,
    Resource,
    Room,
)
from bookings.resources.rules import OpenDay, OpeningRule, ResourceKind, open_day
from vizium.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource as others see it."""

    code: str
    kind: ResourceKind
    capacity: int
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room; `position` is its place in the row of rooms that combine, None for a lone one."""

    code: str
    kind: str
    title_lv: str
    title_en: str
    seats: int
    position: int | None
    setup_min: int

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host with skills, languages and ISO weekdays."""

    code: str
    name: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    weekdays: tuple[int, ...]
    minutes_a_day_max: int


@dataclass(frozen=True, slots=True)
class CellRow:
    """How full fifteen minutes of a resource are."""

    resource: str
    start: datetime
    used: int
    capacity: int


_ROOMS = select(
    Room.code,
    Room.kind,
    Resource.title_lv,
    Resource.title_en,
    Room.seats,
    Room.position,
    Room.setup_min,
).join(Resource, Resource.code == Room.code)


def get_resource(session: Session, code: str) -> ResourceRow:
    """One resource.

    Raises:
        NotFound: ``resource``.
    """
    found = session.get(Resource, code)
    if found is None:
        raise NotFound("resource", resource=code)
    return _resource_row(found)


def list_resources(session: Session, kind: ResourceKind) -> list[ResourceRow]:
    """All resources of a kind, by code."""
    query = select(Resource).where(Resource.kind == kind).order_by(Resource.code)
    return [_resource_row(found) for found in session.scalars(query)]


def get_room(session: Session, code: str) -> RoomRow:
    """One room.

    Raises:
        NotFound: ``room``.
    """
    found = session.execute(_ROOMS.where(Room.code == code)).one_or_none()
    if found is None:
        raise NotFound("room", room=code)
    return RoomRow(*found)


def list_rooms(session: Session, kind: str | None = None) -> list[RoomRow]:
    """All rooms, or those of a kind, by code."""
    query = _ROOMS.order_by(Room.code)
    if kind is not None:
        query = query.where(Room.kind == kind)
    return [RoomRow(*row) for row in session.execute(query)]


def list_hosts(session: Session) -> list[HostRow]:
    """All hosts, by code."""
    return [
        HostRow(
            code=host.code,
            name=host.name,
            skills=tuple(host.skills),
            languages=tuple(host.languages),
            weekdays=tuple(host.weekdays),
            minutes_a_day_max=host.minutes_a_day_max,
        )
        for host in session.scalars(select(Host).order_by(Host.code))
    ]


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


def opening(session: Session, day: date) -> OpenDay | None:
    """The hours of a day in Latvia, or None when the centre is closed."""
    query = select(
        OpeningHours.weekday,
        OpeningHours.valid_from,
        OpeningHours.valid_to,
        OpeningHours.opens,
        OpeningHours.closes,
        OpeningHours.schools_from,
    ).where(OpeningHours.weekday == day.isoweekday())
    rules = [OpeningRule(*row) for row in session.execute(query)]
    return open_day(day, rules, closed=session.get(Closure, day) is not None)


def _resource_row(resource: Resource) -> ResourceRow:
    return ResourceRow(
        code=resource.code,
        kind=resource.kind,
        capacity=resource.capacity,
        title_lv=resource.title_lv,
        title_en=resource.title_en,
    )
