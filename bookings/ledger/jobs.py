"""What time alone does to the ledger: once a day the ends of its chains are written down."""

from bookings.ledger.service import sweep_anchors
from vizium.jobs.worker import Sweep

# It looks often and does something once a day.
_EVERY_S = 1800


def sweeps() -> list[Sweep]:
    """The sweeps of the ledger."""
    return [Sweep("ledger.anchor", _EVERY_S, lambda session, now: sweep_anchors(session, now=now))]
