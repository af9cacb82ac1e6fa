"""What a resource takes at an instant, with its dated change; and who has it from then on."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from bookings.resources.models import Allocation, Cell, Resource
from bookings.resources.queries.rows import CellRow, Planned, UseRow
from vizium.db.base import Base
from vizium.kernel.clock import from_wall, local_date

USES_SHOWN = 200
_RESOURCE = Base.metadata.tables[Resource.__tablename__]
_USES = select(Allocation.owner, Allocation.start, Allocation.end, Allocation.amount)


def change_at(day: date) -> datetime:
    """The instant from which a change of a day counts."""
    return from_wall(day, time())


def capacity_at(at: ColumnElement[datetime] | Any) -> ColumnElement[int]:  # noqa: ANN401 - or an instant
    """The capacity of `Resource` at an instant, as a statement has it."""
    return case((_RESOURCE.c.changes_at <= at, _RESOURCE.c.changes_to), else_=_RESOURCE.c.capacity)


def planned_of(changes_at: datetime | None, changes_to: int | None) -> Planned | None:
    """The dated change as rows have it."""
    if changes_at is None or changes_to is None:
        return None
    return Planned(local_date(changes_at), changes_to)


def list_fuller(session: Session, code: str, *, now: datetime) -> list[CellRow]:
    """The cells of a resource from now on of which more is taken than its capacity allows."""
    query = (
        select(Cell.resource, Cell.start, Cell.used, Cell.capacity)
        .join(_RESOURCE, _RESOURCE.c.code == Cell.resource)
        .where(Cell.resource == code, Cell.start >= now, Cell.used > capacity_at(Cell.start))
        .order_by(Cell.start)
    )
    return [CellRow(*row) for row in session.execute(query)]


def list_uses(session: Session, code: str, *, since: datetime) -> list[UseRow]:
    """Who has a resource from an instant on, outages left out; at most `USES_SHOWN`."""
    query = (
        _USES.where(
            Allocation.resource == code,
            Allocation.end > since,
            Allocation.owner.not_like("outage:%"),
        )
        .order_by(Allocation.start, Allocation.owner)
        .limit(USES_SHOWN)
    )
    return [UseRow(*row) for row in session.execute(query)]
