"""The keeper with sinks that fail; a memory of keys stands for the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread

from edge.ingest.inbox import Arrival, Inbox
from edge.ingest.keeper import Keeper, Patience, Settled
from edge.wire.messages import BatchResult, DeadLetter, DeadLetterReason, Message, Record
from edge.wire.packets import Packet
from tests.edge.rows import record_payload

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HASTE = Patience(linger_s=0, backoff_first_s=0.001)


@dataclass
class Store:
    """Commits a batch or raises; knows its keys as a table would."""

    refuse: Callable[[Message], bool] = lambda _: False
    failures: int = 0
    keys: set[tuple[str, int]] = field(default_factory=set)
    letters: list[DeadLetter] = field(default_factory=list)

    def __call__(self, batch: Sequence[Message], received_at: datetime, /) -> BatchResult:
        assert received_at == NOW
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")
        if any(self.refuse(message) for message in batch):
            raise ValueError("this message breaks the sink")
        letters = [one for one in batch if isinstance(one, DeadLetter)]
        records = [one for one in batch if isinstance(one, Record)]
        fresh = {(one.boot, one.seq) for one in records} - self.keys
        self.keys |= fresh
        self.letters += letters
        return BatchResult(len(fresh), len(records) - len(fresh), len(letters))


def keep(store: Store, payloads: list[bytes]) -> tuple[Keeper, list[Settled]]:
    """Run a keeper over the payloads, one packet each, to the end."""
    inbox = Inbox(100)
    settled: list[Settled] = []
    keeper = Keeper(inbox, store, settled.append, now=lambda: NOW, patience=HASTE)
    at_ms = int(NOW.timestamp() * 1000)
    for number, payload in enumerate(payloads):
        packet = Packet("vizium/1/main/ex-041/up/d", payload, at_ms)
        inbox.put(Arrival(packet, number, 1, 1))
    inbox.close()
    keeper.run()
    return keeper, settled


def acknowledged(settled: list[Settled]) -> list[int]:
    return [arrival.message_id for one in settled for arrival in one.arrivals]


def test_batch_is_acknowledged_after_the_sink_took_it() -> None:
    store = Store()

    keeper, settled = keep(store, [record_payload(1), record_payload(2, 3)])

    assert store.keys == {("B", 1), ("B", 2), ("B", 3)}
    assert acknowledged(settled) == [0, 1]
    assert [(device, ack.upto, ack.miss) for device, ack in settled[0].acks] == [("ex-041", 3, ())]
    assert (keeper.counters.received, keeper.counters.stored) == (3, 3)


def test_sink_that_raises_is_asked_again_and_loses_nothing() -> None:
    store = Store(failures=2)

    keeper, settled = keep(store, [record_payload(1), record_payload(2)])

    assert store.keys == {("B", 1), ("B", 2)}
    assert acknowledged(settled) == [0, 1]
    assert keeper.counters.sink_failures == 2


def test_message_that_breaks_the_sink_becomes_a_dead_letter_and_stops_nobody() -> None:
    store = Store(refuse=lambda message: isinstance(message, Record) and message.seq == 2)

    keeper, settled = keep(store, [record_payload(1), record_payload(2), record_payload(3)])

    assert store.keys == {("B", 1), ("B", 3)}
    assert [letter.reason for letter in store.letters] == [DeadLetterReason.REFUSED]
    assert acknowledged(settled) == [0, 1, 2]
    counters = keeper.counters
    assert (counters.stored, counters.dead_letters, counters.waiting) == (2, 1, 0)


def test_sink_that_never_takes_is_not_acknowledged() -> None:
    store = Store(failures=10**9)
    inbox = Inbox(10)
    settled: list[Settled] = []
    keeper = Keeper(inbox, store, settled.append, now=lambda: NOW, patience=HASTE)
    packet = Packet("vizium/1/main/ex-041/up/d", record_payload(1), 0)
    inbox.put(Arrival(packet, 1, 1, 1))
    thread = Thread(target=keeper.run)
    thread.start()

    keeper.stop()

    thread.join(20)
    assert (thread.is_alive(), settled) == (False, [])
    assert keeper.counters.waiting == 1


def test_counters_add_up_over_repeats_and_dead_letters() -> None:
    store = Store()
    payloads = [record_payload(1, 2), record_payload(1, 2), b"{not json", record_payload(2, 3)]

    keeper, settled = keep(store, payloads)

    counters = keeper.counters
    assert (counters.received, counters.stored, counters.repeated) == (7, 3, 3)
    assert (counters.dead_letters, counters.unclaimed, counters.waiting) == (1, 0, 0)
    assert acknowledged(settled) == [0, 1, 2, 3]


def test_known_key_is_acknowledged_again_without_asking_the_sink() -> None:
    store = Store()
    inbox = Inbox(10)
    settled: list[Settled] = []
    keeper = Keeper(inbox, store, settled.append, now=lambda: NOW, patience=HASTE)
    thread = Thread(target=keeper.run)
    thread.start()
    packet = Packet("vizium/1/main/ex-041/up/d", record_payload(1), int(NOW.timestamp() * 1000))
    inbox.put(Arrival(packet, 1, 1, 1))
    while not settled:
        thread.join(0.01)

    inbox.put(Arrival(packet, 2, 1, 1))
    inbox.close()

    thread.join(20)
    assert acknowledged(settled) == [1, 2]
    assert [ack.upto for one in settled for _, ack in one.acks] == [1, 1]
    assert keeper.counters.batches == 1
