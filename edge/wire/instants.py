"""When a thing happened, from clocks that may never have been set.

A message carries a pair (ts, mono) taken together; a record carries its own
mono. With a set clock the record happened at ``ts - mono + record mono``; without
one, as long before we received it as its monotonic age says.
"""

from dataclasses import dataclass

from edge.wire.limits import CLOCK_SET_SINCE_MS, FUTURE_TOLERANCE_MS
from edge.wire.messages import TimeQuality


@dataclass(frozen=True, slots=True)
class Instant:
    """A repaired instant."""

    at_ms: int
    quality: TimeQuality


@dataclass(frozen=True, slots=True)
class Clocks:
    """A device's clocks as one message shows them, and ours when it came in."""

    ts_ms: float | None
    mono_ms: int
    received_at_ms: int

    @property
    def is_set(self) -> bool:
        """Whether the device knew the time."""
        return is_set(self.ts_ms)

    def at(self, mono_ms: int) -> Instant:
        """The instant at which the device's monotonic clock showed ``mono_ms``."""
        if self.ts_ms is not None and self.is_set:
            at_ms = int(self.ts_ms) - self.mono_ms + mono_ms
            if at_ms >= CLOCK_SET_SINCE_MS:
                return Instant(at_ms, TimeQuality.DEVICE)
        age_ms = max(0, self.mono_ms - mono_ms)
        at_ms = max(CLOCK_SET_SINCE_MS, self.received_at_ms - age_ms)
        return Instant(at_ms, TimeQuality.ESTIMATED)


def is_set(ts_ms: float | None) -> bool:
    """Whether a device's time comes from a clock that was set."""
    return ts_ms is not None and ts_ms >= CLOCK_SET_SINCE_MS


def is_future(at_ms: float, received_at_ms: int) -> bool:
    """Whether an instant lies further ahead of our clock than drift explains."""
    return at_ms > received_at_ms + FUTURE_TOLERANCE_MS
