"""The loop that runs due jobs and sweeps, one transaction each, until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from vizium.db.session import Database
from vizium.jobs.service import ClaimedJob, claim_job, complete_job, fail_job

JobFunction = Callable[[dict[str, object], datetime], None]
"""Runs one job outside of any transaction; it opens its own."""

_IDLE_S = 0.5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A time-driven change, run every `every_s` seconds in a transaction of its own."""

    name: str
    every_s: int
    run: Callable[[Session, datetime], None]


@dataclass(slots=True)
class Worker:
    """Runs jobs by kind and sweeps by interval; several may run over one database."""

    database: Database
    jobs: Mapping[str, JobFunction]
    sweeps: Sequence[Sweep]
    clock: Callable[[], datetime]

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; never raises, so one bad job cannot end the others."""
        due: dict[str, datetime] = {}
        while not stop.is_set():
            try:
                self._sweep(due)
                idle = not self.run_next()
            except Exception:  # noqa: BLE001 - the database may be away; the loop outlives it
                _log.exception("worker: the database did not answer; trying again")
                idle = True
            if idle:
                stop.wait(_IDLE_S)

    def run_next(self) -> bool:
        """Run one due job; False when there was none."""
        with self.database.transaction() as session:
            job = claim_job(session, now=self.clock())
        if job is None:
            return False
        error = self._attempt(job)
        with self.database.transaction() as session:
            if error is None:
                complete_job(session, job, now=self.clock())
            else:
                fail_job(session, job, error=error, now=self.clock())
        return True

    def _attempt(self, job: ClaimedJob) -> str | None:
        function = self.jobs.get(job.kind)
        if function is None:
            return f"no job of kind {job.kind}"
        try:
            function(job.args, self.clock())
        except Exception as error:  # noqa: BLE001 - any failure means: again later
            _log.warning("job %s %s failed: %s", job.kind, job.id, error)
            return f"{type(error).__name__}: {error}"
        return None

    def _sweep(self, last: dict[str, datetime]) -> None:
        for sweep in self.sweeps:
            now = self.clock()
            before = last.get(sweep.name)
            if before is None or (now - before).total_seconds() >= sweep.every_s:
                last[sweep.name] = now
                with self.database.transaction() as session:
                    sweep.run(session, now)
