"""Keep places for half an hour: hold a planned day or published sessions, hold longer, let go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bookings.resources.rules import Take
from bookings.resources.service import keep, release, swap, take
from bookings.visits.models import Visit
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest, Wish
from bookings.visits.planner.shape import plan_of, price_of_plan
from bookings.visits.planner.validate import validate
from bookings.visits.queries import (
    VisitRow,
    get_sessions,
    get_visit_by_id,
    list_plan_stops,
    new_row,
    stop_of,
)
from bookings.visits.rules import (
    EXPIRING,
    Contact,
    Funding,
    Group,
    Party,
    SessionRow,
    TransportState,
    VisitState,
    price_of,
)
from bookings.visits.service.judging import (
    lock_sole_sessions,
    refuse,
    takes_for,
    takes_of_sessions,
)
from bookings.visits.service.moves import (
    VisitCommand,
    change_row,
    load_visit,
    note,
    owner_of,
    refuse_move,
)
from bookings.visits.service.orders import (
    Schools,
    check_order,
    check_sessions,
    judge_for,
    refuse_taken,
)
from bookings.visits.service.policy import get_policy
from bookings.visits.service.store import (
    contact_values,
    day_values,
    write_parties,
    write_stops,
)
from bookings.visits.service.world import load_world
from vizium.db.base import Base
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict
from vizium.kernel.ids import new_id, new_reference
from vizium.kernel.money import Cents

_INSERT_VISIT = insert(Base.metadata.tables[Visit.__tablename__])


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldVisit:
    """A school's order: a planned day, for whom it was planned, and who answers for them.

    `parties` are the schools of a joint group, the leading one first; none for a lone school.
    `at_once`: confirmed in the same act, see `life.book_visit`.
    """

    plan: Plan
    request: PlanRequest
    contact: Contact
    page_language: str
    wants_transport: bool = False
    funding: Funding = Funding.OWN
    owner_person: str | None = None
    parties: tuple[Party, ...] = ()
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class HoldSessions:
    """A school's order without planning: these people, at these sessions, on one day."""

    sessions: tuple[str, ...]
    school: str
    groups: tuple[Group, ...]
    adults: int
    language: str
    page_language: str
    contact: Contact
    wants_transport: bool = False
    owner_person: str | None = None
    funding: Funding = Funding.OWN
    at_once: bool = False


def hold_order(
    session: Session, order: HoldVisit | HoldSessions, *, by: str, now: datetime
) -> VisitRow:
    """Hold what was ordered, in whichever way; see `hold_visit` and `hold_sessions`."""
    if isinstance(order, HoldVisit):
        return hold_visit(session, order, by=by, now=now)
    return hold_sessions(session, order, by=by, now=now)


def hold_visit(session: Session, command: HoldVisit, *, by: str, now: datetime) -> VisitRow:
    """Keep everything that a planned day takes, until the hold ends.

    The plan is judged against the day as it is in this transaction, whoever made it.

    Raises:
        InvalidInput: everything that is wrong with the people and schools.
        CapacityExceeded: others have taken meanwhile what the plan needs.
        Conflict: ``plan_refused`` with all that forbids it.
    """
    request, plan = command.request, command.plan
    schools = check_order(session, plan.day, request, command.parties)
    lock_sole_sessions(session, plan)
    world = load_world(session, plan.day, now=now, schools=request.schools)
    refuse(validate(plan, request, world))
    takes = takes_for(plan, request, world)
    price = price_of_plan(plan, world.activities)
    written = _hold(session, command, takes, price, now=now)
    stops = list_plan_stops(session, [plan])[0]
    visit = new_row(written, stops, command.parties, names=_names(schools))
    return _noted(session, visit, by=by, now=now)


