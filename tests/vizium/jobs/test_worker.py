import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from vizium.db.session import Database
from vizium.jobs.service import count_by_state, enqueue
from vizium.jobs.worker import JobFunction, Sweep, Worker


def worker(
    database: Database, now: datetime, jobs: dict[str, JobFunction], *sweeps: Sweep
) -> Worker:
    return Worker(database, jobs, sweeps, lambda: now)


def given_jobs(database: Database, now: datetime, *kinds: str) -> None:
    with database.transaction() as session:
        for kind in kinds:
            enqueue(session, kind, {"id": kind}, now=now)


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {state: count for state, count in count_by_state(session).items() if count}


def test_worker_runs_a_due_job_outside_of_any_transaction(
    database: Database, now: datetime
) -> None:
    seen: list[tuple[dict[str, object], datetime]] = []

    def own_transaction(args: dict[str, object], at: datetime) -> None:
        with database.transaction() as session:
            enqueue(session, "later", {}, now=at, run_at=at + timedelta(days=1))
        seen.append((args, at))

    given_jobs(database, now, "k")
    ran = worker(database, now, {"k": own_transaction}).run_next()

    assert (ran, seen) == (True, [({"id": "k"}, now)])
    assert counts(database) == {"available": 1, "completed": 1}


def test_worker_without_a_due_job_says_so(database: Database, now: datetime) -> None:
    assert worker(database, now, {}).run_next() is False


def test_job_that_raises_is_kept_for_later(database: Database, now: datetime) -> None:
    def fail(_: dict[str, object], __: datetime) -> None:
        raise ValueError("no")

    given_jobs(database, now, "bad")

    assert worker(database, now, {"bad": fail}).run_next()
    assert counts(database) == {"retryable": 1}


def test_job_of_an_unknown_kind_is_kept_for_a_newer_worker(
    database: Database, now: datetime
) -> None:
    given_jobs(database, now, "from.the.future")

    assert worker(database, now, {}).run_next()
    assert counts(database) == {"retryable": 1}


def test_loop_survives_jobs_and_sweeps_that_raise_and_ends_when_told(
    database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    swept: list[str] = []

    def fail(_: dict[str, object], __: datetime) -> None:
        raise ValueError("no")

    def sweep(name: str) -> Callable[[Session, datetime], None]:
        def run(_: Session, __: datetime) -> None:
            swept.append(name)
            if name == "bad":
                raise RuntimeError(name)

        return run

    given_jobs(database, now, "bad", "last")
    sweeps = [Sweep(name, 60, sweep(name)) for name in ("bad", "good")]
    working = worker(database, now, {"bad": fail, "last": lambda *_: stop.set()}, *sweeps)
    with caplog.at_level(logging.CRITICAL, "vizium.jobs.worker"):
        thread = threading.Thread(target=working.run, args=(stop,))
        thread.start()
        thread.join(30)

    assert not thread.is_alive()
    assert counts(database) == {"retryable": 1, "completed": 1}
    assert swept == ["bad", "good"]


def test_sweep_runs_once_per_interval_in_a_transaction_of_its_own(
    database: Database, now: datetime
) -> None:
    instants = [now + timedelta(seconds=seconds) for seconds in (0, 59, 60, 61, 119, 120)]
    left = iter(instants)
    swept: list[datetime] = []
    stop = threading.Event()

    def sweep(session: Session, at: datetime) -> None:
        enqueue(session, "never", {}, now=at, run_at=at + timedelta(days=1))
        swept.append(at)

    def clock() -> datetime:
        return next(left)

    working = Worker(database, {}, [Sweep("s", 60, sweep)], clock)
    last: dict[str, datetime] = {}
    for _ in instants:
        working._sweep(last)
    stop.set()

    assert swept == [instants[0], instants[2], instants[5]]
    assert counts(database) == {"available": 3}
