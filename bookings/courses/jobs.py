"""What time does to courses: offers end, sessions come near."""

from bookings.courses.service import sweep_erasure, sweep_lapsed_offer, sweep_reminders
from vizium.jobs.worker import Sweep
from vizium.settings import Settings

_OFFERS_EVERY_S = 60
_REMINDERS_EVERY_S = 600
_ERASURE_EVERY_S = 3600


def sweeps(settings: Settings) -> list[Sweep]:
    """The sweeps of courses; one lapsed offer a run."""
    return [
        Sweep(
            "courses.lapsed_offers",
            _OFFERS_EVERY_S,
            lambda session, now: _done(sweep_lapsed_offer(session, settings=settings, now=now)),
        ),
        Sweep(
            "courses.reminders",
            _REMINDERS_EVERY_S,
            lambda session, now: _done(sweep_reminders(session, settings=settings, now=now)),
        ),
        Sweep(
            "courses.erasure",
            _ERASURE_EVERY_S,
            lambda session, now: _done(sweep_erasure(session, now=now)),
        ),
    ]


def _done(_: object) -> None:
    """A sweep answers nothing."""
