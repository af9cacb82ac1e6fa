"""What time does to hosts: near days are looked at, and what is new in them is written."""

from datetime import datetime

from bookings.hosts.service import sweep_host_days
from vizium.db.session import Session
from vizium.jobs.worker import Sweep
from vizium.settings import Settings

# A letter waits some minutes anyway, until a change has settled.
_EVERY_S = 120


def make_sweeps(settings: Settings) -> list[Sweep]:
    """The sweep of the hosts' days."""

    def run(session: Session, now: datetime) -> None:
        sweep_host_days(session, settings=settings, now=now)

    return [Sweep("hosts.days", _EVERY_S, run)]
