"""What time does to visits: holds end, days are over."""

from bookings.visits.service import TransportDesk, sweep_days, sweep_expired_hold
from vizium.jobs.worker import Sweep

# One hold a run (see `sweep_expired_hold`); whoever asks for places lets the others go first.
_HOLDS_EVERY_S = 5
_DAYS_EVERY_S = 60


def sweeps(transport: TransportDesk) -> list[Sweep]:
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
    ]


def _done(_: object) -> None:
    """A sweep answers nothing."""
