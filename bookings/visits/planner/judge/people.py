"""The people: nobody is lost when a class is divided, and no part of it is without an adult."""

from collections.abc import Iterator

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.violations import Violation, found
from bookings.visits.rules import adults_needed


def check_everybody(case: Case) -> Iterator[Violation]:
    """The subgroups add up to the class, and every stop is of subgroups that there are."""
    plan, request = case.plan, case.request
    pupils = sum(subgroup.pupils for subgroup in plan.subgroups)
    adults = sum(subgroup.adults for subgroup in plan.subgroups)
    is_empty = any(subgroup.pupils < 1 or subgroup.adults < 0 for subgroup in plan.subgroups)
    if (pupils, adults) != (request.pupils, request.adults) or is_empty:
        wanted = {"pupils": request.pupils, "adults": request.adults}
        yield found("pupils_lost", planned_pupils=pupils, planned_adults=adults, **wanted)
    known = set(range(len(plan.subgroups)))
    for index, stop in enumerate(plan.stops):
        if not stop.who or len(set(stop.who)) < len(stop.who) or not known.issuperset(stop.who):
            yield found("pupils_lost", index, who=stop.who, subgroups=len(known))


def check_adults(case: Case) -> Iterator[Violation]:
    """Enough adults for the grades, and at least one with each subgroup."""
    needed = adults_needed(case.request.groups, case.world.visiting)
    if case.request.adults < needed:
        yield found("too_few_adults", needed=needed, adults=case.request.adults)
        return
    for number, subgroup in enumerate(case.plan.subgroups):
        if subgroup.adults < 1:
            yield found("too_few_adults", needed=1, adults=subgroup.adults, subgroup=number)


def check_subgroups(case: Case) -> Iterator[Violation]:
    """A class is not cut into more parts than the centre can lead."""
    most = case.world.policy.subgroups_most
    if len(case.plan.subgroups) > most:
        yield found("too_many_subgroups", subgroups=len(case.plan.subgroups), most=most)
