"""100,000 parallel operations on PostgreSQL: hold, swap and let go whole days over few resources.

Goal (issue 3): 0 overlaps, 0 deadlocks left unhandled. What is counted at the end is counted from
the allocations alone, not from the cells that guard them.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from datetime import time as wall
from datetime import timedelta

from bookings.resources.service import check_cells
from tests.bookings.visits.turmoil import count_overlaps, given_plans, play
from tests.factories.days import DAY
from tests.servers.postgres import Postgres
from vizium.db import migrate
from vizium.db.session import Database
from vizium.kernel.clock import from_wall


def main() -> None:
    """Play, then count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--operations", type=int, default=100_000)
    options.add_argument("--threads", type=int, default=16)
    chosen = options.parse_args()
    server = Postgres()
    try:
        server.run("CREATE DATABASE races")
        migrate.upgrade(server.url("races"))
        _race(Database(server.url("races")), chosen.operations, chosen.threads)
    finally:
        server.stop()


def _race(database: Database, operations: int, threads: int) -> None:
    now = from_wall(DAY - timedelta(weeks=6), wall(10))
    plans = given_plans(database, now=now)
    started_s = time.monotonic()
    outcomes = play(database, plans, operations=operations, threads=threads, now=now)
    elapsed_s = time.monotonic() - started_s
    with database.reading() as session:
        overlaps, untrue = count_overlaps(session), len(check_cells(session))
    failed = sum(number for said, number in outcomes.items() if said.startswith("failed"))
    done = sum(outcomes.values())
    print(f"{done} operations by {threads} threads over {len(plans)} plans in {elapsed_s:.0f} s")
    print(f"  outcomes        {dict(outcomes)}")
    print(f"  a second        {done / elapsed_s:8.0f}")
    print(f"  overlaps        {overlaps:8}   (goal: 0)")
    print(f"  deadlocks       {failed:8}   (goal: 0; there is no second try that could hide one)")
    print(f"  untrue cells    {untrue:8}   (goal: 0)")
    database.close()


if __name__ == "__main__":
    main()
