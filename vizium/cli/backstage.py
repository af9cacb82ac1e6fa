"""`vizium worker` and `vizium ingest`: the parts that no visitor sees.

They import jobs and services, never pages: 30 MB less than a process that also serves.
"""

import threading
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import click

from bookings.compensation import jobs as compensation_jobs
from bookings.compensation.service import FundDesk
from bookings.courses import jobs as courses_jobs
from bookings.hosts import jobs as hosts_jobs
from bookings.ledger import jobs as ledger_jobs
from bookings.programmes import jobs as programmes_jobs
from bookings.visits import jobs as visits_jobs
from bookings.waiting import jobs as waiting_jobs
from edge.ingest.loop import Ingest, IngestOptions
from edge.wire.address import parse_address
from edge.wire.messages import BatchResult, Message
from exhibits.telemetry.service import record_batch
from vizium.auth.service import sweep_sessions
from vizium.cli.children import follow_parent
from vizium.cli.environment import load_settings
from vizium.cli.start import open_database
from vizium.db.commands import sweep_commands
from vizium.db.session import Database
from vizium.jobs.service import sweep_jobs
from vizium.jobs.worker import Sweep, Worker
from vizium.kernel.clock import system_now
from vizium.kernel.stop import stop_on_signals
from vizium.mail.jobs import deliver_mail, revive_mails
from vizium.mail.service import DELIVER
from vizium.settings import Settings
from vizium.web.limits import sweep_rate_counts

_HOUR_S = 3600


@click.command()
def worker() -> None:
    """Run background jobs and sweeps."""
    follow_parent()
    settings = load_settings()
    run_worker(settings, open_database(settings), stop_on_signals())


@click.command()
def ingest() -> None:
    """Take in what the exhibits say."""
    follow_parent()
    settings = load_settings()
    stop = stop_on_signals()
    running = start_ingest(settings, open_database(settings))
    stop.wait()
    running.stop()


def run_worker(settings: Settings, database: Database, stop: threading.Event) -> None:
    """Run jobs and sweeps until `stop` is set."""
    sweeps = [
        Sweep("commands", _HOUR_S, lambda session, now: sweep_commands(session, now=now)),
        Sweep("jobs", _HOUR_S, lambda session, now: sweep_jobs(session, now=now)),
        Sweep("rates", _HOUR_S, lambda session, now: sweep_rate_counts(session, now=now)),
        Sweep("sessions", _HOUR_S, lambda session, now: sweep_sessions(session, now=now)),
        *visits_jobs.sweeps(FundDesk(settings), settings),
        *programmes_jobs.sweeps(),
        *waiting_jobs.make_sweeps(settings),
        *courses_jobs.sweeps(settings),
        *hosts_jobs.make_sweeps(settings),
        *compensation_jobs.make_sweeps(settings),
        *ledger_jobs.sweeps(),
    ]
    with database.transaction() as session:
        revive_mails(session, settings, now=system_now())
    jobs = {DELIVER: partial(deliver_mail, database, settings)}
    Worker(database, jobs, sweeps, system_now).run(stop)


def start_ingest(settings: Settings, database: Database) -> Ingest:
    """Start taking in messages; `stop()` on what is returned ends it."""

    def sink(batch: Sequence[Message], received_at: datetime) -> BatchResult:
        with database.transaction() as session:
            return record_batch(session, batch, received_at=received_at)

    running = Ingest(IngestOptions(parse_address(settings.mqtt_url)), sink)
    running.start()
    return running


COMMANDS = {"worker": worker, "ingest": ingest}
