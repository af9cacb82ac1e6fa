"""Who and what runs an activity: a host who can, may and has time; machines nobody else has."""

from collections.abc import Iterator
from datetime import timedelta

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.plan import Stop
from bookings.visits.planner.violations import Violation, found
from bookings.visits.planner.world import HostFact, Mask, is_free

_MINUTE = timedelta(minutes=1)


def check_hosts(case: Case) -> Iterator[Violation]:
    """The host of an activity made for the class is one, and has its skill."""
    for index, stop in case.made:
        host = case.world.hosts.get(stop.host or "")
        activity = case.world.activities.get(stop.code)
        if host is None:
            yield found("host_unknown", index, host=stop.host)
        elif activity is not None and activity.skill and activity.skill not in host.skills:
            yield found("host_lacks_skill", index, host=host.code, skill=activity.skill)


def check_host_language(case: Case) -> Iterator[Violation]:
    """The host speaks the class's language, in a published session too."""
    wanted = case.request.language
    for index, stop in case.ahead:
        offer = case.offer(stop)
        host = case.world.hosts.get((offer.host if offer else stop.host) or "")
        if stop.is_activity and host is not None and wanted not in host.languages:
            spoken = tuple(sorted(host.languages))
            facts = {"host": host.code, "language": wanted, "spoken": spoken}
            yield found("host_lacks_language", index, **facts)


def check_hosts_free(case: Case) -> Iterator[Violation]:
    """The host is at work and with no other class, this plan's other stops included."""
    # Keyed by the host: what is left of the day after the stops before.
    left = {code: host.free for code, host in case.world.hosts.items()}
    for index, stop in case.made:
        host = case.world.hosts.get(stop.host or "")
        if host is not None:
            yield from _check_host_free(case, index, host, left[host.code])
            left[host.code] &= ~case.mask(stop)


def _check_host_free(case: Case, index: int, host: HostFact, left: Mask) -> Iterator[Violation]:
    stop = case.plan.stops[index]
    facts = {"host": host.code, "start": stop.start, "end": stop.end}
    if not is_free(host.shift, case.mask(stop)):
        yield found("host_off_shift", index, **facts)
    elif not is_free(left, case.mask(stop)):
        yield found("host_taken", index, **facts)


def check_hosts_rested(case: Case) -> Iterator[Violation]:
    """Nobody works more minutes a day than agreed."""
    # Keyed by the host: the minutes of this plan.
    minutes: dict[str, int] = {}
    for index, stop in case.made:
        host = case.world.hosts.get(stop.host or "")
        if host is None:
            continue
        before = minutes.get(host.code, 0)
        minutes[host.code] = before + (stop.end - stop.start) // _MINUTE
        if before <= max(0, host.minutes_left) < minutes[host.code]:
            facts = {"minutes": minutes[host.code], "minutes_left": host.minutes_left}
            yield found("host_overworked", index, host=host.code, **facts)


def check_machines(case: Case) -> Iterator[Violation]:
    """Every machine that the activity works with is this class's for the time."""
    # Keyed by the machine: what is left of it after the stops before.
    left = dict(case.world.machines)
    for index, stop in case.made:
        wanted = case.mask(stop)
        for machine in _machines(case, stop):
            is_reserved = machine in stop.machines
            if not is_reserved or machine not in left or not is_free(left[machine], wanted):
                facts = {"machine": machine, "start": stop.start, "end": stop.end}
                yield found("machine_taken", index, is_reserved=is_reserved, **facts)
            left[machine] = left.get(machine, 0) & ~wanted


def _machines(case: Case, stop: Stop) -> list[str]:
    """The machines that a stop has and those that its activity needs, each once."""
    activity = case.world.activities.get(stop.code)
    needed = activity.machines if activity is not None else ()
    return list(dict.fromkeys((*stop.machines, *needed)))
