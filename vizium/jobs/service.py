"""Enqueue a job in the transaction of its cause; claim, complete or retry it.

A claimed job carries a lease. A worker that is killed lets the lease run out, and the job is
claimed again: so every job is idempotent by state. A worker that comes back after its lease has
nothing more to say about the job.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from vizium.db.base import Base
from vizium.db.inserts import insert_new
from vizium.jobs.models import Job, JobState
from vizium.kernel.ids import new_id
from vizium.kernel.text import one_line

LEASE = timedelta(minutes=5)
ATTEMPTS_MAX = 12
_BACKOFF_S_MAX = 3600
_COMPLETED_KEPT = timedelta(days=14)
_WAITING = (JobState.AVAILABLE, JobState.RETRYABLE)
_JOB = Base.metadata.tables[Job.__tablename__]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds until its lease runs out."""

    id: str
    kind: str
    args: dict[str, object]
    attempts: int


def enqueue(
    session: Session,
    kind: str,
    args: Mapping[str, object],
    *,
    now: datetime,
    run_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Add a job; with a key that stands already, change nothing.

    Args:
        kind: a name in the roof's table of jobs, e.g. ``mail.deliver``.
        args: ids and scalars only.
        run_at: not before this instant; now by default.
    """
    values = {
        "id": new_id(now),
        "kind": kind,
        "args": dict(args),
        "key": key,
        "state": JobState.AVAILABLE,
        "run_at": run_at or now,
        "attempts": 0,
        "created_at": now,
    }
    insert_new(session, _JOB, values, unless="key", returning="id")


def claim_job(session: Session, *, now: datetime) -> ClaimedJob | None:
    """Claim the next due job, also one whose worker has died."""
    due = or_(
        Job.state.in_(_WAITING) & (Job.run_at <= now),
        (Job.state == JobState.EXECUTING) & (Job.lease_until < now) & (Job.attempts < ATTEMPTS_MAX),
    )
    chosen = select(Job.id).where(due).order_by(Job.run_at, Job.id).limit(1)
    job_id = session.scalar(chosen.with_for_update(skip_locked=True))
    if job_id is None:
        return None
    job = session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(state=JobState.EXECUTING, attempts=Job.attempts + 1, lease_until=now + LEASE)
        .returning(Job.id, Job.kind, Job.args, Job.attempts)
    ).one()
    return ClaimedJob(*job)


def complete_job(session: Session, job: ClaimedJob, *, now: datetime) -> None:
    """The work is done."""
    _finish(session, job, state=JobState.COMPLETED, finished_at=now)


def fail_job(session: Session, job: ClaimedJob, *, error: str, now: datetime) -> None:
    """The work raised: try again later, or give up after `ATTEMPTS_MAX`."""
    if job.attempts >= ATTEMPTS_MAX:
        state, run_at = JobState.DISCARDED, now
    else:
        state, run_at = JobState.RETRYABLE, now + timedelta(seconds=backoff_s(job.attempts))
    _finish(session, job, state=state, run_at=run_at, last_error=one_line(error)[:500])


def backoff_s(attempts: int) -> float:
    """Seconds to the next attempt: doubling from 2, at most an hour, with a quarter of jitter."""
    delay = min(2.0**attempts, _BACKOFF_S_MAX)
    return delay * random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret


def repeat_jobs(session: Session, keys: Sequence[str], *, now: datetime) -> None:
    """Run completed jobs again, by their keys: what kept them from their work has changed."""
    done = Job.key.in_(keys) & (Job.state == JobState.COMPLETED)
    again = {"state": JobState.AVAILABLE, "run_at": now, "attempts": 0, "finished_at": None}
    session.execute(update(Job).where(done).values(**again))


def sweep_jobs(session: Session, *, now: datetime) -> None:
    """Discard jobs that have killed every worker; forget completed ones after a while.

    Discarded jobs stay to be looked at.
    """
    deadly = (Job.attempts >= ATTEMPTS_MAX) & (Job.lease_until < now)
    session.execute(
        update(Job)
        .where(Job.state == JobState.EXECUTING, deadly)
        .values(state=JobState.DISCARDED, last_error="the worker ended each time", lease_until=None)
    )
    old = Job.finished_at < now - _COMPLETED_KEPT
    session.execute(delete(Job).where(Job.state == JobState.COMPLETED, old))


def count_by_state(session: Session) -> dict[str, int]:
    """How many jobs stand in each state; the keys are all states."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return {state.value: 0 for state in JobState} | {state.value: n for state, n in rows}


def _finish(session: Session, job: ClaimedJob, **values: object) -> None:
    still_ours = (Job.state == JobState.EXECUTING) & (Job.attempts == job.attempts)
    session.execute(
        update(Job).where(Job.id == job.id, still_ours).values(lease_until=None, **values)
    )
