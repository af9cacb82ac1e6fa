"""The stops of visits with the words that pages need: titles, places, names of hosts."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.visits.models import ActivitySession, VisitStop
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.queries.rows import StopRow
from bookings.visits.queries.sessions import names_of_resources, places_of, titles_of
from bookings.visits.rules import SessionRow

# The lunch places have a name of their own; what the class does there is this.
_LUNCH = {"lv": "Pusdienas", "en": "Lunch"}
_STOPS = (
    select(VisitStop, ActivitySession.rooms, ActivitySession.host, Activity)
    .outerjoin(ActivitySession, ActivitySession.id == VisitStop.session)
    .outerjoin(Activity, Activity.code == VisitStop.code)
    .where(VisitStop.visit.in_(bindparam("visits", expanding=True)))
    .order_by(VisitStop.visit, VisitStop.position)
    .execution_options(populate_existing=True)
)
_Found = tuple[VisitStop, list[str] | None, str | None, Activity | None]
"""A stop with the rooms and the host of its session and its activity, where it has them."""


def stops_of(session: Session, visit_ids: Sequence[str]) -> dict[str, tuple[StopRow, ...]]:
    """The stops of visits in the order of their plans, keyed by visit."""
    rows = session.execute(_STOPS, {"visits": list(visit_ids)})
    found: list[_Found] = [(one, rooms, host, activity) for one, rooms, host, activity in rows]
    stops: dict[str, tuple[StopRow, ...]] = dict.fromkeys(visit_ids, ())
    for one, row in zip(found, _stop_rows(session, found), strict=True):
        stops[one[0].visit] += (row,)
    return stops


def list_plan_stops(session: Session, plans: Sequence[Plan]) -> list[tuple[StopRow, ...]]:
    """The stops of plans that no visit has yet, with the same words; one tuple for each plan."""
    stops = [stop for plan in plans for stop in plan.stops]
    published = select(ActivitySession).where(ActivitySession.id.in_({s.session for s in stops}))
    sessions = {one.id: one for one in session.scalars(published)}
    catalogue = select(Activity).where(Activity.code.in_({stop.code for stop in stops}))
    activities = {one.code: one for one in session.scalars(catalogue)}
    found: list[_Found] = []
    for plan in plans:
        for stop in plan.stops:
            one = sessions.get(stop.session or "")
            rooms, host = (one.rooms, one.host) if one else (None, None)
            found.append((_not_stored(plan, stop), rooms, host, activities.get(stop.code)))
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
    stop, session_rooms, session_host, activity = found
    rooms = tuple(session_rooms or stop.rooms)
    host = session_host or stop.host
    return StopRow(
        session=stop.session,
        code=stop.code,
        kind=stop.kind.value,
        titles=_titles(stop, activity, names),
        start=stop.start,
        end=stop.end,
        places=_places(stop, rooms, names),
        host=names[host]["lv"] if host else None,
        pupils=stop.pupils,
        adults=stop.adults,
        who=tuple(stop.who),
        rooms=rooms,
        host_code=host,
        machines=tuple(stop.machines),
    )


def _titles(
    stop: VisitStop, activity: Activity | None, names: dict[str, dict[str, str]]
) -> dict[str, str]:
    if activity is not None:
        return titles_of(activity)
    return _LUNCH if stop.kind is StopKind.LUNCH else names[stop.code]


def _places(
    stop: VisitStop, rooms: tuple[str, ...], names: dict[str, dict[str, str]]
) -> dict[str, str]:
    if stop.kind is StopKind.LUNCH:
        return names[stop.code]
    # A gallery is a place by its own name.
    return places_of(rooms, names)
