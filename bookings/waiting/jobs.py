"""What time does to the waiting list: freed days are offered, offers and days end."""

from datetime import datetime

from bookings.waiting.service import sweep_waiting
from vizium.db.session import Session
from vizium.jobs.worker import Sweep
from vizium.settings import Settings

_EVERY_S = 60


def make_sweeps(settings: Settings) -> list[Sweep]:
    """The sweep of the waiting list."""

    def run(session: Session, now: datetime) -> None:
        sweep_waiting(session, settings=settings, now=now)

    return [Sweep("waiting.offers", _EVERY_S, run)]
