"""A plan before the judge, in the words of the house: what it takes, and why it is refused."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.rules import Take
from bookings.visits.models import ActivitySession
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.takes import takes_of
from bookings.visits.planner.violations import Violation, blocks
from bookings.visits.planner.world import COACH_BAYS, World
from vizium.kernel.errors import CapacityExceeded, Conflict

# What another class has taken meanwhile: the same plan may fit at another time.
_TAKEN = frozenset(
    {
        "room_taken",
        "host_taken",
        "machine_taken",
        "session_full",
        "gallery_full",
        "gallery_taken",
        "lunch_full",
        "hall_full",
        "coach_bays_full",
    }
)


def refuse(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Refuse a plan that must not be booked; gives the warnings back.

    Raises:
        CapacityExceeded: ``capacity_exceeded``: others have taken what it needs.
        Conflict: ``plan_refused``: it cannot be booked at all. Both carry all `violations`.
    """
    judged = tuple(violations)
    blocking = blocks(judged)
    if not blocking:
        return judged
    said = [violation_facts(one) for one in blocking]
    if all(one.code in _TAKEN for one in blocking):
        free = min((_whole(one.facts.get("free", 0)) for one in blocking), default=0)
        raise CapacityExceeded("capacity_exceeded", free=free, violations=said)
    raise Conflict("plan_refused", violations=said)


def violation_facts(violation: Violation) -> dict[str, object]:
    """A violation as plain values; a length of time in minutes."""
    facts = {
        name: value // timedelta(minutes=1) if isinstance(value, timedelta) else value
        for name, value in violation.facts.items()
    }
    return {
        "code": violation.code,
        "level": violation.level.value,
        "stop": violation.stop,
        "facts": facts,
    }


def takes_for(plan: Plan, request: PlanRequest, world: World) -> tuple[Take, ...]:
    """The capacity of a plan in its day."""
    return takes_of(
        plan,
        setups={room.code: room.setup for room in world.rooms.values()},
        alone=[gallery.code for gallery in world.galleries.values() if gallery.alone],
        has_coach=COACH_BAYS in world.pools and not is_of_sessions(plan, request),
    )


def takes_of_sessions(plan: Plan) -> tuple[Take, ...]:
    """The capacity of a class that only takes published sessions: seats and the hall."""
    return takes_of(plan, setups={}, alone=(), has_coach=False)


def is_of_sessions(plan: Plan, request: PlanRequest) -> bool:
    """Whether a class only takes published sessions and says nothing of a bus: it may walk."""
    by_bus = request.arrive is not None or request.depart is not None
    return not by_bus and all(stop.session is not None for stop in plan.stops)


def lock_sole_sessions(session: Session, plan: Plan) -> None:
    """Wait for others who take a session that only one school may have, to see who was first."""
    ids = {stop.session for stop in plan.stops if stop.session is not None}
    if ids:
        sole = ActivitySession.id.in_(ids) & ~ActivitySession.shared
        locked = select(ActivitySession.id).where(sole).order_by(ActivitySession.id)
        session.execute(locked.with_for_update())


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
