"""What stands before capacity: may these people, of these schools, have this day at all?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.queries import opening
from bookings.resources.rules import Take
from bookings.schools.queries import SchoolRow, find_schools
from bookings.visits.models import ActivitySession
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.validate import validate
from bookings.visits.planner.violations import Violation
from bookings.visits.queries import VisitRow, find_takers, get_sessions
from bookings.visits.rules import (
    POLICY,
    Party,
    SessionRow,
    check_people,
    check_stops,
    merge_groups,
)
from bookings.visits.service.judging import (
    is_of_sessions,
    lock_sole_sessions,
    refuse,
    takes_for,
    takes_of_sessions,
)
from bookings.visits.service.moves import owner_of
from bookings.visits.service.policy import get_policy
from bookings.visits.service.unusable import sessions_out
from bookings.visits.service.world import load_world
from vizium.kernel.clock import local_date
from vizium.kernel.errors import CapacityExceeded, FieldError, InvalidInput

# More small schools than this have never come in one group.
_PARTIES_MOST = 8

Schools = Mapping[str, SchoolRow]
"""Schools that there are, keyed by registration number."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plan that may be booked takes, and what speaks against it all the same."""

    takes: tuple[Take, ...]
    warnings: tuple[Violation, ...]


def check_schools(known: Schools, schools: tuple[str, ...]) -> list[FieldError]:
    """Whether these are schools that may come, each once; `known` has all that there are."""
    errors = []
    for number in schools:
        school = known.get(number)
        if school is None or not school.active:
            errors.append(FieldError("school", "school_unknown", {"school": number}))
    if len(set(schools)) < len(schools):
        errors.append(FieldError("schools", "school_twice"))
    if len(schools) > _PARTIES_MOST:
        errors.append(FieldError("schools", "schools_too_many", {"most": _PARTIES_MOST}))
    return errors


def check_parties(request: PlanRequest, parties: tuple[Party, ...]) -> list[FieldError]:
    """Whether the schools of a joint group add up to the group that was planned."""
    if not parties:
        missing = len(request.schools) > 1
        return [FieldError("schools", "parties_missing")] if missing else []
    schools = tuple(party.school for party in parties)
    groups = tuple(sorted(request.groups, key=lambda group: group.grade))
    adults = sum(party.adults for party in parties)
    said = (request.schools, groups, request.adults)
    if (schools, merge_groups(parties), adults) != said:
        return [FieldError("schools", "parties_do_not_add_up")]
    return []


def refuse_taken(session: Session, stops: list[SessionRow], school: str, now: datetime) -> None:
    """Refuse a session that belongs to another school.

    The sessions' rows are locked first: two schools that come at once see each other.

    Raises:
        CapacityExceeded: ``session_taken``.
    """
    sole = sorted(stop.id for stop in stops if not stop.shared)
    if not sole:
        return
    locked = select(ActivitySession.id).where(ActivitySession.id.in_(sole))
    session.execute(locked.order_by(ActivitySession.id).with_for_update())
    for taken, taker in sorted(find_takers(session, sole, now=now).items()):
        if taker != school:
            raise CapacityExceeded("session_taken", resource=f"session:{taken}", free=0)


def check_order(
    session: Session, day: date, request: PlanRequest, parties: tuple[Party, ...]
) -> Schools:
    """Refuse people and schools that cannot come on a day, whatever the plan.

    Returns:
        The schools.

    Raises:
        InvalidInput: everything that is wrong with them.
    """
    policy = get_policy(session, day)
    schools = find_schools(session, request.schools)
    errors = check_people(request.groups, request.adults, policy)
    errors += check_schools(schools, request.schools)
    errors += check_parties(request, parties)
    if errors:
        raise InvalidInput(errors)
    return schools


def check_sessions(
    session: Session, request: PlanRequest, stops: list[SessionRow], *, now: datetime
) -> Schools:
    """Refuse people who cannot take these sessions together.

    Returns:
        Their schools.

    Raises:
        InvalidInput: everything that is wrong with them, and with the sessions for them.
    """
    policy = get_policy(session, stops[0].local_date) if stops else POLICY
    schools = find_schools(session, request.schools)
    errors = check_people(request.groups, request.adults, policy)
    errors += check_schools(schools, request.schools)
    errors += check_stops(stops, request.groups, language=request.language, now=now)
    errors += [
        FieldError("stops", fault.code, {"session": fault.facts["session"]})
        for fault in sessions_out(session, stops)
    ]
    closed = [
        day for day in sorted({stop.local_date for stop in stops}) if not opening(session, day)
    ]
    if closed:
        errors.append(FieldError("stops", "day_closed", {"date": closed[0].isoformat()}))
    if errors:
        raise InvalidInput(errors)
    return schools


def judge_for(
    session: Session, visit: VisitRow, plan: Plan, request: PlanRequest, *, now: datetime
) -> Verdict:
    """What a standing visit takes with a plan that the day allows; its own places count as free.

    A fault that its day has already, such as a host who fell ill, does not forbid other changes.

    Raises:
        InvalidInput, CapacityExceeded, Conflict: the day does not allow it.
    """
    # A visit that is booked may be changed on its day, when it is late for a new one.
    under_way = visit.is_kept and plan.day == visit.local_date == local_date(now)
    if is_of_sessions(plan, request) and len(plan.subgroups) == 1 and not under_way:
        stops = get_sessions(
            session, [stop.session or "" for stop in plan.stops], now=now, counted=False
        )
        kept = {stop.session for stop in visit.stops}
        errors = check_stops(stops, request.groups, language=request.language, now=now, kept=kept)
        if errors:
            raise InvalidInput(errors)
        refuse(sessions_out(session, [stop for stop in stops if stop.id not in kept]))
        refuse_taken(session, stops, request.schools[0], now)
        return Verdict(takes_of_sessions(plan), ())
    lock_sole_sessions(session, plan)
    owner = owner_of(visit.id)
    world = load_world(session, plan.day, now=now, without=owner, schools=request.schools)
    judged = validate(plan, request, world, under_way=under_way)
    if plan.day == visit.local_date:
        borne = validate(visit.plan, visit.request, world, under_way=under_way)
        judged = tuple(one for one in judged if one not in borne)
    return Verdict(takes_for(plan, request, world), refuse(judged))
