"""Bring the catalogue to what its files say."""

from collections.abc import Container, Sequence

from sqlalchemy.orm import Session

from bookings.programmes.models import Activity, CatalogueVersion, LearningArea, Subject
from bookings.programmes.queries import ActivityRow, TitleRow, list_areas, list_subjects
from bookings.programmes.rules import CATALOGUE_MAX
from vizium.db.base import Base
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.ids import new_token
from vizium.kernel.text import words


def load_area(session: Session, row: TitleRow, *, position: int) -> bool:
    """Bring a learning area to these values; returns whether anything was written."""
    area = LearningArea(code=row.code, title_lv=row.title_lv, title_en=row.title_en)
    area.position = position
    return _store(session, area)


def load_subject(session: Session, row: TitleRow, *, position: int) -> bool:
    """Bring a subject to these values; returns whether anything was written.

    Raises:
        InvalidInput: ``unknown_area``.
    """
    _refuse_unknown("area", [row.area], [area.code for area in list_areas(session)])
    subject = Subject(code=row.code, area=row.area, title_lv=row.title_lv, title_en=row.title_en)
    subject.position = position
    return _store(session, subject)


def load_activity(session: Session, row: ActivityRow, *, position: int) -> bool:
    """Bring an activity to these values; returns whether anything was written.

    Raises:
        InvalidInput: ``unknown_area`` or ``unknown_subject``, or the catalogue is full
            (``too_many_rows``).
    """
    areas = {area.code: area for area in list_areas(session)}
    subjects = {subject.code: subject for subject in list_subjects(session)}
    _refuse_unknown("area", row.areas, areas)
    _refuse_unknown("subject", row.subjects, subjects)
    if position > CATALOGUE_MAX:
        raise InvalidInput([FieldError("code", "too_many_rows", {"rows_max": CATALOGUE_MAX})])
    taught = [areas[code] for code in row.areas] + [subjects[code] for code in row.subjects]
    values = {name: getattr(row, name) for name in ActivityRow.__dataclass_fields__}
    activity = Activity(
        **{name: list(v) if isinstance(v, tuple) else v for name, v in values.items()},
        position=position,
        title_words=_words(row.title_lv, row.title_en, row.code),
        other_words=_words(
            *(text for title in taught for text in (title.title_lv, title.title_en)),
            row.summary_lv,
            row.summary_en,
            *row.outcomes_lv,
            *row.outcomes_en,
            *row.exhibits_lv,
            *row.exhibits_en,
        ),
    )
    return _store(session, activity)


def _words(*texts: str) -> str:
    """The folded words of texts, each once."""
    return " ".join(sorted({word for text in texts for word in words(text)}))


def _refuse_unknown(field: str, codes: Sequence[str], known: Container[str]) -> None:
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InvalidInput([FieldError(field, f"unknown_{field}", {"codes": ", ".join(unknown)})])


def _store(session: Session, row: Base) -> bool:
    """Insert a row or bring the one of its key to the same values; whether that wrote anything."""
    merged = session.merge(row)
    written = merged in session.new or session.is_modified(merged)
    if written:
        session.merge(CatalogueVersion(id=1, version=new_token()))
    session.flush()
    return written
