"""A device under a test's control, over real MQTT, and waiting for what must come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.wire.address import BrokerAddress

# Generous, because the machine is shared; a test waits only as long as it must.
DEADLINE_S = 30


def wait_until(is_done: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class TestDevice:
    """Publishes what it is told and keeps what it hears."""

    __test__ = False

    def __init__(self, client: Client) -> None:
        self._client = client
        self.heard: list[tuple[str, bytes]] = []
        client.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )

    def say(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish, and return when the broker has it."""
        self._client.publish(topic, payload, qos, retain).wait_for_publish(DEADLINE_S)

    def drop(self) -> None:
        """Vanish without a goodbye, as in a power cut."""
        self._client.loop_stop()
        self._client.socket().close()

    @property
    def is_connected(self) -> bool:
        """Whether the broker keeps us."""
        return self._client.is_connected()

    def acks(self) -> list[bytes]:
        """The payloads of ``dn/ack`` heard so far."""
        return [payload for topic, payload in self.heard if topic.endswith("/dn/ack")]


@contextmanager
def connected_device(
    address: BrokerAddress,
    name: str,
    *,
    will: bytes | None = None,
    filters: tuple[str, ...] = (),
) -> Iterator[TestDevice]:
    """A device that is signed in under its own name and hears what is meant for it."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=name)
    client.username_pw_set(name, address.password)
    if will is not None:
        client.will_set(f"vizium/1/main/{name}/up/presence", will, 1, retain=True)
    subscribed: list[int] = []
    client.on_subscribe = lambda _client, _data, mid, _codes, _properties: subscribed.append(mid)
    device = TestDevice(client)
    client.connect(address.host, address.port)
    client.loop_start()
    wait_until(client.is_connected)
    client.subscribe([(each, 1) for each in (f"vizium/1/main/{name}/dn/#", *filters)])
    wait_until(lambda: bool(subscribed))
    try:
        yield device
    finally:
        client.disconnect()
        client.loop_stop()
