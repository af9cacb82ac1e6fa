"""The day as a whole: is it open, is it ahead, does it fit between the buses?"""

from collections.abc import Iterator

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.violations import Violation, found
from vizium.kernel.clock import local_date


def check_open(case: Case) -> Iterator[Violation]:
    """The centre is open on the day."""
    if case.world.why_closed is not None or case.world.cells == 0:
        yield found("closed_day", day=case.plan.day, why=case.world.why_closed)


def check_ahead(case: Case) -> Iterator[Violation]:
    """The day is ahead, and far enough for the centre to get ready; a visit may be under way."""
    now, day = case.world.now, case.plan.day
    days = (day - local_date(now)).days
    if days < 0 or (case.plan.arrive < now and not case.under_way):
        yield found("day_is_past", day=day, arrive=case.plan.arrive, now=now)
    elif days < case.world.policy.lead_days and not case.under_way:
        yield found("lead_time_short", days=days, least=case.world.policy.lead_days)


def check_hours(case: Case) -> Iterator[Violation]:
    """Every stop lies in the hours of schools; the class comes at most a little before them."""
    world = case.world
    hours = {"opens": world.start, "closes": world.end}
    if case.plan.arrive < world.start - world.policy.arrive_early or case.plan.leave > world.end:
        yield found("outside_hours", start=case.plan.arrive, end=case.plan.leave, **hours)
    for index, stop in case.ahead:
        if not world.start <= stop.start or stop.end > world.end:
            yield found("outside_hours", index, start=stop.start, end=stop.end, **hours)


def check_length(case: Case) -> Iterator[Violation]:
    """Nobody should be in the centre for longer than a school day."""
    most = case.world.policy.day_most
    if case.plan.leave - case.plan.arrive > most:
        yield found("too_long_day", arrive=case.plan.arrive, leave=case.plan.leave, most=most)


def check_arrival(case: Case) -> Iterator[Violation]:
    """The class is there when the bus has come, and has time for coats before its first stop."""
    arrive, bus_in = case.plan.arrive, case.bus_in
    if bus_in is not None and arrive < bus_in:
        yield found("arrives_too_late", arrive=arrive, bus=bus_in)
        arrive = bus_in
    ready = arrive + case.world.policy.arrive_early
    for index, stop in case.ahead:
        if stop.start < ready:
            yield found("arrives_too_late", index, start=stop.start, ready=ready)


def check_departure(case: Case) -> Iterator[Violation]:
    """The class leaves with its bus, without running for it."""
    leave, bus_out = case.plan.leave, case.bus_out
    if bus_out is not None and leave > bus_out:
        yield found("leaves_too_late", leave=leave, bus=bus_out)
        leave = bus_out
    for index, stop in case.ahead:
        if stop.end > leave:
            yield found("leaves_too_late", index, end=stop.end, leave=leave)
    last = max((stop.end for stop in case.plan.stops), default=leave)
    slack = case.world.policy.bus_slack
    if bus_out is not None and case.plan.leave <= bus_out and bus_out - slack < last <= bus_out:
        yield found("bus_slack_short", end=last, bus=bus_out, least=slack)
