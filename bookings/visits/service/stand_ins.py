"""Another host for a published session: once for all its classes, who all keep their places.

The session itself holds its host, so one swap of its allocations is the whole change; every class
that comes is told, and the version of its visit rises so that calendars take the new entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.queries import OutageRow
from bookings.visits.models import ActivitySession
from bookings.visits.planner.stand_ins import stand_ins
from bookings.visits.queries import SessionRow, VisitRow, get_sessions, get_visit_by_id
from bookings.visits.rules import SessionState, VisitState
from bookings.visits.service.letters import Letter, News, send_letter
from bookings.visits.service.moves import change_row, note
from bookings.visits.service.sessions import owner_of_session
from bookings.visits.service.timetable import (
    SessionCommand,
    change_session,
    list_classes,
    load_session,
    note_session,
    take_places,
)
from bookings.visits.service.world import load_world
from vizium.kernel.errors import Conflict
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class StandIn:
    """A session whose host is absent; `hosts` may lead it, the best first, and `visits` come.

    `visits` keep their places whoever leads it.
    """

    session: SessionRow
    hosts: tuple[str, ...]
    visits: tuple[VisitRow, ...]


@dataclass(frozen=True, slots=True)
class ChangeHost(SessionCommand):
    """An order to let another host lead a session."""

    host: str


def list_stand_ins(session: Session, outage: OutageRow, *, now: datetime) -> list[StandIn]:
    """The sessions still to come that the outage leaves without their host, by time."""
    query = (
        select(ActivitySession.id)
        .where(ActivitySession.host == outage.resource)
        .where(ActivitySession.state != SessionState.CANCELLED)
        .where(ActivitySession.start < outage.end, ActivitySession.end > outage.start)
        .where(ActivitySession.start > now)
    )
    ids = session.scalars(query).all()
    rows = get_sessions(session, ids, now=now) if ids else []
    return [_stand_in(session, row, now) for row in rows]


def change_host(
    session: Session, command: ChangeHost, *, settings: Settings, by: str, now: datetime
) -> list[VisitRow]:
    """Let another host lead a session, and tell every class that comes.

    Returns:
        The visits as they stand now.

    Raises:
        NotFound: ``session``.
        Conflict: ``session_changed``: somebody was first; ``session_is_past``; ``host_cannot``.
        CapacityExceeded: the host was taken in this moment.
    """
    row = load_session(session, SessionCommand(command.id, command.version), now=now)
    found = _stand_in(session, row, now)
    if command.host not in found.hosts:
        raise Conflict("host_cannot", session=row.id, host=command.host)
    take_places(session, replace(row, host_code=command.host), now=now)
    change_session(session, row, host=command.host)
    facts = {"before": row.host_code, "after": command.host, "visits": len(found.visits)}
    note_session(session, row, "change_host", by=by, now=now, **facts)
    return tell_classes(session, found.visits, settings=settings, by=by, now=now)


def tell_classes(
    session: Session,
    before: Sequence[VisitRow],
    *,
    settings: Settings,
    by: str,
    now: datetime,
) -> list[VisitRow]:
    """Tell the classes of a session what is different about it.

    Args:
        before: their visits as they were.

    Returns:
        Their visits in the next version.
    """
    told = []
    for visit in before:
        change_row(session, visit)
        after = get_visit_by_id(session, visit.id)
        note(session, after, "change_session", by=by, now=now)
        if after.state is not VisitState.HELD:
            news = News(before=visit, by_centre=True)
            send_letter(session, Letter.CHANGED, after, settings=settings, now=now, news=news)
        told.append(after)
    return told


def _stand_in(session: Session, row: SessionRow, now: datetime) -> StandIn:
    owner = owner_of_session(row.id)
    world = load_world(session, row.local_date, now=now, without=owner)
    visits = list_classes(session, row.id, now=now)
    activity = world.activities.get(row.code)
    hosts = stand_ins(
        [host for host in world.hosts.values() if host.code != row.host_code],
        skill=activity.skill if activity else "",
        spoken={visit.language for visit in visits},
        wanted=row.languages,
        cells=world.mask(row.start, row.end),
        length=row.end - row.start,
    )
    return StandIn(row, tuple(hosts), tuple(visits))
