"""What an activity said, says and will say.

The edition of a school year is the newest version of the latest year that is not after it: what was
written for 2026/2027 holds until somebody writes another for a later year.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity, ActivityVersion
from bookings.programmes.rules import ActivityRow, activity_of
from vizium.kernel.errors import NotFound
from vizium.kernel.schoolyear import SchoolYear

FIELDS = tuple(field.name for field in fields(ActivityRow))
COLUMNS = tuple(getattr(Activity, name) for name in FIELDS)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version: what was said from a school year on, by whom and when."""

    content: ActivityRow
    school_year: SchoolYear
    version: int
    made_by: str
    made_at: datetime


def row_of(columns: Any) -> ActivityRow:  # noqa: ANN401 - a row of COLUMNS, whose values are Any
    """An activity from its columns."""
    return activity_of(dict(zip(FIELDS, columns, strict=True)))


def find_standing(session: Session, code: str) -> ActivityRow | None:
    """What holds in the present school year."""
    found = session.execute(select(*COLUMNS).where(Activity.code == code)).one_or_none()
    return None if found is None else row_of(found)


def find_edition(session: Session, code: str, school_year: SchoolYear) -> VersionRow | None:
    """The version that holds in a school year, or None if none is so old."""
    query = _versions(code).where(ActivityVersion.school_year <= school_year.start_year)
    found = session.scalars(query.limit(1)).first()
    return None if found is None else _version_row(found)


def list_years(session: Session, today: date) -> tuple[SchoolYear, ...]:
    """The school years whose catalogue may be read: this one, and later ones that are written."""
    present = SchoolYear.of(today)
    query = select(ActivityVersion.school_year).distinct()
    later = query.where(ActivityVersion.school_year > present.start_year)
    return (present, *(SchoolYear(year) for year in sorted(session.scalars(later))))


def list_versions(session: Session, code: str, *, most: int = 100) -> list[VersionRow]:
    """Every version of an activity, the newest of the latest school year first."""
    return [_version_row(each) for each in session.scalars(_versions(code).limit(most))]


def get_activity_as_booked(
    session: Session, code: str, *, day: date, booked_at: datetime
) -> ActivityRow:
    """What an activity said for a day, to somebody who booked it at an instant.

    Where nothing so old is kept, the oldest that is.

    Raises:
        NotFound: ``activity``.
    """
    years = ActivityVersion.school_year <= SchoolYear.of(day).start_year
    seen = _versions(code).where(years, ActivityVersion.made_at <= booked_at).limit(1)
    oldest = _versions(code, newest_first=False).limit(1)
    found = session.scalars(seen).first() or session.scalars(oldest).first()
    standing = activity_of(found.content) if found else find_standing(session, code)
    if standing is None:
        raise NotFound("activity", activity=code)
    return standing


def _versions(code: str, *, newest_first: bool = True) -> Select[ActivityVersion]:
    order = (ActivityVersion.school_year, ActivityVersion.version)
    query = select(ActivityVersion).where(ActivityVersion.activity == code)
    return query.order_by(*(each.desc() if newest_first else each.asc() for each in order))


def _version_row(row: ActivityVersion) -> VersionRow:
    return VersionRow(
        content=activity_of(row.content),
        school_year=SchoolYear(row.school_year),
        version=row.version,
        made_by=row.made_by,
        made_at=row.made_at,
    )
