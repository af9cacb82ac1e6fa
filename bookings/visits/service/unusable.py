"""What a plan would use and what is out of order meanwhile: a host, a room, a machine, an exhibit.

The planner sees all of it as taken. Where a plan is not planned but brought back, or sessions are
chosen without planning, this is asked instead.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.resources.queries import OutageRow, list_outages
from bookings.visits.models import ActivitySession
from bookings.visits.planner.plan import Plan, Stop
from bookings.visits.planner.violations import Violation, found
from bookings.visits.rules import SessionRow


def find_unusable(session: Session, plan: Plan) -> OutageRow | None:
    """The first outage that touches a stop of a plan; None where all can be used."""
    if not plan.stops:
        return None
    start, end = min(s.start for s in plan.stops), max(s.end for s in plan.stops)
    outages = list_outages(session, start=start, end=end)
    if not outages:
        return None
    needed = _needs_of_sessions(session, plan.stops)
    exhibits = _exhibits(session, plan.stops)
    for stop in plan.stops:
        codes = {stop.code, *stop.rooms, *stop.machines, stop.host}
        codes |= needed.get(stop.session or "", set()) | exhibits.get(stop.code, set())
        outage = _first(outages, codes, stop)
        if outage is not None:
            return outage
    return None


def sessions_out(session: Session, stops: Sequence[SessionRow]) -> list[Violation]:
    """The sessions of these that cannot take place: the host is absent, or a room is out."""
    if not stops:
        return []
    start, end = min(s.start for s in stops), max(s.end for s in stops)
    outages = list_outages(session, start=start, end=end)
    faults = []
    for index, stop in enumerate(stops):
        outage = _first(outages, {*stop.rooms, stop.host_code}, stop)
        if outage is not None:
            is_host = outage.resource == stop.host_code
            code = "session_host_absent" if is_host else "session_room_out"
            faults.append(found(code, index, session=stop.id, resource=outage.resource))
    return faults


def _first(
    outages: Iterable[OutageRow], codes: set[str | None], stop: Stop | SessionRow
) -> OutageRow | None:
    return next(
        (
            one
            for one in outages
            if (one.exhibit or one.resource) in codes
            and one.start < stop.end
            and stop.start < one.end
        ),
        None,
    )


def _needs_of_sessions(session: Session, stops: Sequence[Stop]) -> dict[str, set[str | None]]:
    """The host and the rooms of published sessions, keyed by session."""
    ids = {stop.session for stop in stops if stop.session is not None}
    query = select(ActivitySession.id, ActivitySession.host, ActivitySession.rooms)
    rows = session.execute(query.where(ActivitySession.id.in_(ids)))
    return {row.id: {row.host, *row.rooms} for row in rows}


def _exhibits(session: Session, stops: Sequence[Stop]) -> dict[str, set[str | None]]:
    """The exhibits of activities, keyed by code."""
    codes = {stop.code for stop in stops if stop.is_activity}
    query = select(Activity.code, Activity.exhibits).where(Activity.code.in_(codes))
    return {code: set(exhibits) for code, exhibits in session.execute(query)}
