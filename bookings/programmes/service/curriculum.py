"""Staff change learning areas, subjects and outcomes; nothing that is in use is taken away."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.programmes.models import LearningArea, Outcome, Subject
from bookings.programmes.queries import OutcomeRow, TitleRow
from bookings.programmes.rules.changes import changes
from bookings.programmes.service.versions import refuse_unknown, touch_catalogue
from vizium.db.audit import record
from vizium.kernel.errors import Conflict, FieldError, InvalidInput


def save_area(
    session: Session, row: TitleRow, *, seen: TitleRow | None, by: str, now: datetime
) -> None:
    """Write a learning area; `seen` is the row that the person changed, None for a new one.

    Raises:
        InvalidInput: ``code_taken``.
        Conflict: ``curriculum_changed``: somebody else changed it meanwhile.
    """
    area = session.get(LearningArea, row.code, with_for_update=True)
    standing = area and TitleRow(area.code, area.code, area.title_lv, area.title_en)
    _refuse_other(standing, seen)
    if area is None:
        area = LearningArea(code=row.code, position=_next(session, LearningArea))
        session.add(area)
    area.title_lv, area.title_en, area.edited_by = row.title_lv, row.title_en, by
    _finish(session, "area", row, seen, by=by, now=now)


def save_subject(
    session: Session, row: TitleRow, *, seen: TitleRow | None, by: str, now: datetime
) -> None:
    """Write a school subject; `seen` is the row that the person changed, None for a new one.

    Raises:
        InvalidInput: ``code_taken`` or ``unknown_area``.
        Conflict: ``curriculum_changed``: somebody else changed it meanwhile.
    """
    refuse_unknown("area", [row.area], set(session.scalars(select(LearningArea.code))))
    subject = session.get(Subject, row.code, with_for_update=True)
    standing = subject and TitleRow(subject.code, subject.area, subject.title_lv, subject.title_en)
    _refuse_other(standing, seen)
    if subject is None:
        subject = Subject(code=row.code, position=_next(session, Subject))
        session.add(subject)
    subject.area, subject.edited_by = row.area, by
    subject.title_lv, subject.title_en = row.title_lv, row.title_en
    _finish(session, "subject", row, seen, by=by, now=now)


def save_outcome(
    session: Session, row: OutcomeRow, *, seen: OutcomeRow | None, by: str, now: datetime
) -> None:
    """Write an outcome of the standard; `seen` is the row that the person changed, None for new.

    Raises:
        InvalidInput: ``code_taken``, ``unknown_area`` or ``unknown_subject``.
        Conflict: ``curriculum_changed``: somebody else changed it meanwhile.
    """
    refuse_unknown("area", [row.area], set(session.scalars(select(LearningArea.code))))
    if row.subject:
        refuse_unknown("subject", [row.subject], set(session.scalars(select(Subject.code))))
    outcome = session.get(Outcome, row.code, with_for_update=True)
    _refuse_other(outcome and _outcome_row(outcome), seen)
    if outcome is None:
        outcome = Outcome(code=row.code, position=_next(session, Outcome))
        session.add(outcome)
    for name, value in asdict(row).items():
        setattr(outcome, name, value)
    outcome.subject, outcome.edited_by = row.subject or None, by
    _finish(session, "outcome", row, seen, by=by, now=now)


def _outcome_row(outcome: Outcome) -> OutcomeRow:
    return OutcomeRow(
        outcome.code,
        outcome.area,
        outcome.subject or "",
        outcome.first_grade,
        outcome.last_grade,
        outcome.title_lv,
        outcome.title_en,
    )


def _refuse_other(standing: object | None, seen: object | None) -> None:
    if seen is None and standing is not None:
        raise InvalidInput([FieldError("code", "code_taken")])
    if seen != standing:
        raise Conflict("curriculum_changed")


def _next(session: Session, table: type[LearningArea | Subject | Outcome]) -> int:
    return (session.scalar(select(func.max(table.position))) or 0) + 1


def _finish(
    session: Session,
    kind: str,
    row: TitleRow | OutcomeRow,
    seen: TitleRow | OutcomeRow | None,
    *,
    by: str,
    now: datetime,
) -> None:
    facts: dict[str, object] = {
        "fields": [each.field for each in changes(seen, row)] if seen else ["new"]
    }
    subject = f"{kind}:{row.code}"
    record(session, by=by, action=f"programmes.save_{kind}", subject=subject, facts=facts, now=now)
    touch_catalogue(session)
