"""What the staff change of times: shifts, opening hours, closed days, the school calendar.

A rule is never edited: a new one that begins later counts instead, and one that was wrong is
removed. Saving the same key again replaces it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import Closure, OpeningHours
from bookings.resources.queries import ClosureRow
from bookings.resources.rules import BreakKind, OpeningRule, SchoolBreak, Shift
from bookings.resources.service.centre import (
    close_day,
    load_opening_rules,
    load_school_breaks,
    load_shifts,
)
from vizium.db.audit import record
from vizium.db.base import Base


def save_shifts(session: Session, shifts: Sequence[Shift], *, by: str, now: datetime) -> int:
    """Let a host work by these shifts; returns how many were written.

    Raises:
        NotFound: ``host``.
    """
    written = load_shifts(session, shifts)
    if written:
        facts = {
            "weekdays": [shift.weekday for shift in shifts],
            "valid_from": shifts[0].valid_from.isoformat(),
            "starts": shifts[0].starts.isoformat(),
            "ends": shifts[0].ends.isoformat(),
        }
        _note(session, "save_shifts", f"resource:{shifts[0].host}", facts, by=by, now=now)
    return written


def remove_shift(
    session: Session, host: str, weekday: int, valid_from: date, *, by: str, now: datetime
) -> bool:
    """Take a shift off; returns whether it was there."""
    gone = _remove(session, models.Shift, host=host, weekday=weekday, valid_from=valid_from)
    if gone:
        facts = {"weekday": weekday, "valid_from": valid_from.isoformat()}
        _note(session, "remove_shift", f"resource:{host}", facts, by=by, now=now)
    return gone


def save_hours(session: Session, rules: Sequence[OpeningRule], *, by: str, now: datetime) -> int:
    """Open by these rules of one period; returns how many were written."""
    written = load_opening_rules(session, rules)
    if written:
        days = {
            str(rule.weekday): f"{rule.opens}-{rule.closes}" if rule.opens else "closed"
            for rule in rules
        }
        period = f"hours:{rules[0].valid_from.isoformat()}"
        facts = {"valid_to": rules[0].valid_to.isoformat(), "days": days}
        _note(session, "save_hours", period, facts, by=by, now=now)
    return written


def remove_hours(session: Session, valid_from: date, *, by: str, now: datetime) -> bool:
    """Take the hours of the period that begins on a day off; returns whether there were any."""
    gone = _remove(session, OpeningHours, valid_from=valid_from)
    if gone:
        _note(session, "remove_hours", f"hours:{valid_from.isoformat()}", {}, by=by, now=now)
    return gone


def save_closure(session: Session, row: ClosureRow, *, by: str, now: datetime) -> bool:
    """Close a day; visits of that day stay until somebody moves them.

    Returns:
        Whether anything was written.
    """
    reasons = {"reason_lv": row.reason_lv, "reason_en": row.reason_en}
    written = close_day(session, row.day, **reasons)
    if written:
        _note(session, "close_day", f"day:{row.day.isoformat()}", reasons, by=by, now=now)
    return written


def remove_closure(session: Session, day: date, *, by: str, now: datetime) -> bool:
    """Open a closed day again; returns whether it was closed."""
    gone = _remove(session, Closure, day=day)
    if gone:
        _note(session, "reopen_day", f"day:{day.isoformat()}", {}, by=by, now=now)
    return gone


def save_school_break(session: Session, row: SchoolBreak, *, by: str, now: datetime) -> bool:
    """Put a break into the school calendar; returns whether anything was written."""
    written = load_school_breaks(session, [row]) > 0
    if written:
        facts = {"last_day": row.last_day.isoformat(), "grades": list(row.grades)}
        _note(session, "save_school_break", _name(row.kind, row.first_day), facts, by=by, now=now)
    return written


def remove_school_break(
    session: Session, kind: BreakKind, first_day: date, *, by: str, now: datetime
) -> bool:
    """Take a break out of the school calendar; returns whether it was there."""
    gone = _remove(session, models.SchoolBreak, kind=kind, first_day=first_day)
    if gone:
        _note(session, "remove_school_break", _name(kind, first_day), {}, by=by, now=now)
    return gone


def _name(kind: BreakKind, first_day: date) -> str:
    return f"break:{kind.value}.{first_day.isoformat()}"


def _remove(session: Session, model: type[Base], **key: object) -> bool:
    table = Base.metadata.tables[model.__tablename__]
    conditions = (table.c[name] == value for name, value in key.items())
    return (
        len(session.execute(delete(model).where(*conditions).returning(*table.primary_key)).all())
        > 0
    )


def _note(
    session: Session,
    verb: str,
    subject: str,
    facts: Mapping[str, object],
    *,
    by: str,
    now: datetime,
) -> None:
    record(session, by=by, action=f"resources.{verb}", subject=subject, facts=facts, now=now)
