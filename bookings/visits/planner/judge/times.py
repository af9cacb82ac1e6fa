"""The stops in time: on the grid, as long as they must be, one after another with time to walk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.plan import Stop, StopKind
from bookings.visits.planner.takes import floor_to_cell
from bookings.visits.planner.violations import Violation, found
from vizium.kernel.clock import CELL, from_wall


def check_grid(case: Case) -> Iterator[Violation]:
    """Stops start where a cell does; where they end is free."""
    for index, stop in case.ahead:
        if floor_to_cell(stop.start) != stop.start:
            yield found("off_grid", index, start=stop.start, grid=CELL)


def check_durations(case: Case) -> Iterator[Violation]:
    """An activity lasts as it does, a session as published, a gallery and lunch long enough."""
    for index, stop in case.ahead:
        least, most = _duration(case, stop)
        if not least <= stop.end - stop.start <= most:
            length = stop.end - stop.start
            yield found("wrong_duration", index, duration=length, least=least, most=most)
        offer = case.offer(stop)
        if offer is not None and offer.start != stop.start:
            yield found("wrong_duration", index, start=offer.start, end=offer.end)


def _duration(case: Case, stop: Stop) -> tuple[timedelta, timedelta]:
    """How long a stop lasts at least and at most."""
    policy = case.world.policy
    if stop.kind is StopKind.GALLERY:
        return policy.gallery_min, policy.gallery_most
    if stop.kind is StopKind.LUNCH:
        return policy.lunch, policy.day_most
    offer, activity = case.offer(stop), case.world.activities.get(stop.code)
    if offer is not None:
        return offer.end - offer.start, offer.end - offer.start
    if activity is not None:
        return activity.duration, activity.duration
    return CELL, policy.day_most


def check_order(case: Case) -> Iterator[Violation]:
    """Nobody is in two places at once, and everybody can walk from one to the next."""
    told: set[tuple[int, int]] = set()
    for number in range(len(case.plan.subgroups)):
        for (before, one), (after, other) in pairwise(case.day_of(number)):
            if (before, after) not in told:
                told.add((before, after))
                yield from _check_pair(case, before, one, after, other)


def _check_pair(case: Case, before: int, one: Stop, after: int, other: Stop) -> Iterator[Violation]:
    places = case.place(one), case.place(other)
    walk = case.world.walk_between(*places)
    if other.start < one.end:
        yield found("stops_overlap", after, other=before, start=other.start, end=one.end)
    elif other.start - one.end < walk:
        there = {"place": places[1], "other_place": places[0]}
        yield found("no_time_to_walk", after, other=before, needed=walk, **there)


def check_pauses(case: Case) -> Iterator[Violation]:
    """Everybody gets to a toilet and to water in time; lunch is a pause, walking is none."""
    policy = case.world.policy
    told: set[int] = set()
    for number in range(len(case.plan.subgroups)):
        for since, index, end in _stretches(case, case.day_of(number)):
            if end - since > policy.pause_after and index not in told:
                told.add(index)
                yield found("no_pause", index, since=since, until=end, most=policy.pause_after)


def _stretches(case: Case, day: list[tuple[int, Stop]]) -> Iterator[tuple[datetime, int, datetime]]:
    """The stretches without a pause: since when, the last stop, until when."""
    policy = case.world.policy
    since: datetime | None = None
    for place, (index, stop) in enumerate(day):
        if stop.kind is StopKind.LUNCH:
            since = None
            continue
        since = since or stop.start
        following = day[place + 1][1] if place + 1 < len(day) else None
        if following is None or following.kind is StopKind.LUNCH:
            yield since, index, stop.end
        elif _pause(case, stop, following) >= policy.pause:
            yield since, index, stop.end
            since = None


def _pause(case: Case, one: Stop, other: Stop) -> timedelta:
    """What is left between two stops when the way is walked."""
    return other.start - one.end - case.world.walk_between(case.place(one), case.place(other))


def check_lunch_hours(case: Case) -> Iterator[Violation]:
    """Lunch is at noon and not at any hour that was left over."""
    policy, day = case.world.policy, case.plan.day
    earliest, latest = from_wall(day, policy.lunch_from), from_wall(day, policy.lunch_until)
    for index, stop in case.ahead:
        if stop.kind is StopKind.LUNCH and not earliest <= stop.start <= stop.end <= latest:
            yield found("lunch_untimely", index, start=stop.start, earliest=earliest, latest=latest)
