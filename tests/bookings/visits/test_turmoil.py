"""Thousands of holds, swaps and cancellations at once: nothing twice, no deadlock, cells true.

`benchmarks/races.py` plays the same 100,000 times.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert

from bookings.resources.models import Allocation
from bookings.resources.service import check_cells
from tests.bookings.visits.turmoil import Takes, count_overlaps, given_plans, play
from vizium.db.session import Database
from vizium.kernel.ids import new_id

pytestmark = [
    pytest.mark.race,
    pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True),
]
_THREADS, _OPERATIONS = 16, 1_600


@pytest.fixture
def plans(database: Database, now: datetime) -> list[Takes]:
    return given_plans(database, now=now)


def test_turmoil_of_plans_leaves_nothing_twice(
    database: Database, plans: list[Takes], now: datetime
) -> None:
    outcomes = play(database, plans, operations=_OPERATIONS, threads=_THREADS, now=now)

    assert set(outcomes) == {"held", "swapped", "let go", "refused"}
    assert sum(outcomes.values()) == _OPERATIONS
    with database.reading() as session:
        assert count_overlaps(session) == 0
        assert check_cells(session) == []


def test_without_the_guard_the_same_plans_overlap(
    database: Database, plans: list[Takes], now: datetime
) -> None:
    """The negative control: everybody looks, sees a free day, and writes."""
    everybody_has_looked = threading.Barrier(_THREADS)

    def hold(number: int) -> None:
        with database.reading() as session:
            assert count_overlaps(session) == 0
        everybody_has_looked.wait()
        with database.transaction() as session:
            rows = [
                {
                    "id": new_id(now),
                    "owner": f"visit:{number}",
                    "resource": one.resource,
                    "start": one.start,
                    "end": one.end,
                    "amount": one.amount,
                    "expires_at": None,
                }
                for one in plans[0]
            ]
            session.execute(insert(Allocation), rows)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(hold, range(_THREADS)))

    with database.reading() as session:
        assert count_overlaps(session) > 0
