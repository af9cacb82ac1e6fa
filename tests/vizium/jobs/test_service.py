from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from vizium.db.session import Database
from vizium.jobs.models import Job, JobState
from vizium.jobs.service import (
    ATTEMPTS_MAX,
    LEASE,
    ClaimedJob,
    backoff_s,
    claim_job,
    complete_job,
    count_by_state,
    enqueue,
    fail_job,
    sweep_jobs,
)

SECOND = timedelta(seconds=1)


def given_job(database: Database, now: datetime, **words: object) -> None:
    with database.transaction() as session:
        enqueue(session, "mail.deliver", {"mail": "1"}, now=now, **words)  # type: ignore[arg-type]


def claim(database: Database, now: datetime) -> ClaimedJob:
    with database.transaction() as session:
        job = claim_job(session, now=now)
    assert job is not None
    return job


def is_due(database: Database, now: datetime) -> bool:
    """Whether a worker would find something to do; claims nothing."""
    with database.reading() as session:
        return claim_job(session, now=now) is not None


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {state: count for state, count in count_by_state(session).items() if count}


def test_job_of_a_transaction_that_is_rolled_back_does_not_exist(
    database: Database, now: datetime
) -> None:
    def enqueue_and_fail() -> None:
        with database.transaction() as session:
            enqueue(session, "mail.deliver", {}, now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_fail()

    assert counts(database) == {}


def test_job_with_a_key_that_stands_is_added_once(database: Database, now: datetime) -> None:
    for _ in range(3):
        given_job(database, now, key="mail:1")
    given_job(database, now, key="mail:2")
    given_job(database, now)
    given_job(database, now)

    assert counts(database) == {"available": 4}


def test_claimed_job_brings_its_words_and_is_not_claimed_again(
    database: Database, now: datetime
) -> None:
    given_job(database, now)

    job = claim(database, now)

    assert (job.kind, job.args, job.attempts) == ("mail.deliver", {"mail": "1"}, 1)
    assert not is_due(database, now)
    assert counts(database) == {"executing": 1}


def test_job_is_not_claimed_before_its_instant(database: Database, now: datetime) -> None:
    given_job(database, now, run_at=now + SECOND)

    assert not is_due(database, now)
    assert is_due(database, now + SECOND)


def test_jobs_are_claimed_in_the_order_in_which_they_are_due(
    database: Database, now: datetime
) -> None:
    for minutes in (2, 0, 1):
        with database.transaction() as session:
            run_at = now + timedelta(minutes=minutes)
            enqueue(session, "k", {"minutes": minutes}, now=now, run_at=run_at)

    later = now + timedelta(hours=1)
    assert [claim(database, later).args["minutes"] for _ in range(3)] == [0, 1, 2]


@pytest.mark.race
def test_each_job_is_claimed_by_exactly_one_of_eight_workers(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for number in range(60):
            enqueue(session, "k", {"number": number}, now=now)

    def claim_until_empty(_: int) -> list[object]:
        mine = []
        while True:
            with database.transaction() as session:
                job = claim_job(session, now=now)
            if job is None:
                return mine
            mine.append(job.args["number"])

    with ThreadPoolExecutor(8) as pool:
        claimed = [number for mine in pool.map(claim_until_empty, range(8)) for number in mine]

    assert sorted(map(str, claimed)) == sorted(map(str, range(60)))


def test_job_of_a_dead_worker_is_claimed_again_when_its_lease_has_run_out(
    database: Database, now: datetime
) -> None:
    given_job(database, now)
    claim(database, now)

    assert not is_due(database, now + LEASE)
    again = claim(database, now + LEASE + SECOND)

    assert again.attempts == 2


def test_worker_that_comes_back_after_its_lease_says_nothing_more(
    database: Database, now: datetime
) -> None:
    given_job(database, now)
    slow = claim(database, now)
    later = now + LEASE + SECOND
    quick = claim(database, later)

    with database.transaction() as session:
        fail_job(session, slow, error="too late", now=later)
    assert counts(database) == {"executing": 1}
    with database.transaction() as session:
        complete_job(session, quick, now=later)
        fail_job(session, slow, error="too late", now=later)

    assert counts(database) == {"completed": 1}


def test_failed_job_is_tried_again_after_its_delay(database: Database, now: datetime) -> None:
    given_job(database, now)
    job = claim(database, now)

    with database.transaction() as session:
        fail_job(session, job, error="ConnectionRefusedError: \0 no\nserver", now=now)

    assert counts(database) == {"retryable": 1}
    assert not is_due(database, now + SECOND)
    assert is_due(database, now + timedelta(seconds=3))
    with database.reading() as session:
        assert session.scalar(select(Job.last_error)) == "ConnectionRefusedError: no server"


def test_job_that_fails_each_time_is_discarded_after_the_last_attempt(
    database: Database, now: datetime
) -> None:
    given_job(database, now)

    attempts = 0
    while is_due(database, now):
        attempts += 1
        with database.transaction() as session:
            job = claim_job(session, now=now)
            assert job is not None
            fail_job(session, job, error="x" * 10_000, now=now)
        now += timedelta(hours=2)

    assert attempts == ATTEMPTS_MAX
    assert counts(database) == {"discarded": 1}


def test_job_that_kills_each_worker_is_discarded_too(database: Database, now: datetime) -> None:
    given_job(database, now)

    attempts = 0
    while is_due(database, now):
        attempts += 1
        claim(database, now)
        now += LEASE + SECOND
    with database.transaction() as session:
        sweep_jobs(session, now=now)

    assert attempts == ATTEMPTS_MAX
    assert counts(database) == {"discarded": 1}


def test_delay_doubles_up_to_an_hour_with_a_quarter_of_jitter() -> None:
    for attempts, seconds in [(1, 2), (2, 4), (5, 32), (11, 2048), (12, 3600), (1000, 3600)]:
        delays = [backoff_s(attempts) for _ in range(50)]
        assert seconds * 0.75 <= min(delays) < max(delays) <= seconds * 1.25


def test_sweep_forgets_old_completed_jobs_alone(database: Database, now: datetime) -> None:
    for key in ("completed", "discarded", "waiting"):
        given_job(database, now, key=key)
    with database.transaction() as session:
        done, failed = claim_job(session, now=now), claim_job(session, now=now)
        assert done is not None
        assert failed is not None
        complete_job(session, done, now=now)
        last = ClaimedJob(failed.id, failed.kind, failed.args, failed.attempts)
        fail_job(session, last, error="x", now=now)

    with database.transaction() as session:
        sweep_jobs(session, now=now + timedelta(days=14))
        kept = count_by_state(session)[JobState.COMPLETED]
        sweep_jobs(session, now=now + timedelta(days=14) + SECOND)

    assert kept == 1
    assert counts(database) == {"available": 1, "retryable": 1}
