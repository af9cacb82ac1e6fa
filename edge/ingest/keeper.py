"""The keeper of the store: takes what came in, has it committed, says what may be forgotten.

inbox -> batch -> known key? -> sink (one transaction) -> acks
                      |             | raises
                      `-> repeated  `-> again with back-off; then one by one, so that
                                        a single message the sink cannot take
                                        becomes a dead letter and stops nobody
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from edge.ingest.acks import AckTracker
from edge.ingest.batches import BATCH_MESSAGES_MAX, Batch, make_batches
from edge.ingest.counters import Snapshot
from edge.ingest.inbox import Arrival, Inbox
from edge.wire.encode import Ack
from edge.wire.messages import BatchResult, DeadLetter, DeadLetterReason, Message, Sink
from edge.wire.refusals import Refused, dead_letter

log = logging.getLogger(__name__)

# A locked database recovers within these; only then a message is suspected.
_ATTEMPTS_TOGETHER = 3

Item = tuple[Message, Arrival]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the keeper waits, and for what."""

    linger_s: float = 0.2
    """For a fuller batch: a fifth of the second within which the board shows a change."""
    backoff_first_s: float = 0.5
    backoff_max_s: float = 30.0

    def backoff_s(self, attempt: int) -> float:
        """After the sink's ``attempt``-th failure, with jitter."""
        longest: float = min(self.backoff_max_s, self.backoff_first_s * 2 ** (attempt - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


@dataclass(frozen=True, slots=True)
class Settled:
    """A committed batch: arrivals to acknowledge, and what each device may forget."""

    arrivals: Sequence[Arrival]
    acks: Sequence[tuple[str, Ack]]
    """(device, ack)"""


class Keeper:
    """Moves packets from the inbox into the sink; ``run`` is its thread."""

    def __init__(
        self,
        inbox: Inbox,
        sink: Sink,
        settle: Callable[[Settled], None],
        *,
        now: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._inbox = inbox
        self._sink = sink
        self._settle = settle
        self._now = now
        self._patience = patience
        self._tracker = AckTracker()
        self._stopping = Event()
        self.counters = Snapshot()

    def run(self) -> None:
        """Store until the inbox is closed and empty."""
        while arrivals := self._inbox.take(BATCH_MESSAGES_MAX, self._patience.linger_s):
            self._count(packets=len(arrivals))
            for batch in make_batches(arrivals):
                if not self._store(batch):
                    return

    def stop(self) -> None:
        """Give up waiting for a sink that raises; what it has not taken is not acknowledged."""
        self._stopping.set()

    def _store(self, batch: Batch) -> bool:
        fresh = [item for item in batch.items if not self._tracker.is_stored(item[0])]
        known = len(batch.items) - len(fresh)
        self._count(received=len(batch.items), waiting=len(fresh), repeated=known)
        if fresh:
            result = self._deliver(fresh)
            if result is None:
                return False
            self._count_result(result, len(fresh))
        self._settle(self._settled(batch))
        return True

    def _settled(self, batch: Batch) -> Settled:
        touched = {key: None for message, _ in batch.items if (key := self._note(message))}
        return Settled(batch.arrivals, [(key[0], self._tracker.ack(key)) for key in touched])

    def _note(self, message: Message) -> tuple[str, str] | None:
        return self._tracker.note_stored(message)

    def _deliver(self, items: list[Item]) -> "_Delivered | None":
        attempt = 0
        while True:
            attempt += 1
            result = self._try([message for message, _ in items])
            if result is not None:
                return _Delivered(result, _letters(items))
            if attempt >= _ATTEMPTS_TOGETHER:
                delivered = self._deliver_singly(items)
                if delivered is not None:
                    return delivered
            if self._stopping.wait(self._patience.backoff_s(attempt)):
                return None

    def _deliver_singly(self, items: list[Item]) -> "_Delivered | None":
        """Each message alone; None as soon as not even a dead letter is taken."""
        delivered = _Delivered(BatchResult(0, 0, 0), 0)
        for message, arrival in items:
            letters = int(isinstance(message, DeadLetter))
            result = self._try([message])
            if result is None:
                letters = 1
                result = self._try([_refused(message, arrival)])
            if result is None:
                return None
            delivered = delivered.plus(result, letters)
        return delivered

    def _try(self, messages: list[Message]) -> BatchResult | None:
        try:
            return self._sink(messages, self._now())
        except Exception:
            self._count(sink_failures=1)
            log.warning("the sink did not take %d messages", len(messages), exc_info=True)
            return None

    def _count_result(self, delivered: "_Delivered", waiting: int) -> None:
        self._count(
            batches=1,
            waiting=-waiting,
            stored=delivered.result.stored,
            repeated=delivered.result.repeated,
            dead_letters=delivered.letters,
            unclaimed=delivered.result.strange - delivered.letters,
        )

    def _count(self, **more: int) -> None:
        now = self.counters
        self.counters = replace(
            now, **{name: getattr(now, name) + value for name, value in more.items()}
        )


@dataclass(frozen=True, slots=True)
class _Delivered:
    result: BatchResult
    letters: int
    """How many of the strange ones are dead letters."""

    def plus(self, result: BatchResult, letters: int) -> "_Delivered":
        return _Delivered(
            BatchResult(
                self.result.stored + result.stored,
                self.result.repeated + result.repeated,
                self.result.strange + result.strange,
            ),
            self.letters + letters,
        )


def _letters(items: Sequence[Item]) -> int:
    return sum(isinstance(message, DeadLetter) for message, _ in items)


def _refused(message: Message, arrival: Arrival) -> DeadLetter:
    letter = dead_letter(arrival.packet, Refused(DeadLetterReason.REFUSED, repr(message)))
    return replace(letter, device=getattr(message, "device", None))
