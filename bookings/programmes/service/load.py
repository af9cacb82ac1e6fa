"""Bring the catalogue to what its files say.

Files and people must not fight: what a person changed last stays as it is, unless the files are
asked to win (docs/decisions/0019).
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity, LearningArea, Outcome, Subject
from bookings.programmes.queries import ActivityRow, OutcomeRow, TitleRow, find_edition
from bookings.programmes.rules import CATALOGUE_MAX
from bookings.programmes.service.versions import (
    BY_FILES,
    NewVersion,
    add_version,
    new_row,
    present_year,
    refuse_unknown,
    refuse_unknown_curriculum,
    show_edition,
    touch_catalogue,
)
from vizium.kernel.errors import FieldError, InvalidInput


def load_area(session: Session, row: TitleRow, *, position: int, overwrite: bool = False) -> bool:
    """Bring a learning area to these values; returns whether anything was written."""
    area = LearningArea(code=row.code, title_lv=row.title_lv, title_en=row.title_en)
    area.position = position
    return _store(session, area, overwrite=overwrite)


def load_subject(
    session: Session, row: TitleRow, *, position: int, overwrite: bool = False
) -> bool:
    """Bring a subject to these values; returns whether anything was written.

    Raises:
        InvalidInput: ``unknown_area``.
    """
    refuse_unknown("area", [row.area], set(session.scalars(select(LearningArea.code))))
    subject = Subject(code=row.code, area=row.area, title_lv=row.title_lv, title_en=row.title_en)
    subject.position = position
    return _store(session, subject, overwrite=overwrite)


def load_outcome(
    session: Session, row: OutcomeRow, *, position: int, overwrite: bool = False
) -> bool:
    """Bring an outcome of the standard to these values; returns whether anything was written.

    Raises:
        InvalidInput: ``unknown_area`` or ``unknown_subject``.
    """
    refuse_unknown("area", [row.area], set(session.scalars(select(LearningArea.code))))
    if row.subject:
        refuse_unknown("subject", [row.subject], set(session.scalars(select(Subject.code))))
    outcome = Outcome(
        code=row.code,
        area=row.area,
        subject=row.subject or None,
        first_grade=row.first_grade,
        last_grade=row.last_grade,
        title_lv=row.title_lv,
        title_en=row.title_en,
        position=position,
    )
    return _store(session, outcome, overwrite=overwrite)


def load_activity(
    session: Session,
    row: ActivityRow,
    *,
    position: int,
    now: datetime,
    overwrite: bool = False,
) -> bool:
    """Bring an activity to these values in the present school year.

    Args:
        overwrite: whether to undo what a person changed last.

    Returns:
        Whether anything was written.

    Raises:
        InvalidInput: ``unknown_area``, ``unknown_subject`` or ``unknown_outcome``, or the catalogue
            is full (``too_many_rows``).
    """
    refuse_unknown_curriculum(session, row)
    activity = session.get(Activity, row.code, with_for_update=True)
    year = present_year(now)
    if activity is None:
        activity = _add(session, row, position)
    else:
        edition = find_edition(session, row.code, year)
        if edition and edition.made_by != BY_FILES and not overwrite:
            return False
        moved = activity.position != position
        activity.position = position
        if edition and edition.content == row:
            if moved:
                touch_catalogue(session)
            return moved
    add_version(session, NewVersion(row, year, BY_FILES, now))
    show_edition(session, activity, year)
    return True


def _add(session: Session, row: ActivityRow, position: int) -> Activity:
    if (session.scalar(select(func.count()).select_from(Activity)) or 0) >= CATALOGUE_MAX:
        raise InvalidInput([FieldError("code", "too_many_rows", {"rows_max": CATALOGUE_MAX})])
    activity = new_row(row, position=position)
    session.add(activity)
    session.flush()
    return activity


def _store(session: Session, row: LearningArea | Subject | Outcome, *, overwrite: bool) -> bool:
    """Insert a row or bring the one of its key to the same values; whether that wrote anything."""
    table = type(row)
    edited_by = session.scalar(select(table.edited_by).where(table.code == row.code))
    if edited_by and not overwrite:
        return False
    row.edited_by = None
    merged = session.merge(row)
    written = merged in session.new or session.is_modified(merged)
    if written:
        touch_catalogue(session)
    session.flush()
    return written
