"""Reads of schools, as frozen rows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from bookings.schools.models import Municipality, School
from bookings.schools.rules import DistanceSource, SchoolKind
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


# Typed Any: the overloads of select() end at nine columns.
_ROWS: Select[*tuple[Any, ...]] = select(
    School.register_no,
    School.name,
    School.kind,
    School.settlement,
    func.coalesce(Municipality.name, ""),
    School.distance_m,
    School.distance_source,
    School.email,
    School.phone,
    School.active,
).outerjoin(Municipality, Municipality.iso_code == School.municipality)


def find_school(session: Session, register_no: str) -> SchoolRow | None:
    """A school by its registration number, in its stored form."""
    row = session.execute(_ROWS.where(School.register_no == register_no)).one_or_none()
    return SchoolRow(*row) if row is not None else None


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
    query = _ROWS.where(School.active, *(School.search.contains(word) for word in asked))
    begins = School.search.startswith(asked[0] if asked else "")
    query = query.order_by(case((begins, 0), else_=1), School.search, School.register_no)
    return [SchoolRow(*row) for row in session.execute(query.limit(most).offset(offset))]
