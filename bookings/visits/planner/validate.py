"""The one judge of plans: used by the planner, by holds, by changes, by staff who move things.

A ladder of small checks, each of one kind of fault, none trusting another or the search. All that
is wrong is said, not the first thing, because a page that explains a refusal needs all of it.

```
day        open, ahead, hours, buses
people     nobody lost, an adult with each
wishes     every subgroup gets what was asked for
times      on the grid, one after another, time to walk
what each stop takes: activity, places, hosts, counts
```
"""

from collections.abc import Callable, Iterator

from bookings.visits.planner.judge import (
    activities,
    counts,
    day,
    hosts,
    people,
    places,
    times,
    wishes,
)
from bookings.visits.planner.judge.case import Case, case_of
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.violations import CODES, LEVELS, Level, Violation, blocks, found
from bookings.visits.planner.world import World

__all__ = ["CODES", "LEVELS", "Level", "Violation", "blocks", "validate"]

_Check = Callable[[Case], Iterator[Violation]]
# A plan that fails here cannot be read further.
_FORM: tuple[_Check, ...] = (people.check_everybody,)
_DAY: tuple[_Check, ...] = (
    day.check_open,
    day.check_ahead,
    people.check_adults,
    people.check_subgroups,
)
_REST: tuple[_Check, ...] = (
    day.check_hours,
    day.check_length,
    day.check_arrival,
    day.check_departure,
    wishes.check_wishes,
    wishes.check_galleries,
    wishes.check_lunch,
    times.check_grid,
    times.check_durations,
    times.check_order,
    times.check_pauses,
    times.check_lunch_hours,
    activities.check_known,
    activities.check_grades,
    activities.check_language,
    activities.check_size,
    activities.check_exhibits,
    places.check_rooms,
    places.check_rooms_free,
    places.check_galleries_known,
    places.check_needs,
    hosts.check_hosts,
    hosts.check_host_language,
    hosts.check_hosts_free,
    hosts.check_hosts_rested,
    hosts.check_machines,
    counts.check_seats,
    counts.check_galleries_hold,
    counts.check_lunch_holds,
    counts.check_hall,
    counts.check_coach_bays,
)


def validate(
    plan: Plan, request: PlanRequest, world: World, *, under_way: bool = False
) -> tuple[Violation, ...]:
    """Everything that is wrong with a plan, in the order of the ladder; empty when all is well.

    Args:
        world: the day of the plan; what the class itself holds counts as free.
        under_way: the plan is of a visit that is booked and may have begun: what the class has had
            is no longer judged, nor whether it was booked in time. A new visit is never under way.
    """
    assert plan.day == world.day
    return tuple(_judge(case_of(plan, request, world, under_way=under_way)))


def _judge(case: Case) -> Iterator[Violation]:
    malformed = [*_unreadable(case), *_all(_FORM, case)]
    yield from malformed
    yield from _all(_DAY, case)
    is_readable = not any(violation.stop is not None for violation in malformed)
    if is_readable and case.world.cells:
        yield from _all(_REST, case)


def _unreadable(case: Case) -> Iterator[Violation]:
    """A stretch of time that ends before it starts."""
    for index, stop in enumerate(case.plan.stops):
        if stop.start >= stop.end:
            yield found("wrong_duration", index, duration=stop.end - stop.start)


def _all(checks: tuple[_Check, ...], case: Case) -> Iterator[Violation]:
    for check in checks:
        yield from check(case)
