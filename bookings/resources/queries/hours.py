"""Reads of opening hours, closures, the school calendar and outages."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import Closure, OpeningHours, Outage
from bookings.resources.queries.rows import ClosureRow, OutageRow
from bookings.resources.rules import OpenDay, OpeningRule, SchoolBreak, open_day
from vizium.kernel.errors import NotFound

_HOURS = (
    OpeningHours.weekday,
    OpeningHours.valid_from,
    OpeningHours.valid_to,
    OpeningHours.opens,
    OpeningHours.closes,
    OpeningHours.schools_from,
)
_OUTAGES = select(
    Outage.id,
    Outage.resource,
    Outage.start,
    Outage.end,
    Outage.reason,
    Outage.reported_by,
    Outage.reported_at,
    Outage.ended_at,
)


def opening(session: Session, day: date) -> OpenDay | None:
    """The hours of a day in Latvia, or None when the centre is closed."""
    rules, closure = read_hours(session, day)
    return open_day(day, rules, closed=closure is not None)


def read_hours(session: Session, day: date) -> tuple[list[OpeningRule], ClosureRow | None]:
    """The rules of a day's weekday, and the closure of the day if there is one; one query."""
    query = (
        select(*_HOURS, Closure.reason_lv, Closure.reason_en)
        .outerjoin(Closure, Closure.day == day)
        .where(OpeningHours.weekday == day.isoweekday())
    )
    rules, closure = [], None
    for row in session.execute(query):
        rules.append(OpeningRule(*row[:6]))
        if row.reason_lv is not None:
            closure = ClosureRow(day, row.reason_lv, row.reason_en)
    return rules, closure


def list_opening_rules(session: Session, *, until: date | None = None) -> list[OpeningRule]:
    """All opening hours by period and weekday; `until` leaves out those that ended before it."""
    query = select(*_HOURS).order_by(OpeningHours.valid_from, OpeningHours.weekday)
    if until is not None:
        query = query.where(OpeningHours.valid_to >= until)
    return [OpeningRule(*row) for row in session.execute(query)]


def list_closures(session: Session, *, until: date | None = None) -> list[ClosureRow]:
    """All closures by day; `until` leaves out those before it."""
    query = select(Closure.day, Closure.reason_lv, Closure.reason_en).order_by(Closure.day)
    if until is not None:
        query = query.where(Closure.day >= until)
    return [ClosureRow(*row) for row in session.execute(query)]


def school_breaks(session: Session, day: date) -> tuple[SchoolBreak, ...]:
    """The breaks of the state's school calendar that a day lies in; each names its grades."""
    return tuple(one for one in list_school_breaks(session, until=day) if one.concerns(day))


def list_school_breaks(session: Session, *, until: date | None = None) -> list[SchoolBreak]:
    """The school calendar by day; `until` leaves out breaks that ended before it."""
    row = models.SchoolBreak
    query = select(row).order_by(row.first_day, row.kind)
    if until is not None:
        query = query.where(row.last_day >= until)
    return [
        SchoolBreak(
            kind=one.kind,
            first_day=one.first_day,
            last_day=one.last_day,
            grades=tuple(one.grades),
            status=one.status,
            source=one.source,
        )
        for one in session.scalars(query)
    ]


def get_outage(session: Session, outage_id: str) -> OutageRow:
    """One outage.

    Raises:
        NotFound: ``outage``.
    """
    found = session.execute(_OUTAGES.where(Outage.id == outage_id)).one_or_none()
    if found is None:
        raise NotFound("outage", outage=outage_id)
    return OutageRow(*found)


def list_outages(session: Session, *, start: datetime, end: datetime) -> list[OutageRow]:
    """The outages that touch [start, end) and are not mended, by when they begin."""
    query = _OUTAGES.where(Outage.start < end, Outage.end > start, Outage.ended_at.is_(None))
    return [OutageRow(*row) for row in session.execute(query.order_by(Outage.start, Outage.id))]


def list_open_outages(session: Session, *, now: datetime) -> list[OutageRow]:
    """What is out of order now or later, by when it begins."""
    query = _OUTAGES.where(Outage.end > now, Outage.ended_at.is_(None))
    return [OutageRow(*row) for row in session.execute(query.order_by(Outage.start, Outage.id))]
