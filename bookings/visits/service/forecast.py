"""Visits that are booked, judged against the days as they have become.

Whatever a visit has taken is its own as long as it stands, so the day is judged as if nobody else
came: one world a day, in which only what is out of order or away is not free. What is left to find
fault with is what has changed since: hours, shifts, rooms, the catalogue, an outage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings.resources.queries import OutageRow, list_outages
from bookings.resources.rules import whole_day
from bookings.visits.planner.validate import Violation, blocks, validate
from bookings.visits.planner.world import Mask, World
from bookings.visits.queries import VisitRow, list_visits_between
from bookings.visits.service.world import load_world

# More than any host works or any session seats.
_PLENTY = 10_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A visit whose day no longer allows its plan, and why."""

    visit: VisitRow
    faults: tuple[Violation, ...]


def list_broken(session: Session, first: date, last: date, *, now: datetime) -> list[Broken]:
    """The visits of some days, both included, that the judge would refuse now."""
    seen = (row.seen_at(now) for row in list_visits_between(session, first, last))
    coming = [visit for visit in seen if visit.is_kept and visit.end > now]
    return [
        broken
        for day in sorted({visit.local_date for visit in coming})
        for broken in _broken(session, day, [one for one in coming if one.local_date == day], now)
    ]


def _broken(
    session: Session, day: date, visits: Sequence[VisitRow], now: datetime
) -> Iterator[Broken]:
    start, end = whole_day(day)
    world = _empty(load_world(session, day, now=now), list_outages(session, start=start, end=end))
    for visit in visits:
        faults = blocks(validate(visit.plan, visit.request, world, under_way=True))
        if faults:
            yield Broken(visit, faults)


def _empty(world: World, outages: Sequence[OutageRow]) -> World:
    """The day as if nobody came, without what is out of order."""
    every: Mask = (1 << world.cells) - 1

    def usable(code: str) -> Mask:
        free = every
        for outage in outages:
            if outage.resource == code:
                free &= ~world.mask(outage.start, outage.end)
        return free

    def places(code: str, capacity: int) -> tuple[int, ...]:
        free = usable(code)
        return tuple(capacity if free >> cell & 1 else 0 for cell in range(world.cells))

    return replace(
        world,
        rooms={code: replace(one, free=usable(code)) for code, one in world.rooms.items()},
        hosts={
            code: replace(one, free=one.shift & usable(code), minutes_left=_PLENTY)
            for code, one in world.hosts.items()
        },
        machines={code: usable(code) for code in world.machines},
        galleries={
            code: replace(one, untaken=usable(code)) for code, one in world.galleries.items()
        },
        pools={
            code: replace(one, free=places(code, one.capacity)) for code, one in world.pools.items()
        },
        offers={
            code: replace(one, free=_PLENTY if one.out is None else 0)
            for code, one in world.offers.items()
        },
    )
