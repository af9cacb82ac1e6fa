"""Reads of opening hours, closures, the school calendar and outages."""

from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import Closure, OpeningHours, Outage
from bookings.resources.queries.rows import ClosureRow, OutageRow
from bookings.resources.rules import (
    OpenDay,
    OpeningRule,
    SchoolBreak,
    WhyClosed,
    hours_of,
    open_day,
)
from vizium.db.base import Base
from vizium.kernel.errors import NotFound

_OPEN = Base.metadata.tables[OpeningHours.__tablename__]
_CLOSED = Base.metadata.tables[Closure.__tablename__]
_OUT = Base.metadata.tables[Outage.__tablename__]
_HOURS = (
    _OPEN.c.weekday,
    _OPEN.c.valid_from,
    _OPEN.c.valid_to,
    _OPEN.c.opens,
    _OPEN.c.closes,
    _OPEN.c.schools_from,
)
# Those that every booking asks are made once.
_OF_DAY = (
    select(*_HOURS, _CLOSED.c.reason_lv, _CLOSED.c.reason_en)
    .outerjoin(_CLOSED, _CLOSED.c.day == bindparam("day"))
    .where(_OPEN.c.weekday == bindparam("weekday"))
)
_OUTAGES = select(
    _OUT.c.id,
    _OUT.c.resource,
    _OUT.c.start,
    _OUT.c.end,
    _OUT.c.reason,
    _OUT.c.reported_by,
    _OUT.c.reported_at,
    _OUT.c.ended_at,
)
_OUTAGES_BETWEEN = _OUTAGES.where(
    _OUT.c.start < bindparam("last"), _OUT.c.end > bindparam("first"), _OUT.c.ended_at.is_(None)
).order_by(_OUT.c.start, _OUT.c.id)


def opening(session: Session, day: date) -> OpenDay | None:
    """The hours of a day in Latvia, or None when the centre is closed."""
    rules, closure = read_hours(session, day)
    return open_day(day, rules, closed=closure is not None)


def why_closed(session: Session, day: date) -> WhyClosed | None:
    """Why nobody can come on a day, or None when the centre is open."""
    rules, closure = read_hours(session, day)
    hours = hours_of(day, rules, closed=closure is not None)
    return hours if isinstance(hours, WhyClosed) else None


def read_hours(session: Session, day: date) -> tuple[list[OpeningRule], ClosureRow | None]:
    """The rules of a day's weekday, and the closure of the day if there is one; one query."""
    rules, closure = [], None
    for row in session.execute(_OF_DAY, {"day": day, "weekday": day.isoweekday()}):
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
    found = session.execute(_OUTAGES_BETWEEN, {"first": start, "last": end})
    return [OutageRow(*row) for row in found]


def list_open_outages(session: Session, *, now: datetime) -> list[OutageRow]:
    """What is out of order now or later, by when it begins."""
    query = _OUTAGES.where(Outage.end > now, Outage.ended_at.is_(None))
    return [OutageRow(*row) for row in session.execute(query.order_by(Outage.start, Outage.id))]
