"""Reads of published sessions, with the places that are free at an instant.

A hold whose time is over gives its places back here at once, before any sweep has run.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Result, bindparam, func, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.resources.models import Allocation, Cell, Resource
from bookings.visits.models import ActivitySession, Visit, VisitStop
from bookings.visits.rules import KEEPING, SessionRow
from vizium.kernel.errors import NotFound

_SEATS = "session:"
_OFFERED = (
    select(ActivitySession, Activity)
    .join(Activity, Activity.code == ActivitySession.activity)
    .order_by(ActivitySession.start, ActivitySession.id)
)
# Statements that a booking runs are made once: making them costs more than running them.
_THESE = _OFFERED.where(ActivitySession.id.in_(bindparam("ids", expanding=True)))
_NAMES = select(Resource.code, Resource.title_lv, Resource.title_en).where(
    Resource.code.in_(bindparam("codes", expanding=True))
)
# A class that planned a week in March takes one in April, hardly one in June.
_ALTERNATIVES_MOST = 6
_ALTERNATIVES_WITHIN = timedelta(days=21)


def list_sessions(
    session: Session,
    *,
    first_day: date,
    last_day: date,
    now: datetime,
    codes: Collection[str] | None = None,
) -> list[SessionRow]:
    """The published sessions of some days, in time order, with their free places as of `now`."""
    query = _OFFERED.where(ActivitySession.local_date.between(first_day, last_day))
    if codes is not None:
        query = query.where(ActivitySession.activity.in_(codes))
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
    rows = list_sessions(
        session,
        first_day=max(wanted.local_date - _ALTERNATIVES_WITHIN, now.date()),
        last_day=wanted.local_date + _ALTERNATIVES_WITHIN,
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
    found: Result[ActivitySession, Activity],
    now: datetime,
    *,
    counted: bool = True,
) -> list[SessionRow]:
    pairs = found.all()
    seen = [one for one, _ in pairs] if counted else []
    used = _used_seats(session, [one.id for one in seen], now)
    taken_by = find_takers(session, [one.id for one in seen if not one.shared], now=now)
    names = names_of_resources(session, _codes([one for one, _ in pairs]))
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
        )
        for one, activity in pairs
    ]


def _codes(sessions: Sequence[ActivitySession]) -> set[str]:
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


def titles_of(activity: Activity) -> dict[str, str]:
    """An activity's titles, keyed by language."""
    return {"lv": activity.title_lv, "en": activity.title_en}


def names_of_resources(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of rooms, hosts, galleries, keyed by code and language."""
    rows = session.execute(_NAMES, {"codes": sorted(codes)}) if codes else ()
    return {code: {"lv": title_lv, "en": title_en} for code, title_lv, title_en in rows}


def places_of(rooms: Sequence[str], names: dict[str, dict[str, str]]) -> dict[str, str]:
    """The names of rooms as one line, keyed by language."""
    return {lang: ", ".join(names[room][lang] for room in rooms) for lang in ("lv", "en")}
