"""The ingest over real brokers: the embedded one and Mosquitto with our configuration."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Event as Signal

import pytest

from edge.broker.embedded import EmbeddedBroker
from edge.ingest.loop import Ingest, IngestOptions
from edge.wire.address import BrokerAddress
from edge.wire.messages import BatchResult, Message, Presence, PresenceState, Record
from tests.edge.conftest import PASSWORD
from tests.edge.devices import connected_device, wait_until
from tests.edge.rows import record_payload
from tests.edge.stores import Store
from tests.servers.mosquitto import Mosquitto

RECORDS = "vizium/1/main/ex-041/up/d"


@contextmanager
def ingesting(
    address: BrokerAddress, sink: Callable[[Sequence[Message], datetime], BatchResult]
) -> Iterator[Ingest]:
    ingest = Ingest(IngestOptions(address), sink)
    ingest.start()
    wait_until(lambda: ingest.is_connected)
    try:
        yield ingest
    finally:
        ingest.stop()


def test_record_is_stored_and_then_acknowledged_to_its_device(address: BrokerAddress) -> None:
    store = Store()
    with ingesting(address, store) as ingest, connected_device(address, "ex-041") as device:
        device.say(RECORDS, record_payload(1, 2))
        device.say(RECORDS, record_payload(5))
        wait_until(lambda: any(b'"upto":5' in ack for ack in device.acks()))

        stats = ingest.stats()

    assert store.seqs() == {1, 2, 5}
    assert json.loads(device.acks()[-1]) == {"boot": "B", "upto": 5, "miss": [[3, 4]]}
    assert (stats.received, stats.stored, stats.errors) == (3, 3, 0)


def test_poison_is_a_dead_letter_and_the_stream_goes_on(address: BrokerAddress) -> None:
    store = Store()
    with ingesting(address, store) as ingest, connected_device(address, "ex-041") as device:
        for payload in (b"{not json", b"\xff\xfe", b"[" * 9000, b"x" * 17_000):
            device.say(RECORDS, payload)
        device.say(RECORDS, record_payload(1))
        wait_until(lambda: store.seqs() == {1})

    stats = ingest.stats()
    assert (stats.received, stats.stored, stats.dead_letters) == (5, 1, 4)
    with ingesting(address, store) as again, connected_device(address, "ex-041") as device:
        device.say(RECORDS, record_payload(2))
        wait_until(lambda: store.seqs() == {1, 2})
    assert again.stats().received == 1


def test_record_sent_twice_is_counted_once_and_acknowledged_twice(address: BrokerAddress) -> None:
    store = Store()
    with ingesting(address, store) as ingest, connected_device(address, "ex-041") as device:
        device.say(RECORDS, record_payload(1))
        wait_until(lambda: len(device.acks()) == 1)
        device.say(RECORDS, record_payload(1))
        wait_until(lambda: len(device.acks()) == 2)

    stats = ingest.stats()
    assert (stats.received, stats.stored, stats.repeated) == (2, 1, 1)


def test_what_was_not_committed_comes_again_in_order(address: BrokerAddress) -> None:
    asked = Signal()

    def sink_away(_batch: Sequence[Message], _received_at: datetime, /) -> BatchResult:
        asked.set()
        raise OSError("the database is away")

    store = Store()
    with connected_device(address, "ex-041") as device:
        with ingesting(address, sink_away) as first:
            for seq in range(1, 6):
                device.say(RECORDS, record_payload(seq))
            wait_until(asked.is_set)
        acks_before = list(device.acks())
        with ingesting(address, store):
            wait_until(lambda: store.seqs() == {1, 2, 3, 4, 5})

    assert (first.stats().stored, acks_before) == (0, [])
    assert [one.seq for one in store.messages if isinstance(one, Record)] == [1, 2, 3, 4, 5]


def test_records_sent_while_the_hub_was_away_wait_at_the_broker(address: BrokerAddress) -> None:
    store = Store()
    with ingesting(address, store):
        pass
    with connected_device(address, "ex-041") as device:
        for seq in range(1, 51):
            device.say(RECORDS, record_payload(seq))

    with ingesting(address, store):
        wait_until(lambda: store.seqs() == set(range(1, 51)))


def test_will_of_a_lost_device_carries_its_session(address: BrokerAddress) -> None:
    store = Store()
    will = b'{"s":"lost","boot":"B","n":17}'
    with ingesting(address, store), connected_device(address, "ex-041", will=will) as device:
        device.drop()
        wait_until(lambda: bool(store.messages))

    [lost] = store.messages
    assert lost == Presence("ex-041", PresenceState.LOST, "B", 17)


def test_retained_presence_is_told_apart_on_start(address: BrokerAddress) -> None:
    store = Store()
    presence = b'{"s":"online","boot":"B","n":1}'
    with connected_device(address, "ex-041") as device:
        device.say("vizium/1/main/ex-041/up/presence", presence, retain=True)

    with ingesting(address, store):
        wait_until(lambda: bool(store.messages))

    [heard] = store.messages
    assert isinstance(heard, Presence)
    assert heard.retained is True


def test_hub_says_that_it_listens_and_that_it_left(address: BrokerAddress) -> None:
    filters = ("vizium/1/main/hub/state", "vizium/1/main/hub/time")
    with connected_device(address, "ex-041", filters=filters) as device:
        with ingesting(address, Store()):
            wait_until(lambda: len(device.heard) >= 2)
        wait_until(lambda: b'"online":false' in device.heard[-1][1])

    states = [json.loads(text) for topic, text in device.heard if topic.endswith("hub/state")]
    assert [state["online"] for state in states][:1] == [True]
    assert len({state["epoch"] for state in states}) == 1
    assert "vizium/1/main/hub/time" in {topic for topic, _ in device.heard}


@pytest.mark.mosquitto
def test_ingest_comes_back_after_the_broker_was_killed(mosquitto: Mosquitto) -> None:
    address = BrokerAddress("127.0.0.1", mosquitto.port, user="vizium-hub", password=PASSWORD)
    store = Store()
    with ingesting(address, store) as ingest:
        mosquitto.kill()
        wait_until(lambda: not ingest.is_connected)
        mosquitto.start()
        wait_until(lambda: ingest.is_connected)
        with connected_device(address, "ex-041") as device:
            device.say(RECORDS, record_payload(1))
            wait_until(lambda: store.seqs() == {1})

    assert ingest.stats().connects == 2


@pytest.mark.mosquitto
def test_wrong_password_is_refused_and_waits(mosquitto: Mosquitto) -> None:
    wrong = BrokerAddress("127.0.0.1", mosquitto.port, user="vizium-hub", password="guess")
    ingest = Ingest(IngestOptions(wrong), Store())

    ingest.start()
    ingest.stop()

    assert (ingest.is_connected, ingest.stats().connects) == (False, 0)


def test_ingest_without_a_broker_starts_and_stops(embedded: EmbeddedBroker) -> None:
    embedded.stop()
    ingest = Ingest(IngestOptions(BrokerAddress("127.0.0.1", embedded.port)), Store())

    ingest.start()
    ingest.stop()

    assert (ingest.is_connected, ingest.stats().errors) == (False, 0)
