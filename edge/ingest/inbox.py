"""What came in and is not yet stored: a bounded queue that lingers to fill a batch.

When it is full the reader waits, the broker keeps what we have not acknowledged
and the devices keep their spools: memory never grows with a slow disk.
"""

import time
from collections import deque
from dataclasses import dataclass
from threading import Condition

from edge.wire.packets import Packet

# Longer than the pause between two of a floor's messages, far shorter than a glance at the board.
_QUIET_S = 0.025


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet with what is needed to acknowledge it."""

    packet: Packet
    message_id: int
    qos: int
    connection: int
    """Which connection it came by; a message id means nothing on the next one."""


class Inbox:
    """A bounded queue between one reader and one keeper of the store."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._arrivals: deque[Arrival] = deque()
        self._changed = Condition()
        self._closed = False
        self._wanted = 1

    def __len__(self) -> int:
        return len(self._arrivals)

    def put(self, arrival: Arrival) -> bool:
        """Add one; False if it had to be let go.

        Only QoS 0 is let go when the queue is full: nobody waits for its
        acknowledgement. For QoS 1 this waits, and lets go once closed: the broker
        will deliver it again.
        """
        with self._changed:
            while len(self._arrivals) >= self._capacity and not self._closed:
                if arrival.qos == 0:
                    return False
                self._changed.wait()
            if self._closed:
                return False
            self._arrivals.append(arrival)
            if len(self._arrivals) >= self._wanted:
                self._changed.notify_all()
            return True

    def take(self, most: int, linger_s: float) -> list[Arrival]:
        """Wait for the first arrival, then linger for up to ``most``; [] once closed.

        Lingering ends early when nothing comes any more: a broker that sends only so
        many ahead of our acknowledgements is waiting for us, not we for it.
        """
        with self._changed:
            self._wait_for(1, None)
            self._linger(min(most, self._capacity), time.monotonic() + linger_s)
            count = min(most, len(self._arrivals))
            taken = [self._arrivals.popleft() for _ in range(count)]
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Take in nothing more; what is inside may still be taken out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _linger(self, count: int, until_s: float) -> None:
        seen = 0
        while seen < len(self._arrivals) < count and time.monotonic() < until_s:
            if self._closed:
                return
            seen = len(self._arrivals)
            self._wait_for(count, _QUIET_S)

    def _wait_for(self, count: int, timeout_s: float | None) -> None:
        self._wanted = count
        self._changed.wait_for(lambda: self._closed or len(self._arrivals) >= count, timeout_s)
        self._wanted = 1
