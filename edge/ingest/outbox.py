"""What the keeper wants said, handed to the one thread that may touch the MQTT client."""

import contextlib
import socket
from collections import deque

from edge.ingest.keeper import Settled


class Outbox:
    """A queue with a socket that becomes readable when something is in it."""

    def __init__(self) -> None:
        self._settled: deque[Settled] = deque()
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)

    def __len__(self) -> int:
        return len(self._settled)

    def fileno(self) -> int:
        """For a selector: readable when there is something to say."""
        return self._reader.fileno()

    def put(self, settled: Settled) -> None:
        """Hand over one committed batch and wake the reader."""
        self._settled.append(settled)
        self.wake()

    def wake(self) -> None:
        """Make the reader look up; a full pipe wakes it just as well."""
        with contextlib.suppress(BlockingIOError):
            self._writer.send(b"!")

    def take_all(self) -> list[Settled]:
        """Everything that waits."""
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
        return [self._settled.popleft() for _ in range(len(self._settled))]

    def close(self) -> None:
        """Give the sockets back."""
        self._reader.close()
        self._writer.close()
