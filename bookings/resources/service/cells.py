"""Many cells at once, in the order that keeps takers from deadlock.

```
               PostgreSQL                                     SQLite (one writer at a time)
look_at        SELECT ... FROM unnest                         SELECT
make_cells     INSERT ... SELECT FROM unnest ORDER BY         executemany
lock_free      SELECT ... FOR UPDATE                          SELECT
change_cells   UPDATE ... FROM (SELECT ... FOR UPDATE)        SELECT, executemany
```
A taker first makes the cells that are missing and only then locks any: who waits for a cell that
another is making holds nothing that others need. All cells are locked in one order, by code points
of the code and by start, so takers wait for each other in one direction only. The limit is the
condition of the UPDATE, and a CHECK besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    Update,
    bindparam,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from bookings.resources.models import Cell, Resource
from bookings.resources.queries.change import capacity_at
from bookings.resources.rules import CellKey, ResourceKind
from vizium.db.base import Base
from vizium.db.types import UtcInstant

Wanted = Sequence[tuple[CellKey, int]]
"""Cells with an amount of each, ascending by (resource, start), each once."""

_CELL = Base.metadata.tables[Cell.__tablename__]
_RESOURCE = Base.metadata.tables[Resource.__tablename__]

# Statements are made once: they run for every take. On PostgreSQL the wanted cells are a table made
# of three arrays, so that one statement serves any number of them.
_WANTED = (
    func.unnest(
        bindparam("codes", type_=ARRAY(Text)),
        bindparam("starts", type_=ARRAY(UtcInstant)),
        bindparam("amounts", type_=ARRAY(Integer)),
    )
    .table_valued(
        column("code", Text),
        column("at", UtcInstant()),
        column("amount", Integer),
        with_ordinality="number",
    )
    .render_derived(name="wanted")
)
_IS_WANTED = (_CELL.c.resource == _WANTED.c.code) & (_CELL.c.start == _WANTED.c.at)
_MISSING = func.array_agg(_WANTED.c.at, type_=ARRAY(UtcInstant)).filter(_CELL.c.used.is_(None))
_LOOK_AT_WANTED = (
    select(_RESOURCE.c.code, _RESOURCE.c.kind, _MISSING)
    .join(_WANTED, _RESOURCE.c.code == _WANTED.c.code)
    .outerjoin(_CELL, _IS_WANTED)
    .group_by(_RESOURCE.c.code, _RESOURCE.c.kind)
)
# FOR SHARE: a capacity that is being changed is waited for, not copied in its old value.
_NEW_CELLS = (
    select(_RESOURCE.c.code, _WANTED.c.at, literal(0), capacity_at(_WANTED.c.at))
    .join(_WANTED, _RESOURCE.c.code == _WANTED.c.code)
    .order_by(_WANTED.c.code.collate("C"), _WANTED.c.at)
    .with_for_update(read=True, of=_RESOURCE)
)
_MAKE_WANTED = (
    postgresql.insert(_CELL).from_select(_CELL.c.keys(), _NEW_CELLS).on_conflict_do_nothing()
)
_LOCK = (
    select(_CELL.c.resource, _CELL.c.start)
    .join(_WANTED, _IS_WANTED)
    .order_by(_CELL.c.resource.collate("C"), _CELL.c.start)
    .with_for_update(of=_CELL)
)
_LOCKED = _LOCK.add_columns(_WANTED.c.amount, _WANTED.c.number).subquery("locked")
_LOCK_FREE = _LOCK.add_columns(_CELL.c.capacity - _CELL.c.used)


def _change(amount: ColumnElement[int], which: ColumnElement[bool]) -> Update:
    fits = _CELL.c.used + amount <= _CELL.c.capacity
    return update(_CELL).where(which, fits).values(used=_CELL.c.used + amount)


_CHANGE_WANTED = _change(
    _LOCKED.c.amount,
    (_CELL.c.resource == _LOCKED.c.resource) & (_CELL.c.start == _LOCKED.c.start),
).returning(_LOCKED.c.number)

_LOOK_AT_ALL = (
    select(_RESOURCE.c.code, _RESOURCE.c.kind, _CELL.c.start)
    .outerjoin(
        _CELL,
        (_CELL.c.resource == _RESOURCE.c.code)
        & _CELL.c.start.in_(bindparam("starts", expanding=True)),
    )
    .where(_RESOURCE.c.code.in_(bindparam("codes", expanding=True)))
)
_FREE = select(_CELL.c.resource, _CELL.c.start, _CELL.c.capacity - _CELL.c.used).where(
    _CELL.c.resource.in_(bindparam("codes", expanding=True)),
    _CELL.c.start.in_(bindparam("starts", expanding=True)),
)
_AT = bindparam("at", type_=UtcInstant())
_NEW_CELL = select(_RESOURCE.c.code, _AT, literal(0), capacity_at(_AT)).where(
    _RESOURCE.c.code == bindparam("code")
)
_MAKE_ONE = sqlite.insert(_CELL).from_select(_CELL.c.keys(), _NEW_CELL).on_conflict_do_nothing()
_CHANGE_ONE = _change(
    bindparam("amount", type_=Integer),
    (_CELL.c.resource == bindparam("code")) & (_CELL.c.start == bindparam("at")),
)


@dataclass(frozen=True, slots=True)
class Look:
    """Kinds of the resources that exist, keyed by code, and the cells that do not exist yet."""

    kinds: dict[str, ResourceKind]
    missing: frozenset[CellKey]


def look_at(session: Session, wanted: Wanted) -> Look:
    """What is known of cells before they are taken; locks nothing."""
    if _is_sqlite(session):
        return _look_at_all(session, wanted)
    rows = session.execute(_LOOK_AT_WANTED, _arrays(wanted)).all()
    return Look(
        kinds={code: kind for code, kind, _ in rows},
        missing=frozenset((code, start) for code, _, starts in rows for start in starts or ()),
    )


def _look_at_all(session: Session, wanted: Wanted) -> Look:
    rows = session.execute(_LOOK_AT_ALL, _named(wanted)).all()
    standing = {(code, start) for code, _, start in rows}
    return Look(
        kinds={code: kind for code, kind, _ in rows},
        missing=frozenset(key for key, _ in wanted if key not in standing),
    )


def make_cells(session: Session, missing: Sequence[CellKey]) -> None:
    """Make cells that do not exist yet; another taker may make the same ones at this moment."""
    if not missing:
        return
    wanted = [(key, 0) for key in missing]
    if _is_sqlite(session):
        session.execute(_MAKE_ONE, _rows(wanted))
    else:
        session.execute(_MAKE_WANTED, _arrays(wanted))


def change_cells(session: Session, changes: Wanted) -> CellKey | None:
    """Take so much of each cell, or give back what is below 0, as far as it fits.

    Returns:
        None when all fitted, else the first cell that was too full; others may be changed then, so
        the transaction must be given up.
    """
    if not changes:
        return None
    if _is_sqlite(session):
        return _change_one_by_one(session, changes)
    changed = set(session.scalars(_CHANGE_WANTED, _arrays(changes)))
    return next((key for n, (key, _) in enumerate(changes, 1) if n not in changed), None)


def lock_free(session: Session, wanted: Wanted) -> dict[CellKey, int]:
    """How much of each cell is free, and stays so until this transaction ends."""
    if _is_sqlite(session):
        # Nobody else writes before this transaction ends: what is read here stays true.
        rows = session.execute(_FREE, _named(wanted))
    else:
        rows = session.execute(_LOCK_FREE, _arrays(wanted))
    left = {(code, start): free for code, start, free in rows}
    return {key: left[key] for key, _ in wanted}


def _change_one_by_one(session: Session, changes: Wanted) -> CellKey | None:
    free = lock_free(session, changes)
    for key, amount in changes:
        if amount > free[key]:
            return key
    changed = session.connection().execute(_CHANGE_ONE, _rows(changes)).rowcount
    assert changed == len(changes), "cells change in a write transaction"
    return None


def _named(wanted: Wanted) -> dict[str, list[str] | list[datetime]]:
    """The codes and the starts that occur; together they name these cells and some more."""
    return {
        "codes": sorted({code for (code, _), _ in wanted}),
        "starts": sorted({start for (_, start), _ in wanted}),
    }


def _arrays(wanted: Wanted) -> dict[str, list[str] | list[datetime] | list[int]]:
    return {
        "codes": [code for (code, _), _ in wanted],
        "starts": [start for (_, start), _ in wanted],
        "amounts": [amount for _, amount in wanted],
    }


def _rows(wanted: Wanted) -> list[dict[str, object]]:
    return [{"code": code, "at": start, "amount": amount} for (code, start), amount in wanted]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
