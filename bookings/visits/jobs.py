"""What time does to visits: holds end, days come near and are over."""

from bookings.resources.service import sweep_outages
from bookings.visits.service import TransportDesk, sweep_days, sweep_expired_hold
from bookings.visits.service.reminders import sweep_letters
from vizium.jobs.worker import Sweep
from vizium.settings import Settings

# One hold a run (see `sweep_expired_hold`); whoever asks for places lets the others go first.
_HOLDS_EVERY_S = 5
_DAYS_EVERY_S = 60
_LETTERS_EVERY_S = 60
# What a re-plan frees of a room or host that is out must not be sold again.
_OUTAGES_EVERY_S = 30


def sweeps(transport: TransportDesk, settings: Settings) -> list[Sweep]:
    """The sweeps of visits, with the desk that takes bus money back."""
    return [
        Sweep(
            "visits.expired_holds",
            _HOLDS_EVERY_S,
            lambda session, now: _done(sweep_expired_hold(session, now=now)),
        ),
        Sweep(
            "visits.days",
            _DAYS_EVERY_S,
            lambda session, now: _done(sweep_days(session, transport=transport, now=now)),
        ),
        Sweep(
            "visits.outages",
            _OUTAGES_EVERY_S,
            lambda session, now: _done(sweep_outages(session, now=now)),
        ),
        Sweep(
            "visits.letters",
            _LETTERS_EVERY_S,
            lambda session, now: _done(sweep_letters(session, settings=settings, now=now)),
        ),
    ]


def _done(_: object) -> None:
    """A sweep answers nothing."""
