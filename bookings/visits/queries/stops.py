"""The stops of visits with the words that pages need: titles, places, names of hosts."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.visits.models import ActivitySession, VisitStop
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.queries.rows import StopRow
from bookings.visits.queries.sessions import names_of_resources, places_of
from bookings.visits.rules import SessionRow
from vizium.db.base import Base

# The lunch places have a name of their own; what the class does there is this.
_LUNCH = {"lv": "Pusdienas", "en": "Lunch"}
_STOP = Base.metadata.tables[VisitStop.__tablename__]
_SESSION = Base.metadata.tables[ActivitySession.__tablename__]
_ACTIVITY = Base.metadata.tables[Activity.__tablename__]
_STOPS: Select[*tuple[Any, ...]] = (
    select(
        *_STOP.c,
        _SESSION.c.rooms.label("session_rooms"),
        _SESSION.c.host.label("session_host"),
        _ACTIVITY.c.title_lv,
        _ACTIVITY.c.title_en,
    )
    .outerjoin(_SESSION, _SESSION.c.id == _STOP.c.session)
    .outerjoin(_ACTIVITY, _ACTIVITY.c.code == _STOP.c.code)
    .where(_STOP.c.visit.in_(bindparam("visits", expanding=True)))
    .order_by(_STOP.c.visit, _STOP.c.position)
)
_Stored = VisitStop | Row[*tuple[Any, ...]]
_Found = tuple[_Stored, list[str] | None, str | None, dict[str, str] | None]
"""A stop with the rooms and the host of its session and the titles of its activity, if any."""


def stops_of(session: Session, visit_ids: Sequence[str]) -> dict[str, tuple[StopRow, ...]]:
    """The stops of visits in the order of their plans, keyed by visit."""
    rows = session.execute(_STOPS, {"visits": list(visit_ids)}).all()
    found: list[_Found] = [
        (one, one.session_rooms, one.session_host, _titled(one.title_lv, one.title_en))
        for one in rows
    ]
    stops: dict[str, tuple[StopRow, ...]] = dict.fromkeys(visit_ids, ())
    for one, row in zip(found, _stop_rows(session, found), strict=True):
        stops[one[0].visit] += (row,)
    return stops


def list_plan_stops(session: Session, plans: Sequence[Plan]) -> list[tuple[StopRow, ...]]:
    """The stops of plans that no visit has yet, with the same words; one tuple for each plan."""
    stops = [stop for plan in plans for stop in plan.stops]
    published = select(ActivitySession).where(ActivitySession.id.in_({s.session for s in stops}))
    sessions = {one.id: one for one in session.scalars(published)}
    catalogue = select(Activity.code, Activity.title_lv, Activity.title_en)
    codes = {stop.code for stop in stops}
    rows_of_catalogue = session.execute(catalogue.where(Activity.code.in_(codes)))
    titles = {code: {"lv": lv, "en": en} for code, lv, en in rows_of_catalogue}
    found: list[_Found] = []
    for plan in plans:
        for stop in plan.stops:
            one = sessions.get(stop.session or "")
            rooms, host = (one.rooms, one.host) if one else (None, None)
            found.append((_not_stored(plan, stop), rooms, host, titles.get(stop.code)))
    rows = iter(_stop_rows(session, found))
    return [tuple(next(rows) for _ in plan.stops) for plan in plans]


def stop_of(one: SessionRow, *, pupils: int, adults: int) -> StopRow:
    """The stop of an undivided class that takes a published session."""
    return StopRow(
        session=one.id,
        code=one.code,
        kind=one.kind,
        titles=one.titles,
        start=one.start,
        end=one.end,
        places=one.places,
        host=one.host,
        pupils=pupils,
        adults=adults,
        who=(0,),
        rooms=one.rooms,
        host_code=one.host_code,
        machines=(),
    )


def _not_stored(plan: Plan, stop: Stop) -> VisitStop:
    """A stop of a plan in the form of a stored one; it belongs to no visit and no session."""
    return VisitStop(
        kind=stop.kind,
        code=stop.code,
        session=stop.session,
        rooms=list(stop.rooms),
        host=stop.host,
        machines=list(stop.machines),
        start=stop.start,
        end=stop.end,
        who=list(stop.who),
        pupils=plan.pupils_of(stop),
        adults=plan.adults_of(stop),
    )


def _stop_rows(session: Session, found: Sequence[_Found]) -> list[StopRow]:
    names = names_of_resources(session, {code for one in found for code in _codes(one)})
    return [_stop_row(one, names) for one in found]


def _codes(found: _Found) -> Iterator[str]:
    stop, rooms, host, _ = found
    yield from rooms or stop.rooms
    code = host or stop.host
    if code is not None:
        yield code
    if stop.kind in {StopKind.GALLERY, StopKind.LUNCH}:
        yield stop.code


def _stop_row(found: _Found, names: dict[str, dict[str, str]]) -> StopRow:
    stop, session_rooms, session_host, titles = found
    rooms = tuple(session_rooms or stop.rooms)
    host = session_host or stop.host
    return StopRow(
        session=stop.session,
        code=stop.code,
        kind=stop.kind.value,
        titles=titles or _titles(stop, names),
        start=stop.start,
        end=stop.end,
        # A gallery and lunch are places by their own names.
        places=places_of(rooms, names),
        host=names[host]["lv"] if host else None,
        pupils=stop.pupils,
        adults=stop.adults,
        who=tuple(stop.who),
        rooms=rooms,
        host_code=host,
        machines=tuple(stop.machines),
    )


def _titled(title_lv: str | None, title_en: str | None) -> dict[str, str] | None:
    """The titles of an activity, keyed by language; None where the stop is none."""
    return (
        {"lv": title_lv, "en": title_en} if title_lv is not None and title_en is not None else None
    )


def _titles(stop: _Stored, names: dict[str, dict[str, str]]) -> dict[str, str]:
    return _LUNCH if stop.kind is StopKind.LUNCH else names[stop.code]
