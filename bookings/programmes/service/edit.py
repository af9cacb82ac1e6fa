"""Staff change the catalogue: every change is a version, of a school year, with its author."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity, ActivityVersion
from bookings.programmes.queries import ActivityRow, VersionRow, find_edition, get_activity
from bookings.programmes.rules import CATALOGUE_MAX
from bookings.programmes.rules.changes import changes
from bookings.programmes.service.versions import (
    BY_FILES,
    NewVersion,
    add_version,
    new_row,
    present_year,
    refuse_unknown_curriculum,
    show_edition,
    touch_catalogue,
)
from vizium.db.audit import record
from vizium.kernel.errors import Conflict, FieldError, InvalidInput, NotFound
from vizium.kernel.schoolyear import SchoolYear


@dataclass(frozen=True, slots=True)
class SaveActivity:
    """What an activity shall say from a school year on.

    `expected_version` is the version of that very school year that the person saw, 0 for none.
    """

    content: ActivityRow
    school_year: SchoolYear
    expected_version: int


def create_activity(
    session: Session, content: ActivityRow, *, by: str, now: datetime
) -> VersionRow:
    """Put a new activity at the end of the catalogue, from the present school year on.

    Raises:
        InvalidInput: the code is taken (``code_taken``), the catalogue is full, or the curriculum
            has no such area, subject or outcome.
    """
    if session.get(Activity, content.code) is not None:
        raise InvalidInput([FieldError("code", "code_taken", {"code": content.code})])
    most, last = session.execute(select(func.count(), func.max(Activity.position))).one()
    if most >= CATALOGUE_MAX:
        raise InvalidInput([FieldError("code", "too_many_rows", {"rows_max": CATALOGUE_MAX})])
    refuse_unknown_curriculum(session, content)
    activity = new_row(content, position=(last or 0) + 1)
    session.add(activity)
    session.flush()
    year = present_year(now)
    made = add_version(session, NewVersion(content, year, by, now))
    show_edition(session, activity, year)
    _record(session, "programmes.create_activity", made, [], by=by, now=now)
    return made


def save_activity(session: Session, command: SaveActivity, *, by: str, now: datetime) -> VersionRow:
    """Write what an activity says from this or the next school year on.

    Nothing is written when nothing differs from what holds in that year already, unless that year
    has no edition of its own yet.

    Raises:
        NotFound: ``activity``.
        InvalidInput: ``year_is_past``, or unknown areas, subjects or outcomes.
        Conflict: ``catalogue_changed``, with the ``version`` that stands now.
    """
    activity = session.get(Activity, command.content.code, with_for_update=True)
    if activity is None:
        raise NotFound("activity", activity=command.content.code)
    year = present_year(now)
    if command.school_year not in (year, year.next()):
        raise InvalidInput([FieldError("school_year", "year_is_past")])
    refuse_unknown_curriculum(session, command.content)
    standing = _keep_standing(session, activity, now)
    own = _own_version(session, command.content.code, command.school_year)
    if own != command.expected_version:
        raise Conflict("catalogue_changed", version=own)
    before = find_edition(session, activity.code, command.school_year) or standing
    if before.content == command.content and before.school_year == command.school_year:
        return before
    made = add_version(session, NewVersion(command.content, command.school_year, by, now))
    if command.school_year == year:
        show_edition(session, activity, year)
    else:
        touch_catalogue(session)
    fields = [each.field for each in changes(before.content, command.content)]
    _record(session, "programmes.save_activity", made, fields, by=by, now=now)
    return made


def sweep_school_year(session: Session, *, now: datetime) -> int:
    """Show the editions whose school year has begun; returns how many."""
    year = present_year(now)
    begun = (
        select(Activity.code)
        .join(ActivityVersion, ActivityVersion.activity == Activity.code)
        .where(ActivityVersion.school_year <= year.start_year)
        .where(ActivityVersion.school_year > Activity.school_year)
    )
    codes = sorted(set(session.scalars(begun)))
    for code in codes:
        show_edition(session, session.get_one(Activity, code, with_for_update=True), year)
    return len(codes)


def _own_version(session: Session, code: str, year: SchoolYear) -> int:
    """The newest version of that very school year, 0 if it has none."""
    edition = find_edition(session, code, year)
    return edition.version if edition and edition.school_year == year else 0


def _keep_standing(session: Session, activity: Activity, now: datetime) -> VersionRow:
    """What stood before there were versions becomes the first one, of the present year."""
    year = present_year(now)
    edition = find_edition(session, activity.code, year)
    if edition is not None:
        return edition
    content = get_activity(session, activity.code)
    made = add_version(session, NewVersion(content, year, BY_FILES, now))
    show_edition(session, activity, year)
    return made


def _record(
    session: Session, action: str, made: VersionRow, fields: list[str], *, by: str, now: datetime
) -> None:
    record(
        session,
        by=by,
        action=action,
        subject=f"activity:{made.content.code}",
        facts={
            "school_year": str(made.school_year),
            "version": made.version,
            "fields": fields,
            "archived": made.content.archived,
        },
        now=now,
    )
