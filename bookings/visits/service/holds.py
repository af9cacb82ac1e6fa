"""Keep places for half an hour: hold, hold longer, let go."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bookings.resources.queries import opening
from bookings.resources.service import keep, release, take
from bookings.schools.queries import find_school
from bookings.visits.models import ActivitySession, Visit, VisitStop
from bookings.visits.queries import VisitRow, find_takers, get_sessions, get_visit_by_id
from bookings.visits.rules import (
    EXPIRING,
    POLICY,
    Contact,
    Group,
    SessionRow,
    TransportState,
    VisitState,
    check_people,
    check_stops,
    price_of,
    pupils_of,
)
from bookings.visits.service.moves import (
    VisitCommand,
    change_row,
    load_visit,
    note,
    owner_of,
    refuse_move,
    takes_of,
)
from vizium.kernel.errors import CapacityExceeded, Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id, new_reference


@dataclass(frozen=True, slots=True)
class HoldVisit:
    """A school's order: these people, at these sessions, on one day."""

    sessions: tuple[str, ...]
    school: str
    groups: tuple[Group, ...]
    adults: int
    language: str
    page_language: str
    contact: Contact
    wants_transport: bool = False
    owner_person: str | None = None


def hold_visit(session: Session, command: HoldVisit, *, by: str, now: datetime) -> VisitRow:
    """Keep the places of a new visit until its hold ends.

    Raises:
        InvalidInput: everything that is wrong with the order.
        NotFound: ``session``.
        CapacityExceeded: a session or the hall is too full; names it and how many are free.
    """
    stops = get_sessions(session, command.sessions, now=now)
    _check(session, command, stops, now)
    visit_id = new_id(now)
    expires_at = now + POLICY.hold
    pupils = pupils_of(command.groups)
    _refuse_taken(session, stops, command.school, now)
    # Capacity before rows: whoever comes too late has waited for nothing but the cell.
    takes = takes_of(stops, pupils=pupils, adults=command.adults)
    take(session, owner_of(visit_id), takes, expires_at=expires_at, now=now)
    session.add(
        Visit(
            id=visit_id,
            reference=new_reference("VZ"),
            state=VisitState.HELD,
            version=1,
            school=command.school,
            local_date=stops[0].local_date,
            groups=[asdict(group) for group in command.groups],
            pupils=pupils,
            adults=command.adults,
            language=command.language,
            page_language=command.page_language,
            contact_name=command.contact.name,
            contact_email=command.contact.email,
            contact_phone=command.contact.phone,
            price_cents=price_of(stops, pupils),
            transport_state=(
                TransportState.WANTED if command.wants_transport else TransportState.UNWANTED
            ),
            award_cents=0,
            transport_reasons=[],
            expires_at=expires_at,
            extensions=0,
            owner_person=command.owner_person,
            created_at=now,
        )
    )
    session.flush()
    rows = [{"visit": visit_id, "session": stop.id, "pupils": pupils} for stop in stops]
    session.execute(insert(VisitStop), rows)
    visit = get_visit_by_id(session, visit_id)
    note(session, visit, "hold_visit", by=by, now=now)
    return visit


def extend_hold(session: Session, command: VisitCommand, *, by: str, now: datetime) -> VisitRow:
    """Hold for another half hour from now; an expired hold comes back if its places are free.

    Raises:
        Conflict: ``hold_longer_no_more`` after the last extension, or another state.
        CapacityExceeded: the hold had expired and others have its places.
    """
    visit = load_visit(session, command, now=now)
    refuse_move(visit, VisitState.HELD)
    if visit.extensions >= POLICY.extensions_max:
        raise Conflict("hold_longer_no_more", most=POLICY.extensions_max)
    expires_at = now + POLICY.hold
    held = change_row(
        session,
        visit,
        state=VisitState.HELD,
        expires_at=expires_at,
        extensions=visit.extensions + 1,
    )
    if visit.state is VisitState.EXPIRED:
        _take_again(session, held, now)
    else:
        keep(session, owner_of(visit.id), expires_at)
    note(session, held, "extend_hold", by=by, now=now)
    return held


def sweep_expired_hold(session: Session, *, now: datetime) -> bool:
    """Let go the hold whose time was over first.

    One visit a transaction: its cells are then given back in the order in which everybody takes
    them, and nobody can wait in a circle.

    Returns:
        Whether there was one.
    """
    due = select(Visit.id).where(Visit.state.in_(EXPIRING), Visit.expires_at <= now)
    first = due.order_by(Visit.expires_at, Visit.id).limit(1).with_for_update(skip_locked=True)
    visit_id = session.scalar(first)
    if visit_id is None:
        return False
    visit = get_visit_by_id(session, visit_id)
    expired = change_row(session, visit, state=VisitState.EXPIRED)
    release(session, owner_of(visit_id))
    note(session, expired, "expire_hold", by="system", now=now)
    return True


def _check(session: Session, command: HoldVisit, stops: list[SessionRow], now: datetime) -> None:
    errors = check_people(command.groups, command.adults)
    school = find_school(session, command.school)
    if school is None or not school.active:
        errors.append(FieldError("school", "school_unknown"))
    errors += check_stops(stops, command.groups, language=command.language, now=now)
    closed = [stop for stop in stops if opening(session, stop.local_date) is None]
    if closed:
        errors.append(FieldError("stops", "day_closed", {"date": closed[0].local_date.isoformat()}))
    if errors:
        raise InvalidInput(errors)


def _refuse_taken(session: Session, stops: list[SessionRow], school: str, now: datetime) -> None:
    """Refuse a session that belongs to another school.

    The sessions' rows are locked first: two schools that come at once see each other.
    """
    sole = sorted(stop.id for stop in stops if not stop.shared)
    locked = select(ActivitySession.id).where(ActivitySession.id.in_(sole))
    session.execute(locked.order_by(ActivitySession.id).with_for_update())
    for taken, taker in sorted(find_takers(session, sole, now=now).items()):
        if taker != school:
            raise CapacityExceeded("session_taken", resource=f"session:{taken}", free=0)


def _take_again(session: Session, visit: VisitRow, now: datetime) -> None:
    stops = get_sessions(session, [stop.session for stop in visit.stops], now=now)
    errors = check_stops(stops, visit.groups, language=visit.language, now=now)
    if errors:
        raise InvalidInput(errors)
    _refuse_taken(session, stops, visit.school, now)
    # The sweep may not have come yet: then these are the very cells that are taken again.
    release(session, owner_of(visit.id))
    takes = takes_of(stops, pupils=visit.pupils, adults=visit.adults)
    take(session, owner_of(visit.id), takes, expires_at=visit.expires_at, now=now)
