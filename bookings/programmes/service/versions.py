"""Each change of an activity is a version; what holds now is copied to the row that others join."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.programmes.models import (
    Activity,
    ActivityVersion,
    CatalogueVersion,
    LearningArea,
    Outcome,
    Subject,
)
from bookings.programmes.queries import ActivityRow, VersionRow, find_edition
from bookings.programmes.rules import content_of
from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.ids import new_token
from vizium.kernel.schoolyear import SchoolYear

# Who made a version that came from files.
BY_FILES = "system"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an activity shall say from a school year on."""

    content: ActivityRow
    school_year: SchoolYear
    made_by: str
    made_at: datetime


def present_year(now: datetime) -> SchoolYear:
    """The school year of an instant, in Latvia."""
    return SchoolYear.of(local_date(now))


def add_version(session: Session, new: NewVersion) -> VersionRow:
    """Write a version; its number counts within its school year."""
    code, year = new.content.code, new.school_year.start_year
    latest = session.scalar(
        select(ActivityVersion.version)
        .where(ActivityVersion.activity == code, ActivityVersion.school_year == year)
        .order_by(ActivityVersion.version.desc())
        .limit(1)
    )
    row = ActivityVersion(
        activity=code,
        school_year=year,
        version=(latest or 0) + 1,
        content=content_of(new.content),
        made_by=new.made_by,
        made_at=new.made_at,
    )
    session.add(row)
    session.flush()
    return VersionRow(new.content, new.school_year, row.version, new.made_by, new.made_at)


def show_edition(session: Session, activity: Activity, school_year: SchoolYear) -> None:
    """Bring the row that others join to the edition of a school year."""
    edition = find_edition(session, activity.code, school_year)
    assert edition is not None
    for name, value in content_of(edition.content).items():
        setattr(activity, name, value)
    activity.school_year = edition.school_year.start_year
    activity.version = edition.version
    touch_catalogue(session)


def new_row(row: ActivityRow, *, position: int) -> Activity:
    """The row of an activity that has no version yet."""
    return Activity(**content_of(row), position=position, school_year=0, version=0)


def touch_catalogue(session: Session) -> None:
    """Tell every process that what it keeps of the catalogue is old."""
    session.merge(CatalogueVersion(id=1, version=new_token()))
    session.flush()


def refuse_unknown_curriculum(session: Session, row: ActivityRow) -> None:
    """Refuse areas, subjects and outcomes that the curriculum does not have.

    Raises:
        InvalidInput: ``unknown_area``, ``unknown_subject``, ``unknown_outcome``.
    """
    refuse_unknown("area", row.areas, set(session.scalars(select(LearningArea.code))))
    refuse_unknown("subject", row.subjects, set(session.scalars(select(Subject.code))))
    coded = [code for code in row.outcome_codes if code]
    if coded:
        known = session.scalars(select(Outcome.code).where(Outcome.code.in_(coded)))
        refuse_unknown("outcome", coded, set(known))


def refuse_unknown(field: str, codes: Sequence[str], known: Container[str]) -> None:
    """Refuse codes that are not known.

    Raises:
        InvalidInput: ``unknown_<field>``.
    """
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InvalidInput([FieldError(field, f"unknown_{field}", {"codes": ", ".join(unknown)})])
