"""Take and give back capacity; the database, not this code, refuses to oversell.

A take makes the cells that were never taken before, then raises `used` by an UPDATE whose condition
is the limit, cell by cell in sorted order, and only then writes the allocations that say why. The
caller's transaction is the unit: when one cell is full the error rolls everything back. Take
everything of one owner in one call; several calls in one transaction would break the order that
keeps takers from deadlock.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, case, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from bookings.resources.models import Allocation, Cell, Resource
from bookings.resources.rules import CellKey, CellProblem, ResourceKind, Take, demand
from vizium.db.base import Base
from vizium.db.inserts import insert_for
from vizium.kernel.clock import CELL
from vizium.kernel.errors import CapacityExceeded, NotFound
from vizium.kernel.ids import new_id

_RESOURCE = Base.metadata.tables[Resource.__tablename__]
_CELL = Base.metadata.tables[Cell.__tablename__]
# Made once: it runs for every cell of every take. The condition is the limit itself.
_RAISE_USED = (
    update(_CELL)
    .where(
        _CELL.c.resource == bindparam("at_resource"),
        _CELL.c.start == bindparam("at_start"),
        _CELL.c.used + bindparam("amount", type_=Integer) <= _CELL.c.capacity,
    )
    .values(used=_CELL.c.used + bindparam("amount", type_=Integer))
    .returning(_CELL.c.used)
)
_LOOK = (
    select(Resource.code, Resource.kind, _CELL.c.start)
    .outerjoin(
        _CELL,
        (_CELL.c.resource == Resource.code)
        & _CELL.c.start.in_(bindparam("starts", expanding=True)),
    )
    .where(Resource.code.in_(bindparam("codes", expanding=True)))
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
    kinds, standing = _look(session, takes)
    bounded = [_bounded(one, kinds[one.resource]) for one in takes]
    wanted = demand(bounded)
    # All new cells before the first UPDATE: whoever waits for one holds nothing that others need.
    _make_cells(session, [cell for cell, _ in wanted if cell not in standing])
    for cell, amount in wanted:
        _take_cell(session, cell, amount)
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
        for one in bounded
    ]
    if rows:
        session.execute(insert(Allocation), rows)


def release(session: Session, owner: str) -> int:
    """Give back everything an owner holds.

    Returns:
        How many allocations there were; 0 when they are back already.
    """
    # The DELETE comes first: of two releases at once the second finds nothing to give back.
    freed = session.execute(
        delete(Allocation)
        .where(Allocation.owner == owner)
        .returning(Allocation.resource, Allocation.start, Allocation.end, Allocation.amount)
    ).all()
    for (resource, start), amount in demand(Take(*row) for row in freed):
        session.execute(
            update(Cell)
            .where(Cell.resource == resource, Cell.start == start)
            .values(used=Cell.used - amount)
            .execution_options(synchronize_session=False)
        )
    return len(freed)


def keep(session: Session, owner: str, expires_at: datetime | None) -> int:
    """Let an owner's allocations last until another instant, or for good (None).

    Returns:
        How many allocations were kept; 0 means that they are gone.
    """
    kept = session.execute(
        update(Allocation)
        .where(Allocation.owner == owner)
        .values(expires_at=expires_at)
        .returning(Allocation.id)
        .execution_options(synchronize_session=False)
    )
    return len(kept.all())


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
    resource = session.get_one(Resource, code, with_for_update=True, populate_existing=True)
    if all(getattr(resource, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(resource, name, value)
    session.flush()
    session.execute(
        update(Cell)
        .where(Cell.resource == code)
        .values(capacity=case((Cell.used > capacity, Cell.used), else_=capacity))
        .execution_options(synchronize_session=False)
    )
    return True


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


def _look(session: Session, takes: Sequence[Take]) -> tuple[dict[str, ResourceKind], set[CellKey]]:
    """The kinds of the resources, keyed by code, and the cells that exist already."""
    codes = {one.resource for one in takes}
    starts = {start for (_, start), _ in demand(takes)}
    kinds: dict[str, ResourceKind] = {}
    standing: set[CellKey] = set()
    asked = {"codes": list(codes), "starts": list(starts)}
    for code, kind, start in session.execute(_LOOK, asked):
        kinds[code] = kind
        standing.add((code, start))
    for code in sorted(codes - kinds.keys()):
        raise NotFound("resource", resource=code)
    return kinds, standing


def _bounded(one: Take, kind: ResourceKind) -> Take:
    """The take as it is stored: seats are one cell, however long the activity lasts."""
    if kind is ResourceKind.SEATS:
        return Take(one.resource, one.start, one.start + CELL, one.amount)
    return one


def _make_cells(session: Session, missing: Sequence[CellKey]) -> None:
    if not missing:
        return
    # FOR SHARE: a capacity that is being changed is waited for, not copied in its old value.
    capacity = (
        select(
            Resource.code,
            bindparam("start", type_=_CELL.c.start.type),
            literal(0),
            Resource.capacity,
        )
        .where(Resource.code == bindparam("resource"))
        .with_for_update(read=True)
    )
    new = insert_for(session, _CELL).from_select(_CELL.c.keys(), capacity)
    made = new.on_conflict_do_nothing()
    session.execute(made, [{"resource": code, "start": start} for code, start in missing])


def _take_cell(session: Session, cell: CellKey, amount: int) -> None:
    resource, start = cell
    wanted = {"at_resource": resource, "at_start": start, "amount": amount}
    if session.execute(_RAISE_USED, wanted).scalar() is not None:
        return
    left = select(Cell.capacity - Cell.used).where(Cell.resource == resource, Cell.start == start)
    raise CapacityExceeded(
        "capacity_exceeded", resource=resource, start=start, free=session.scalar(left)
    )
