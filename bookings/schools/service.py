"""Bring places, municipalities and schools to what their registers say.

An import is one transaction. A distance that a person entered outlives every import: only an
estimate is replaced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bookings.schools.models import Municipality, Place, School
from bookings.schools.queries import SchoolRow, get_school
from bookings.schools.rules import (
    DistanceSource,
    Gazetteer,
    ImportReport,
    MunicipalityRow,
    PlaceRow,
    RegisterRow,
    RowProblem,
    parse_address,
)
from vizium.db import audit
from vizium.db.base import Base
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.text import words

# Twice around Latvia: whoever types more has typed metres for kilometres.
DISTANCE_M_MAX = 1_500_000

_Values = dict[str, Any]
# What an import compares and writes; `changed_at` follows when one of them differs.
_FIELDS = (
    "register_no",
    "name",
    "kind",
    "address",
    "settlement",
    "place",
    "municipality",
    "distance_m",
    "distance_source",
    "email",
    "phone",
    "active",
    "search",
)


@dataclass(slots=True)
class _Plan:
    """What an import is going to write and to report, gathered row by row."""

    read: int = 0
    added: list[_Values] = field(default_factory=list)
    changed: list[_Values] = field(default_factory=list)
    unplaced: list[RowProblem] = field(default_factory=list)
    rejected: list[RowProblem] = field(default_factory=list)


def load_municipalities(session: Session, rows: Iterable[MunicipalityRow]) -> int:
    """Bring municipalities to these rows; returns how many were written."""
    # Those that stand come first: the others point to them.
    ordered = sorted(rows, key=lambda row: row.merged_into is not None)
    return sum(
        _store(
            session,
            Municipality(
                iso_code=row.iso_code,
                name=row.name,
                valid_to=row.valid_to,
                merged_into=row.merged_into,
            ),
        )
        for row in ordered
    )


def load_places(session: Session, rows: Iterable[PlaceRow]) -> int:
    """Bring places to these rows; returns how many were written."""
    return sum(
        _store(
            session,
            Place(
                geonameid=row.geonameid,
                name=row.name,
                lat=row.lat,
                lon=row.lon,
                population=row.population,
                municipality=row.municipality,
                road_m=row.road_m,
            ),
        )
        for row in rows
    )


def import_schools(
    session: Session, rows: Iterable[RegisterRow | RowProblem], *, now: datetime
) -> ImportReport:
    """Store the rows of a register; what could not be read arrives as problems and is reported.

    A school that the register no longer lists stays as it is. A registration number that comes
    twice counts once; the later rows are rejected.
    """
    plan = _plan(rows, _gazetteer(session), _standing(session))
    stamp: _Values = {"changed_at": now}
    if plan.added:
        session.execute(insert(School), [values | stamp for values in plan.added])
    if plan.changed:
        session.execute(update(School), [values | stamp for values in plan.changed])
    if plan.added or plan.changed:
        counts = {"read": plan.read, "added": len(plan.added), "changed": len(plan.changed)}
        audit.record(
            session,
            by="system",
            action="schools.import_schools",
            subject="schools:all",
            facts=counts,
            now=now,
        )
    return ImportReport(
        read=plan.read,
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=plan.read - len(plan.added) - len(plan.changed) - len(plan.rejected),
        unplaced=tuple(plan.unplaced),
        rejected=tuple(plan.rejected),
    )


def set_distance(
    session: Session,
    register_no: str,
    distance_m: int,
    *,
    source: DistanceSource,
    by: str,
    now: datetime,
) -> SchoolRow:
    """Enter the way from a school to the centre; imports keep it unless it is an estimate.

    Args:
        by: the person's id, for the audit trail.

    Raises:
        NotFound: ``school``.
        InvalidInput: ``distance_out_of_range``.
    """
    if not 0 <= distance_m <= DISTANCE_M_MAX:
        raise InvalidInput([FieldError("distance_m", "distance_out_of_range")])
    before = get_school(session, register_no)
    session.execute(
        update(School)
        .where(School.register_no == register_no)
        .values(distance_m=distance_m, distance_source=source, changed_at=now)
    )
    audit.record(
        session,
        by=by,
        action="schools.set_distance",
        subject=f"school:{register_no}",
        facts={"from_m": before.distance_m, "to_m": distance_m, "source": source.value},
        now=now,
    )
    return get_school(session, register_no)


def _gazetteer(session: Session) -> Gazetteer:
    municipalities = session.scalars(select(Municipality))
    return Gazetteer(
        [
            PlaceRow(
                geonameid=place.geonameid,
                name=place.name,
                lat=place.lat,
                lon=place.lon,
                population=place.population,
                municipality=place.municipality,
                road_m=place.road_m,
            )
            for place in session.scalars(select(Place))
        ],
        [
            MunicipalityRow(row.iso_code, row.name, row.valid_to, row.merged_into)
            for row in municipalities
        ],
    )


def _standing(session: Session) -> dict[str, _Values]:
    """What is stored, keyed by registration number; locked, so that two imports take turns."""
    columns = [getattr(School, name) for name in _FIELDS]
    rows = session.execute(select(*columns).with_for_update()).mappings()
    return {row["register_no"]: dict(row) for row in rows}


def _plan(
    rows: Iterable[RegisterRow | RowProblem],
    gazetteer: Gazetteer,
    standing: Mapping[str, _Values],
) -> _Plan:
    plan = _Plan()
    # The row at which a registration number came first, keyed by the number.
    seen: dict[str, int] = {}
    for row in rows:
        plan.read += 1
        if isinstance(row, RowProblem):
            plan.rejected.append(row)
            continue
        first_row = seen.setdefault(row.register_no, row.row)
        if first_row != row.row:
            facts = {"register_no": row.register_no, "first_row": first_row}
            plan.rejected.append(RowProblem(row.row, "repeated", facts))
            continue
        before = standing.get(row.register_no)
        values = _values(row, gazetteer, before)
        if values["distance_m"] is None:
            plan.unplaced.append(RowProblem(row.row, "not_placed", {"address": row.address}))
        if before is None:
            plan.added.append(values)
        elif before != values:
            plan.changed.append(values)
    return plan


def _values(row: RegisterRow, gazetteer: Gazetteer, before: _Values | None) -> _Values:
    address = parse_address(row.address)
    found = gazetteer.locate(address)
    settlement = address.settlement or (found.place.name if found.place else "")
    territory = gazetteer.name_of(found.municipality)
    distance_m = found.place.road_m if found.place else None
    source = DistanceSource.ESTIMATE if found.place else None
    if before is not None and before["distance_source"] not in (None, DistanceSource.ESTIMATE):
        distance_m, source = before["distance_m"], before["distance_source"]
    searched = f"{row.name} {settlement} {address.municipality} {territory} {row.register_no}"
    return {
        "register_no": row.register_no,
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "settlement": settlement,
        "place": found.place.geonameid if found.place else None,
        "municipality": found.municipality,
        "distance_m": distance_m,
        "distance_source": source,
        "email": row.email,
        "phone": row.phone,
        "active": row.active,
        "search": " ".join(dict.fromkeys(words(searched))),
    }


def _store(session: Session, row: Base) -> bool:
    """Insert a row or bring the one of its key to the same values; whether that wrote anything."""
    merged = session.merge(row)
    written = merged in session.new or session.is_modified(merged)
    session.flush()
    return written
