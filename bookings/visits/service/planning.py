"""Ask the planner with the centre as it is now; writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from bookings.schools.queries import find_schools
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.relax import Relaxation, relax
from bookings.visits.planner.request import DATES_MOST, WISHES_MOST, Need, PlanRequest, Wish
from bookings.visits.planner.search import is_valid, plan_days
from bookings.visits.planner.shape import is_same, price_of_plan
from bookings.visits.planner.validate import validate
from bookings.visits.planner.violations import Violation
from bookings.visits.planner.world import World
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import Group, TransportEstimate, adults_needed, check_people
from bookings.visits.service.codes import check_codes
from bookings.visits.service.moves import owner_of
from bookings.visits.service.orders import check_schools
from bookings.visits.service.policy import get_policy
from bookings.visits.service.transport import TransportDesk
from bookings.visits.service.world import load_worlds
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents

# How many days around the wanted ones a refusal looks at for another one.
_OTHER_DAYS = 8


@dataclass(frozen=True, slots=True)
class ProposedPlan:
    """A plan with what it costs, what the fund would give, and what speaks against it."""

    plan: Plan
    price_cents: Cents
    transport: TransportEstimate
    warnings: tuple[Violation, ...] = ()


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
    errors = check_codes(session, request)
    if errors:
        raise InvalidInput(errors)
    return _propose(session, request, transport=transport, now=now)


class Wanted(TypedDict, total=False):
    """What a class that has a visit wants otherwise; what is not said stays."""

    schools: tuple[str, ...]
    groups: tuple[Group, ...]
    adults: int
    dates: tuple[date, ...]
    wishes: tuple[Wish, ...]
    galleries: tuple[str, ...]
    needs: frozenset[Need]
    arrive: time | None
    depart: time | None


def propose_changes(
    session: Session,
    reference: str,
    *,
    transport: TransportDesk,
    now: datetime,
    **wanted: Unpack[Wanted],
) -> Proposal:
    """Plan the day of a standing visit anew; what it holds itself counts as free.

    The plan that stands is no alternative to itself, so it is not among them.

    Raises:
        NotFound: ``visit``.
        InvalidInput: everything that no plan could mend.
    """
    visit = get_visit(session, reference)
    request = replace(visit.request, **wanted)
    _check(session, request, now)
    return _propose(session, request, transport=transport, now=now, standing=visit)


def _check(session: Session, request: PlanRequest, now: datetime) -> None:
    days = request.dates
    # The gentlest of the days: the planner leaves out those on which the adults are too few.
    policies = [get_policy(session, day) for day in days or (local_date(now),)]
    policy = min(policies, key=lambda one: adults_needed(request.groups, one))
    errors = check_people(request.groups, request.adults, policy)
    errors += check_schools(find_schools(session, request.schools), request.schools)
    if not 1 <= len(days) <= DATES_MOST:
        errors.append(FieldError("dates", "dates_count", {"most": DATES_MOST}))
    elif max(days) < local_date(now):
        errors.append(FieldError("dates", "day_is_past"))
    wishes = len(request.wishes) + len(request.galleries)
    if not wishes >= 1 or len(request.wishes) > WISHES_MOST:
        errors.append(FieldError("wants", "wants_count", {"most": WISHES_MOST}))
    if request.arrive and request.depart and request.arrive >= request.depart:
        errors.append(FieldError("depart", "departs_before_arrival"))
    if errors:
        raise InvalidInput(errors)


def _propose(
    session: Session,
    request: PlanRequest,
    *,
    transport: TransportDesk,
    now: datetime,
    standing: VisitRow | None = None,
) -> Proposal:
    today = local_date(now)
    without = owner_of(standing.id) if standing else None
    days = [day for day in request.dates if day >= today]
    schools = request.schools
    worlds = load_worlds(session, days, now=now, without=without, schools=schools)
    plans = plan_days(request, worlds, judge=partial(_is_other, standing))
    if not plans:
        around = list(_days_around(days, today))
        worlds |= load_worlds(session, around, now=now, without=without, schools=schools)
        return Proposal((), relax(request, worlds))
    # Keyed by day and programmes: the fund asks for no more of a plan.
    estimates: dict[tuple[date, int], TransportEstimate] = {}
    for plan in plans:
        if (plan.day, plan.programmes) not in estimates:
            estimates[plan.day, plan.programmes] = transport.estimate(
                session,
                register_no=schools[0],
                day=plan.day,
                pupils=request.pupils,
                programmes=plan.programmes,
                now=now,
            )
    return Proposal(
        tuple(
            ProposedPlan(
                plan=plan,
                price_cents=price_of_plan(plan, worlds[plan.day].activities),
                transport=estimates[plan.day, plan.programmes],
                warnings=validate(plan, request, worlds[plan.day]),
            )
            for plan in plans
        ),
        (),
    )


def _is_other(standing: VisitRow | None, plan: Plan, request: PlanRequest, world: World) -> bool:
    """Whether a plan may be shown: it passes the judge, and is not what the class has already."""
    return (standing is None or not is_same(plan, standing.plan)) and is_valid(plan, request, world)


def _days_around(dates: Sequence[date], today: date) -> Iterator[date]:
    """The days nearest to the wanted ones, later before earlier."""
    found = 0
    for distance in range(1, 4 * _OTHER_DAYS):
        earlier = min(dates) - timedelta(days=distance)
        for day in (days_after(max(dates), distance), earlier):
            if found < _OTHER_DAYS and day >= today and day not in dates:
                found += 1
                yield day
