"""Reads of schools, as frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from bookings.schools.models import Municipality, School
from bookings.schools.rules import DistanceSource, SchoolKind
from vizium.db.base import Base
from vizium.kernel.errors import NotFound
from vizium.kernel.text import words

SEARCH_WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school; `place` is the town or village of its address."""

    register_no: str
    name: str
    kind: SchoolKind
    place: str
    municipality: str
    distance_m: int | None
    distance_source: DistanceSource | None
    email: str | None
    phone: str | None
    active: bool


_SCHOOL = Base.metadata.tables[School.__tablename__]
_MUNICIPALITY = Base.metadata.tables[Municipality.__tablename__]
# Typed Any: the overloads of select() end at nine columns.
_ROWS: Select[*tuple[Any, ...]] = select(
    _SCHOOL.c.register_no,
    _SCHOOL.c.name,
    _SCHOOL.c.kind,
    _SCHOOL.c.settlement,
    func.coalesce(_MUNICIPALITY.c.name, ""),
    _SCHOOL.c.distance_m,
    _SCHOOL.c.distance_source,
    _SCHOOL.c.email,
    _SCHOOL.c.phone,
    _SCHOOL.c.active,
).outerjoin(_MUNICIPALITY, _MUNICIPALITY.c.iso_code == _SCHOOL.c.municipality)
# Made once: every booking asks it.
_THESE = _ROWS.where(_SCHOOL.c.register_no.in_(bindparam("numbers", expanding=True)))


def find_school(session: Session, register_no: str) -> SchoolRow | None:
    """A school by its registration number, in its stored form."""
    return find_schools(session, [register_no]).get(register_no)


def find_schools(session: Session, numbers: Collection[str]) -> dict[str, SchoolRow]:
    """Those of these schools that there are, keyed by registration number."""
    rows = session.execute(_THESE, {"numbers": sorted(set(numbers))})
    return {row.register_no: SchoolRow(*row) for row in rows}


def get_school(session: Session, register_no: str) -> SchoolRow:
    """A school by its registration number.

    Raises:
        NotFound: ``school``.
    """
    row = find_school(session, register_no)
    if row is None:
        raise NotFound("school", register_no=register_no)
    return row


def search_schools(session: Session, q: str, *, most: int = 20, offset: int = 0) -> list[SchoolRow]:
    """Open schools whose name, place, municipality or number has every word of `q`.

    Diacritics and case do not count. Names that begin with the first word come first, then the
    order of the alphabet; no words, all schools.
    """
    asked = words(q)[:SEARCH_WORDS_MAX]
    query = _ROWS.where(_SCHOOL.c.active, *(_SCHOOL.c.search.contains(word) for word in asked))
    begins = _SCHOOL.c.search.startswith(asked[0] if asked else "")
    query = query.order_by(case((begins, 0), else_=1), _SCHOOL.c.search, _SCHOOL.c.register_no)
    return [SchoolRow(*row) for row in session.execute(query.limit(most).offset(offset))]
