"""Many threads hold, swap and let go whole days over a few rooms and hosts.

Each thread plays operations of its own chance on owners of its own; what they fight for is shared.
The plans are real ones, made for classes of several sizes on an empty day, so that most of them
want the same rooms at the same hours.
"""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bookings.resources.models import Allocation, Resource
from bookings.resources.rules import Take, demand
from bookings.resources.service import release, swap, take
from bookings.visits.planner.request import PlanRequest, Wish
from bookings.visits.rules import Group
from bookings.visits.service import load_world
from bookings.visits.service.judging import takes_for
from tests.factories.days import DAY, day_request, find_plans, given_centre_of_days
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded

Takes = tuple[Take, ...]
_DAYS = tuple(DAY + timedelta(weeks=week) for week in range(4))
_OWNERS_EACH = 2


def given_plans(database: Database, *, now: datetime) -> list[Takes]:
    """What the plans of many classes take, over four days of a small centre."""
    with database.transaction() as session:
        given_centre_of_days(session, now=now)
        return [
            found
            for day in _DAYS
            for request in _requests()
            for found in _takes(session, request_on(request, day), now)
        ]


def request_on(request: PlanRequest, day: object) -> PlanRequest:
    """The same request for a day."""
    return day_request(
        dates=(day,), groups=request.groups, adults=request.adults, wishes=request.wishes
    )


def _requests() -> list[PlanRequest]:
    shows = (Wish(code="S-01"),)
    return [
        day_request(groups=(Group(5, pupils),), adults=3, wishes=wishes)
        for pupils in (12, 20, 28)
        for wishes in ((Wish(code="T-07"),), shows, (Wish(code="T-07"), *shows))
    ]


def _takes(session: Session, request: PlanRequest, now: datetime) -> list[Takes]:
    world = load_world(session, request.dates[0], now=now)
    plans = find_plans(session, request, now=now)
    return [takes_for(plan, request, world) for plan in plans]


def play(
    database: Database, plans: Sequence[Takes], *, operations: int, threads: int, now: datetime
) -> Counter[str]:
    """Play so many operations in all; counts by outcome."""
    gate = threading.Barrier(threads)

    def run(number: int) -> Counter[str]:
        chance = random.Random(number)
        holding: set[str] = set()
        outcomes: Counter[str] = Counter()
        gate.wait()
        for _ in range(operations // threads):
            owner = f"visit:{number}-{chance.randrange(_OWNERS_EACH)}"
            what = "hold" if owner not in holding else chance.choice(("swap", "let go"))
            said = _operate(database, owner, what, chance.choice(plans), now=now)
            outcomes[said] += 1
            if said == "held":
                holding.add(owner)
            elif said == "let go":
                holding.discard(owner)
        return outcomes

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(run, range(threads)), Counter())


def _operate(database: Database, owner: str, what: str, wanted: Takes, *, now: datetime) -> str:
    """One operation; a deadlock would be counted, not hidden by another try."""
    try:
        with database.transaction() as session:
            if what == "hold":
                take(session, owner, wanted, expires_at=None, now=now)
                return "held"
            if what == "swap":
                swap(session, owner, wanted, expires_at=None, now=now)
                return "swapped"
            release(session, owner)
            return "let go"
    except CapacityExceeded:
        return "refused"
    except OperationalError as error:
        return f"failed: {type(error.orig).__name__}"


def count_overlaps(session: Session) -> int:
    """Cells of which the allocations together take more than there is, counted from them alone."""
    fields = (Allocation.resource, Allocation.start, Allocation.end, Allocation.amount)
    known = session.execute(select(Resource.code, Resource.capacity))
    capacity = {row.code: row.capacity for row in known}
    taken = demand(Take(*row) for row in session.execute(select(*fields)))
    return sum(amount > capacity[resource] for (resource, _), amount in taken)
