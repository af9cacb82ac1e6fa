"""Ask the planner with what the centre offers; writes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings.resources.queries import opening
from bookings.schools.queries import find_school
from bookings.visits.planner import (
    WISHES_MOST,
    Plan,
    PlanRequest,
    Relaxation,
    plan_days,
    relax,
)
from bookings.visits.queries import list_sessions
from bookings.visits.rules import SessionRow, TransportEstimate, check_people, price_of
from bookings.visits.service.transport import TransportDesk
from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents

DATES_MOST = 14
# How far around the wanted days a refusal looks for another one.
_AROUND = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ProposedPlan:
    """A plan with what it costs and what the fund would give."""

    plan: Plan
    price_cents: Cents
    transport: TransportEstimate


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plans, or the smallest changes that would make one fit."""

    plans: tuple[ProposedPlan, ...]
    relaxations: tuple[Relaxation, ...]


def propose_plans(
    session: Session, request: PlanRequest, *, transport: TransportDesk, now: datetime
) -> Proposal:
    """Plan a class's day.

    Raises:
        InvalidInput: everything that no plan could mend.
    """
    _check(session, request, now)
    offers = _offers(session, request.dates, now)
    plans = plan_days(request, offers, now=now)
    if not plans:
        first, last = min(request.dates) - _AROUND, max(request.dates) + _AROUND
        around = list_sessions(session, first_day=first, last_day=last, now=now)
        open_around = _on_open_days(session, around)
        return Proposal((), tuple(relax(request, open_around, now=now)))
    return Proposal(tuple(_priced(session, request, plan, transport, now) for plan in plans), ())


def _check(session: Session, request: PlanRequest, now: datetime) -> None:
    errors = check_people(request.groups, request.adults)
    school = find_school(session, request.school)
    if school is None or not school.active:
        errors.append(FieldError("school", "school_unknown"))
    if not 1 <= len(request.dates) <= DATES_MOST:
        errors.append(FieldError("dates", "dates_count", {"most": DATES_MOST}))
    elif max(request.dates) < local_date(now):
        errors.append(FieldError("dates", "day_is_past"))
    if not 1 <= len(request.wishes) <= WISHES_MOST:
        errors.append(FieldError("wants", "wants_count", {"most": WISHES_MOST}))
    if errors:
        raise InvalidInput(errors)


def _offers(session: Session, days: tuple[date, ...], now: datetime) -> list[SessionRow]:
    rows = [
        row
        for day in sorted(set(days))
        for row in list_sessions(session, first_day=day, last_day=day, now=now)
    ]
    return _on_open_days(session, rows)


def _on_open_days(session: Session, rows: list[SessionRow]) -> list[SessionRow]:
    open_days = {day for day in {row.local_date for row in rows} if opening(session, day)}
    return [row for row in rows if row.local_date in open_days]


def _priced(
    session: Session,
    request: PlanRequest,
    plan: Plan,
    transport: TransportDesk,
    now: datetime,
) -> ProposedPlan:
    estimate = transport.estimate(
        session, register_no=request.school, day=plan.day, pupils=request.pupils, now=now
    )
    return ProposedPlan(plan, price_of(plan.stops, request.pupils), estimate)
