"""What time alone changes: ring-fences end, claims that nobody sent in lapse."""

from bookings.compensation.service import sweep_late_claims, sweep_ring_fences
from vizium.jobs.worker import Sweep
from vizium.settings import Settings

_EVERY_S = 600


def make_sweeps(settings: Settings) -> list[Sweep]:
    """The sweeps of the fund; the settings hold the key that seals its ledger."""
    return [
        Sweep(
            "compensation.end_ring_fences",
            _EVERY_S,
            lambda session, now: sweep_ring_fences(
                session, secret_key=settings.secret_key, now=now
            ),
        ),
        Sweep(
            "compensation.lapse_claims",
            _EVERY_S,
            lambda session, now: sweep_late_claims(session, settings=settings, now=now),
        ),
    ]
