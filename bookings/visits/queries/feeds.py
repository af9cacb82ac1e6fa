"""The visits of one school, one person, one host or one room, for calendars that others keep."""

from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bookings.resources.models import Allocation
from bookings.visits.models import Visit, VisitStop
from bookings.visits.queries.rows import VisitRow
from bookings.visits.queries.visits import comes_from, visit_rows
from bookings.visits.rules import KEEPING, VisitState

_SHOWN = KEEPING | {VisitState.COMPLETED}
# Owners of capacity are written ``visit:{id}`` and ``session:{id}``.
_VISIT, _SESSION = "visit:", "session:"
# A calendar of a busy school, host or room has fewer in a year.
_VISITS_MOST = 2_000


def list_school_visits(
    session: Session, school: str, *, first: date, last: date, now: datetime
) -> list[VisitRow]:
    """The visits that a school leads or takes part in."""
    return visit_rows(session, _between(first, last, now).where(comes_from(school)))


def list_person_visits(
    session: Session, person: str, *, first: date, last: date, now: datetime
) -> list[VisitRow]:
    """The visits that a person booked."""
    return visit_rows(session, _between(first, last, now).where(Visit.owner_person == person))


def list_visits_using(
    session: Session, resource: str, *, first: date, last: date, now: datetime
) -> list[VisitRow]:
    """The visits that take a host or a room, by themselves or in a published session."""
    owners = select(Allocation.owner).where(Allocation.resource == resource)
    own = select(func.substr(owners.subquery().c.owner, len(_VISIT) + 1))
    sessions = select(func.substr(owners.subquery().c.owner, len(_SESSION) + 1))
    in_sessions = select(VisitStop.visit).where(VisitStop.session.in_(sessions))
    using = or_(Visit.id.in_(own), Visit.id.in_(in_sessions))
    return visit_rows(session, _between(first, last, now).where(using))


def _between(first: date, last: date, now: datetime) -> Select[str]:
    in_force = or_(Visit.expires_at.is_(None), Visit.expires_at > now)
    return (
        select(Visit.id)
        .where(Visit.local_date.between(first, last), Visit.state.in_(_SHOWN), in_force)
        .order_by(Visit.local_date, Visit.id)
        .limit(_VISITS_MOST)
    )
