"""Take and give back capacity; the database, not this code, refuses to oversell.

A take makes the cells that were never taken before, then raises `used` by an UPDATE whose condition
is the limit, in sorted order, and only then writes the allocations that say why. The caller's
transaction is the unit: when one cell is full the error rolls everything back. Take everything of
one owner in one call, and swap what it has for something else in one call too: several calls in one
transaction would break the order that keeps takers from deadlock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    bindparam,
    case,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from bookings.resources.models import Allocation, Cell, Resource
from bookings.resources.rules import CellKey, CellProblem, ResourceKind, Take, demand
from bookings.resources.service.cells import Wanted, change_cells, look_at, make_cells
from vizium.db.base import Base
from vizium.db.inserts import insert_for
from vizium.kernel.clock import CELL
from vizium.kernel.errors import CapacityExceeded, NotFound
from vizium.kernel.ids import new_id

_RESOURCE = Base.metadata.tables[Resource.__tablename__]
_ALLOCATION = Base.metadata.tables[Allocation.__tablename__]
# With RETURNING all rows travel in one statement.
_ALLOCATE = insert(_ALLOCATION).returning(_ALLOCATION.c.id)
_LEFT = select(Cell.capacity - Cell.used)
_LAST = (
    update(_ALLOCATION)
    .where(_ALLOCATION.c.owner == bindparam("of"))
    .values(expires_at=bindparam("until"))
)


def take(
    session: Session,
    owner: str,
    takes: Sequence[Take],
    *,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """Take capacity for an owner, all of it or nothing.

    Args:
        owner: who gives it back later, e.g. ``visit:01K…`` or ``session:01K…``.
        takes: everything this owner takes now; a take of seats counts at its start only.
        expires_at: a hold's end; None for what is confirmed.

    Raises:
        CapacityExceeded: ``capacity_exceeded`` with the first cell that is too full: `resource`,
            `start` and how many are `free`. The transaction must be given up.
        NotFound: ``resource``.
    """
    bounded = _prepare(session, takes)
    _change(session, demand(bounded), own={})
    _write_allocations(session, owner, bounded, expires_at=expires_at, now=now)


def swap(
    session: Session,
    owner: str,
    takes: Sequence[Take],
    *,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """Take these in place of everything that an owner holds; what stays is never given away.

    Raises:
        CapacityExceeded, NotFound: as `take`; `free` counts what the owner had there. The
            transaction must be given up.
    """
    bounded = _prepare(session, takes)
    own = dict(demand(_drop_allocations(session, owner)))
    wanted = dict(demand(bounded))
    changes = [
        (cell, amount)
        for cell in sorted(own.keys() | wanted.keys())
        if (amount := wanted.get(cell, 0) - own.get(cell, 0))
    ]
    _change(session, changes, own=own)
    _write_allocations(session, owner, bounded, expires_at=expires_at, now=now)


def release(session: Session, owner: str) -> int:
    """Give back everything an owner holds.

    Returns:
        How many allocations there were; 0 when they are back already.
    """
    freed = _drop_allocations(session, owner)
    change_cells(session, [(cell, -amount) for cell, amount in demand(freed)])
    return len(freed)


def keep(session: Session, owner: str, expires_at: datetime | None) -> int:
    """Let an owner's allocations last until another instant, or for good (None).

    Returns:
        How many allocations were kept; 0 means that they are gone.
    """
    kept = session.execute(_LAST, {"of": owner, "until": expires_at})
    return cast("CursorResult[Any]", kept).rowcount


def ensure_resource(
    session: Session,
    code: str,
    *,
    kind: ResourceKind,
    capacity: int,
    title_lv: str = "",
    title_en: str = "",
) -> bool:
    """Make a resource, or bring it to these values.

    A capacity that shrinks takes nothing away from who has it: cells that are fuller than the new
    capacity are closed at what is used.

    Returns:
        Whether anything was written.
    """
    values = {"kind": kind, "capacity": capacity, "title_lv": title_lv, "title_en": title_en}
    made = insert_for(session, _RESOURCE).on_conflict_do_nothing().returning(_RESOURCE.c.code)
    if session.execute(made, {"code": code} | values).scalar() is not None:
        return True
    # Not against foreign keys: who takes holds cells already when an allocation names the row.
    lock = {"key_share": True}
    resource = session.get_one(Resource, code, with_for_update=lock, populate_existing=True)
    if all(getattr(resource, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(resource, name, value)
    session.flush()
    align_cells(session, resource)
    return True


def align_cells(session: Session, resource: Resource) -> None:
    """Bring the cells of a resource to what its row says; who has more keeps it.

    The caller holds the row, so nobody makes new cells meanwhile; those that stand are locked in
    the order of all takers first.
    """
    of = Cell.resource == resource.code
    session.execute(select(Cell.start).where(of).order_by(Cell.start).with_for_update())
    limit: ColumnElement[int] = literal(resource.capacity)
    if resource.changes_at is not None:
        limit = case((Cell.start >= resource.changes_at, resource.changes_to), else_=limit)
    session.execute(
        update(Cell)
        .where(of)
        .values(capacity=case((Cell.used > limit, Cell.used), else_=limit))
        .execution_options(synchronize_session=False)
    )


def check_cells(session: Session) -> list[CellProblem]:
    """Recompute every cell from its allocations.

    Returns:
        The cells that differ, ascending; a sound database gives none.
    """
    fields = (Allocation.resource, Allocation.start, Allocation.end, Allocation.amount)
    allocated = dict(demand(Take(*row) for row in session.execute(select(*fields))))
    cells = session.execute(select(Cell.resource, Cell.start, Cell.used)).all()
    used = {(resource, start): n for resource, start, n in cells}
    return [
        CellProblem(*key, used.get(key, 0), allocated.get(key, 0))
        for key in sorted(used.keys() | allocated.keys())
        if used.get(key, 0) != allocated.get(key, 0)
    ]


def _prepare(session: Session, takes: Sequence[Take]) -> list[Take]:
    """The takes as they are stored, every cell of theirs made."""
    look = look_at(session, demand(takes))
    for code in sorted({one.resource for one in takes} - look.kinds.keys()):
        raise NotFound("resource", resource=code)
    bounded = [_bounded(one, look.kinds[one.resource]) for one in takes]
    make_cells(session, [cell for cell, _ in demand(bounded) if cell in look.missing])
    return bounded


def _change(session: Session, changes: Wanted, *, own: Mapping[CellKey, int]) -> None:
    full = change_cells(session, changes)
    if full is not None:
        resource, start = full
        left = session.scalar(_LEFT.where(Cell.resource == resource, Cell.start == start)) or 0
        free = left + own.get(full, 0)
        raise CapacityExceeded("capacity_exceeded", resource=resource, start=start, free=free)


def _write_allocations(
    session: Session,
    owner: str,
    takes: Sequence[Take],
    *,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    rows = [
        {
            "id": new_id(now),
            "owner": owner,
            "resource": one.resource,
            "start": one.start,
            "end": one.end,
            "amount": one.amount,
            "expires_at": expires_at,
        }
        for one in takes
    ]
    if rows:
        session.execute(_ALLOCATE, rows)


def _drop_allocations(session: Session, owner: str) -> list[Take]:
    """Delete first, change cells then: of two at once the second finds nothing to give back."""
    gone = session.execute(
        delete(Allocation)
        .where(Allocation.owner == owner)
        .returning(Allocation.resource, Allocation.start, Allocation.end, Allocation.amount)
    )
    return [Take(*row) for row in gone]


def _bounded(one: Take, kind: ResourceKind) -> Take:
    """The take as it is stored: seats are one cell, however long the activity lasts."""
    if kind is ResourceKind.SEATS:
        return Take(one.resource, one.start, one.start + CELL, one.amount)
    return one
