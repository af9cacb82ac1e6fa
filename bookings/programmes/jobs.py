"""What time does to the catalogue: a school year begins, and its editions hold."""

from datetime import datetime

from bookings.programmes.service import sweep_school_year
from vizium.db.session import Session
from vizium.jobs.worker import Sweep

_SCHOOL_YEAR_EVERY_S = 300


def sweeps() -> list[Sweep]:
    """The sweeps of the catalogue."""
    return [Sweep("programmes.school_year", _SCHOOL_YEAR_EVERY_S, _open_school_year)]


def _open_school_year(session: Session, now: datetime) -> None:
    sweep_school_year(session, now=now)
