"""Reads of published sessions, with the places that are free at an instant.

A hold whose time is over gives its places back here at once, before any sweep has run.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Result, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.programmes.queries import ActivityRow, list_editions
from bookings.resources.models import Allocation, Cell, Resource
from bookings.visits.models import ActivitySession, Visit, VisitStop
from bookings.visits.rules import KEEPING, SessionRow, SessionState
from vizium.db.base import Base
from vizium.kernel.clock import local_date
from vizium.kernel.errors import NotFound
from vizium.kernel.schoolyear import SchoolYear

_SEATS = "session:"
_SESSION = Base.metadata.tables[ActivitySession.__tablename__]
_ACTIVITY = Base.metadata.tables[Activity.__tablename__]
_RESOURCE = Base.metadata.tables[Resource.__tablename__].c
# What a booking reads it reads from tables, by statements that are made once: an ORM statement
# costs four times as much. The long texts of an activity stay where they are.
_OFFERED: Select[*tuple[Any, ...]] = (
    select(
        *_SESSION.c,
        _ACTIVITY.c.kind,
        _ACTIVITY.c.title_lv,
        _ACTIVITY.c.title_en,
        _ACTIVITY.c.grades,
        _ACTIVITY.c.languages,
        _ACTIVITY.c.seats_min,
        _ACTIVITY.c.seats_max,
        _ACTIVITY.c.price_cents,
    )
    .join(_ACTIVITY, _ACTIVITY.c.code == _SESSION.c.activity)
    .order_by(_SESSION.c.start, _SESSION.c.id)
)
_THESE = _OFFERED.where(_SESSION.c.id.in_(bindparam("ids", expanding=True)))
_NAMES = select(_RESOURCE.code, _RESOURCE.title_lv, _RESOURCE.title_en).where(
    _RESOURCE.code.in_(bindparam("codes", expanding=True))
)
# A class that planned a week in March takes one in April, hardly one in June.
_ALTERNATIVES_MOST = 6
# Mostly the next days have enough of them; the rest is looked at only where they have not.
_ALTERNATIVES_WITHIN = (timedelta(days=3), timedelta(days=21))


def list_sessions(
    session: Session,
    *,
    first_day: date,
    last_day: date,
    now: datetime,
    codes: Collection[str] | None = None,
    cancelled: bool = False,
) -> list[SessionRow]:
    """The published sessions of some days, in time order, with their free places as of `now`.

    Args:
        cancelled: also those that do not take place.
    """
    query = _OFFERED.where(_SESSION.c.local_date.between(first_day, last_day))
    if not cancelled:
        query = query.where(_SESSION.c.state != SessionState.CANCELLED)
    if codes is not None:
        query = query.where(_SESSION.c.activity.in_(codes))
    return _session_rows(session, session.execute(query), now)


def get_sessions(
    session: Session, ids: Sequence[str], *, now: datetime, counted: bool = True
) -> list[SessionRow]:
    """These sessions, in time order.

    Args:
        counted: whether to count their places; who takes places need not look at them first.

    Raises:
        NotFound: ``session``, for the first that does not exist.
    """
    found = session.execute(_THESE, {"ids": list(ids)})
    rows = _session_rows(session, found, now, counted=counted)
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise NotFound("session", session=min(missing))
    return rows


def list_alternatives(
    session: Session, wanted: SessionRow, *, pupils: int, school: str, now: datetime
) -> list[SessionRow]:
    """Other times of the same activity with enough places, the nearest in time first."""
    fitting: list[SessionRow] = []
    for within in _ALTERNATIVES_WITHIN:
        if len(fitting) >= _ALTERNATIVES_MOST:
            break
        rows = list_sessions(
            session,
            first_day=max(wanted.local_date - within, local_date(now)),
            last_day=wanted.local_date + within,
            now=now,
            codes=[wanted.code],
        )
        fitting = [
            row
            for row in rows
            if row.start > now and row.takes(pupils, school=school) and row.id != wanted.id
        ]
    nearest = sorted(fitting, key=lambda row: abs(row.start - wanted.start))[:_ALTERNATIVES_MOST]
    return sorted(nearest, key=lambda row: row.start)


def find_takers(
    session: Session, ids: Collection[str], *, now: datetime, without: str | None = None
) -> dict[str, str]:
    """The school that has places in each of these sessions, keyed by session.

    Args:
        without: the owner of a visit that does not count, e.g. ``visit:01K…``.
    """
    if not ids:
        return {}
    keeping = Visit.state.in_(KEEPING) & (Visit.expires_at.is_(None) | (Visit.expires_at > now))
    query = (
        select(VisitStop.session, Visit.school)
        .join(Visit, Visit.id == VisitStop.visit)
        .where(VisitStop.session.in_(ids), keeping)
        .where(Visit.id != (without or "").removeprefix("visit:"))
    )
    return {taken: school for taken, school in session.execute(query) if taken is not None}


def _session_rows(
    session: Session,
    found: Result[*tuple[Any, ...]],
    now: datetime,
    *,
    counted: bool = True,
) -> list[SessionRow]:
    offered = found.all()
    seen = offered if counted else []
    used = _used_seats(session, [one.id for one in seen], now)
    taken_by = find_takers(session, [one.id for one in seen if not one.shared], now=now)
    names = names_of_resources(session, _codes(offered))
    later = _later_editions(session, offered, now)
    return [
        SessionRow(
            id=one.id,
            code=one.activity,
            kind=activity.kind.value,
            titles=titles_of(activity),
            start=one.start,
            end=one.end,
            local_date=one.local_date,
            capacity=one.capacity,
            used=used.get(one.id, 0),
            shared=one.shared,
            taken_by=taken_by.get(one.id),
            places=places_of(one.rooms, names),
            host=names[one.host]["lv"] if one.host else None,
            grades=tuple(activity.grades),
            languages=tuple(activity.languages),
            seats_min=activity.seats_min,
            seats_max=activity.seats_max,
            price_cents=activity.price_cents,
            rooms=tuple(one.rooms),
            host_code=one.host,
            state=one.state,
            version=one.version,
        )
        for one in offered
        for activity in (later.get(one.id, one),)
    ]


def _later_editions(
    session: Session, found: Sequence[Row[*tuple[Any, ...]]], now: datetime
) -> dict[str, ActivityRow]:
    """What holds in the school year of sessions that are later than this one, keyed by session."""
    this_year = SchoolYear.of(local_date(now)).start_year
    years = {one.id: SchoolYear.of(one.local_date) for one in found}
    later = {year for year in years.values() if year.start_year > this_year}
    editions = {
        (year, row.code): row for year in later for row in list_editions(session, year.first_day)
    }
    return {
        one.id: editions[years[one.id], one.activity]
        for one in found
        if (years[one.id], one.activity) in editions
    }


def _codes(sessions: Sequence[Row[*tuple[Any, ...]]]) -> set[str]:
    rooms = {room for one in sessions for room in one.rooms}
    return rooms | {one.host for one in sessions if one.host is not None}


def _used_seats(session: Session, ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Keyed by session id: the cell's count without holds whose time is over."""
    if not ids:
        return {}
    codes = [_SEATS + one for one in ids]
    cells = select(Cell.resource, Cell.used).where(Cell.resource.in_(codes))
    used: Counter[str] = Counter()
    for code, count in session.execute(cells):
        used[code] += count
    over = (
        select(Allocation.resource, func.sum(Allocation.amount))
        .where(Allocation.resource.in_(codes), Allocation.expires_at <= now)
        .group_by(Allocation.resource)
    )
    for code, count in session.execute(over):
        used[code] -= count
    return {code.removeprefix(_SEATS): count for code, count in used.items()}


def titles_of(activity: ActivityRow | Row[*tuple[Any, ...]]) -> dict[str, str]:
    """An activity's titles, keyed by language."""
    return {"lv": activity.title_lv, "en": activity.title_en}


def names_of_resources(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of rooms, hosts, galleries, keyed by code and language."""
    rows = session.execute(_NAMES, {"codes": sorted(codes)}) if codes else ()
    return {code: {"lv": title_lv, "en": title_en} for code, title_lv, title_en in rows}


def places_of(rooms: Sequence[str], names: dict[str, dict[str, str]]) -> dict[str, str]:
    """The names of rooms as one line, keyed by language."""
    return {lang: ", ".join(names[room][lang] for room in rooms) for lang in ("lv", "en")}
