"""Plans made without a search: of chosen sessions, or a standing plan with other people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.world import ActivityFact
from bookings.visits.rules import SessionRow, presence
from vizium.kernel.money import Cents


def plan_of(sessions: Sequence[SessionRow], *, pupils: int, adults: int) -> Plan:
    """The day of a class that takes these published sessions together, undivided."""
    assert sessions
    arrive, leave = presence(sessions)
    return Plan(
        day=sessions[0].local_date,
        arrive=arrive,
        leave=leave,
        subgroups=(Subgroup(pupils, adults),),
        stops=tuple(
            Stop(
                kind=StopKind(one.kind),
                code=one.code,
                start=one.start,
                end=one.end,
                session=one.id,
            )
            for one in sorted(sessions, key=lambda one: (one.start, one.id))
        ),
    )


def with_people(plan: Plan, *, pupils: int, adults: int) -> Plan:
    """The same day with other numbers, spread evenly over the subgroups that stand."""
    count = len(plan.subgroups)
    people = zip(_spread(pupils, count), _spread(adults, count), strict=True)
    return replace(plan, subgroups=tuple(Subgroup(*one) for one in people))


def is_same(one: Plan, other: Plan) -> bool:
    """Whether as large a class does the same at the same hours; rooms and hosts aside."""

    def seen(plan: Plan) -> object:
        stops = tuple((stop.start, stop.end, stop.code, stop.who) for stop in plan.stops)
        return plan.day, plan.arrive, plan.leave, plan.subgroups, stops

    return seen(one) == seen(other)


def price_of_plan(plan: Plan, activities: Mapping[str, ActivityFact]) -> Cents:
    """What the school pays: each activity's price for each pupil who takes it."""
    return Cents(
        sum(
            activities[stop.code].price_cents * plan.pupils_of(stop)
            for stop in plan.stops
            if stop.is_activity
        )
    )


def _spread(people: int, parts: int) -> list[int]:
    whole, more = divmod(people, parts)
    return [whole + (part < more) for part in range(parts)]