def hold_sessions(session: Session, command: HoldSessions, *, by: str, now: datetime) -> VisitRow:
    """Keep the places of published sessions until the hold ends: the quick booking.

    Raises:
        InvalidInput: everything that is wrong with the order.
        NotFound: ``session``.
        CapacityExceeded: a session or the hall is too full; names it and how many are free.
    """
    stops = get_sessions(session, command.sessions, now=now, counted=False)
    request = _request_for(command, stops, now)
    schools = check_sessions(session, request, stops, now=now)
    refuse_taken(session, stops, command.school, now)
    plan = plan_of(stops, pupils=request.pupils, adults=request.adults)
    order = HoldVisit(
        plan=plan,
        request=request,
        contact=command.contact,
        page_language=command.page_language,
        wants_transport=command.wants_transport,
        funding=command.funding,
        owner_person=command.owner_person,
        at_once=command.at_once,
    )
    price = price_of(stops, request.pupils)
    written = _hold(session, order, takes_of_sessions(plan), price, now=now)
    taken = tuple(stop_of(one, pupils=request.pupils, adults=request.adults) for one in stops)
    visit = new_row(written, taken, (), names=_names(schools))
    return _noted(session, visit, by=by, now=now)


def _request_for(command: HoldSessions, stops: list[SessionRow], now: datetime) -> PlanRequest:
    """What a class asked for that chose its sessions itself."""
    days = sorted({stop.local_date for stop in stops}) or [local_date(now)]
    return PlanRequest(
        schools=(command.school,),
        dates=tuple(days),
        groups=command.groups,
        adults=command.adults,
        language=command.language,
        wishes=tuple(Wish(code=stop.code) for stop in stops),
    )


def _hold(
    session: Session, order: HoldVisit, takes: tuple[Take, ...], price: Cents, *, now: datetime
) -> dict[str, object]:
    visit_id = new_id(now)
    expires_at = None if order.at_once else now + get_policy(session, order.plan.day).hold
    # Capacity before rows: whoever comes too late has waited for nothing but the cell.
    take(session, owner_of(visit_id), takes, expires_at=expires_at, now=now)
    values: dict[str, object] = {
        "id": visit_id,
        "reference": new_reference("VZ"),
        "state": VisitState.CONFIRMED if order.at_once else VisitState.HELD,
        "version": 1,
        "page_language": order.page_language,
        "price_cents": price,
        "transport_state": (
            TransportState.WANTED if order.wants_transport else TransportState.UNWANTED
        ),
        "award_cents": 0,
        "transport_reasons": [],
        "expires_at": expires_at,
        "extensions": 0,
        "owner_person": order.owner_person,
        "created_at": now,
        "funding": order.funding,
        "fee_cents": 0,
        "no_show_fee_cents": 0,
        "approver_email": None,
    }
    values |= day_values(order.request, order.plan) | contact_values(order.contact)
    session.execute(_INSERT_VISIT, values)
    write_stops(session, visit_id, order.plan, now=now)
    if order.parties:
        write_parties(session, visit_id, order.parties)
    return values


def _noted(session: Session, visit: VisitRow, *, by: str, now: datetime) -> VisitRow:
    action = "confirm_visit" if visit.state is VisitState.CONFIRMED else "hold_visit"
    note(session, visit, action, by=by, now=now)
    return visit


def _names(schools: Schools) -> dict[str, str]:
    return {number: school.name for number, school in schools.items()}


def extend_hold(session: Session, command: VisitCommand, *, by: str, now: datetime) -> VisitRow:
    """Hold for another half hour from now; an expired hold comes back if its places are free.

    Raises:
        Conflict: ``hold_longer_no_more`` after the last extension, or another state.
        CapacityExceeded: the hold had expired and others have its places.
    """
    visit = load_visit(session, command, now=now)
    refuse_move(visit, VisitState.HELD)
    policy = get_policy(session, visit.local_date)
    if visit.extensions >= policy.extensions_max:
        raise Conflict("hold_longer_no_more", most=policy.extensions_max)
    # What is offered to a waiting class is held for days: holding it longer never shortens it.
    expires_at = max(now + policy.hold, visit.expires_at or now)
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


def _take_again(session: Session, visit: VisitRow, now: datetime) -> None:
    """Take what an expired hold had, if it is still free.

    The sweep may not have come yet: then these are the very cells that are taken again.
    """
    verdict = judge_for(session, visit, visit.plan, visit.request, now=now)
    swap(session, owner_of(visit.id), verdict.takes, expires_at=visit.expires_at, now=now)
