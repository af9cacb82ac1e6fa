"""The simulator's shell: one thread, one selector, one real connection per exhibit.

    python -m edge.simulator --url mqtt://127.0.0.1:1883 --exhibits 84

Each exhibit has a client id and a will of its own, as a real one has; 84 threads
would only cost memory. With a user in the URL each exhibit signs in under its own
name and the URL's password; the user itself listens for orders.
"""

import random
import secrets
import selectors
import socket
import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.simulator.device import Device, Publish
from edge.simulator.options import SimulatorOptions, parse_arguments
from edge.simulator.orders import EVERY_ORDER, Answer, Order, answer_topic, parse_order
from edge.simulator.visitors import Visitors
from edge.wire.address import BrokerAddress
from edge.wire.topics import down, hub, simulator_order
from vizium.kernel.clock import system_now, to_epoch_ms
from vizium.kernel.errors import SettingsError
from vizium.kernel.stop import stop_on_signals

_KEEPALIVE_S = 30
_CONNECT_TIMEOUT_S = 5.0
_RECONNECT_MAX_S = 20.0
_LOOK_UP_EVERY_S = 0.25
_MISC_EVERY_S = 2.0
# Readings of 84 exhibits come one by one; taken together they cost a quarter of the turns.
_TURN_S = 0.02
_ORDER_TIMEOUT_S = 5.0
_GOODBYE_TIMEOUT_S = 3.0
# The floor comes up within two seconds, as after a power cut.
_CONNECT_APART_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a connection listens to, and whom it tells."""

    subscriptions: list[tuple[str, int]]
    hear: Callable[[str, bytes], None]
    on_connect: Callable[[], None] = lambda: None
    on_drop: Callable[[], None] = lambda: None
    will: Callable[[], Publish] | None = None


class Line:
    """One MQTT connection that comes back by itself; read and written by the fleet's loop."""

    def __init__(self, name: str, address: BrokerAddress, role: Role) -> None:
        self.socket: socket.socket | None = None
        self.name = name
        self.is_accepted = False
        self.is_writing = False
        self.connect_at_s = 0.0
        self._attempt = 0
        self._address = address
        self._role = role
        self.client = _new_client(name, address)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message

    def connect(self) -> None:
        """Open the connection; the broker's answer comes later."""
        if self._role.will is not None:
            will = self._role.will()
            self.client.will_set(will.topic, will.payload, will.qos, will.retain)
        self.client.connect(self._address.host, self._address.port, _KEEPALIVE_S)
        opened = self.client.socket()
        assert isinstance(opened, socket.socket)
        self.socket = opened

    def note_drop(self, now_s: float) -> None:
        """The connection is gone, or never came; plan the next attempt."""
        self._attempt = 1 if self.is_accepted else self._attempt + 1
        longest = min(_RECONNECT_MAX_S, 0.5 * 2 ** min(self._attempt, 8))
        self.connect_at_s = now_s + longest * random.uniform(0.3, 1.0)  # noqa: S311 - jitter
        self.socket = None
        self.is_writing = False
        if self.is_accepted:
            self.is_accepted = False
            self._role.on_drop()

    def say(self, publish: Publish) -> MQTTMessageInfo:
        """Send it now, or hand it to the loop if the socket is full."""
        return self.client.publish(publish.topic, publish.payload, publish.qos, publish.retain)

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            return
        self.is_accepted = True
        client.subscribe(self._role.subscriptions)
        self._role.on_connect()

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        if not message.topic.isascii():
            return
        self._role.hear(message.topic, bytes(message.payload))


class Fleet:
    """All exhibits and the line for orders, in one loop."""

    def __init__(self, options: SimulatorOptions) -> None:
        self._selector = selectors.DefaultSelector()
        self._orders: list[tuple[str, Order]] = []
        self._exhibits: dict[str, tuple[Device, Line]] = {}
        self._published = 0
        self._misc_at_s = 0.0
        start_ms, start_s = _now_ms(), time.monotonic()
        for number, exhibit in enumerate(options.roster):
            visitors = Visitors(exhibit, options.crowd, start_ms=start_ms, speed=options.speed)
            device = Device(exhibit, visitors, now_ms=start_ms, rate_per_s=options.rate_per_s)
            line = _device_line(device, options.address)
            line.connect_at_s = start_s + number * _CONNECT_APART_S
            self._exhibits[exhibit.code] = device, line
        self._control = Line(
            f"vizium-sim-{secrets.token_hex(4)}",
            options.address,
            Role(subscriptions=[(EVERY_ORDER, 1)], hear=self._hear_order),
        )
        self._lines = [*(line for _, line in self._exhibits.values()), self._control]

    def run(self, stop: Event) -> int:
        """Pretend until told to stop; the number of messages published."""
        while not stop.is_set():
            self._connect_due()
            self._obey()
            self._turn_devices()
            self._serve(self._patience_s())
            stop.wait(_TURN_S)
        self._say_goodbye()
        return self._published

    def _connect_due(self) -> None:
        now_s = time.monotonic()
        for line in self._lines:
            if line.socket is None and now_s >= line.connect_at_s and not self._is_silenced(line):
                self._connect(line, now_s)

    def _connect(self, line: Line, now_s: float) -> None:
        try:
            line.connect()
        except OSError:
            line.note_drop(now_s)
        else:
            assert line.socket is not None
            self._selector.register(line.socket, selectors.EVENT_READ, line)

    def _is_silenced(self, line: Line) -> bool:
        device = self._exhibits.get(line.name)
        return device is not None and device[0].is_silenced

    def _turn_devices(self) -> None:
        now_ms = _now_ms()
        for device, line in self._exhibits.values():
            if device.due_ms() <= now_ms:
                for publish in device.turn(now_ms):
                    self._say(line, publish)

    def _say(self, line: Line, publish: Publish) -> None:
        self._published += 1
        line.say(publish)

    def _patience_s(self) -> float:
        due_ms = min((device.due_ms() for device, _ in self._exhibits.values()), default=0)
        return min(_LOOK_UP_EVERY_S, max(0.0, (due_ms - _now_ms()) / 1000))

    def _serve(self, timeout_s: float) -> None:
        for key, events in self._selector.select(timeout_s):
            line: Line = key.data
            if events & selectors.EVENT_READ:
                line.client.loop_read()
            if events & selectors.EVENT_WRITE:
                line.client.loop_write()
        now_s = time.monotonic()
        is_misc_due = now_s >= self._misc_at_s
        if is_misc_due:
            self._misc_at_s = now_s + _MISC_EVERY_S
        for line in self._lines:
            if line.socket is not None:
                self._look_after(line, now_s, is_misc_due=is_misc_due)

    def _look_after(self, line: Line, now_s: float, *, is_misc_due: bool) -> None:
        opened = line.socket
        assert opened is not None
        if is_misc_due:
            line.client.loop_misc()
        is_gone = line.client.socket() is not opened
        if is_gone:
            self._selector.unregister(opened)
            line.note_drop(now_s)
        elif line.client.want_write() != line.is_writing:
            line.is_writing = not line.is_writing
            also = selectors.EVENT_WRITE if line.is_writing else 0
            self._selector.modify(opened, selectors.EVENT_READ | also, line)

    def _hear_order(self, topic: str, _payload: bytes) -> None:
        order = parse_order(topic)
        if order is not None:
            self._orders.append(order)

    def _obey(self) -> None:
        for code, order in self._orders:
            exhibit = self._exhibits.get(code)
            if exhibit is not None:
                self._obey_one(*exhibit, order)
            answer = Answer.UNKNOWN if exhibit is None else Answer.OK
            self._control.say(Publish(answer_topic(code), answer.encode(), 1))
        self._orders.clear()

    def _obey_one(self, device: Device, line: Line, order: Order) -> None:
        for publish in device.obey(order, _now_ms()):
            self._say(line, publish)
        if device.is_silenced and line.socket is not None:
            # No DISCONNECT: the broker must think that the power failed.
            line.socket.shutdown(socket.SHUT_RDWR)
        line.connect_at_s = 0.0

    def _say_goodbye(self) -> None:
        accepted = [pair for pair in self._exhibits.values() if pair[1].is_accepted]
        goodbyes = [line.say(device.goodbye(_now_ms())) for device, line in accepted]
        # A socket closed with unread bytes in it is reset, and the will would contradict the bye.
        self._serve_until(lambda: all(goodbye.is_published() for goodbye in goodbyes))
        open_lines = [line for line in self._lines if line.is_accepted]
        for line in open_lines:
            line.client.disconnect()
        self._serve_until(lambda: not any(line.client.want_write() for line in open_lines))
        self._selector.close()

    def _serve_until(self, is_done: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + _GOODBYE_TIMEOUT_S
        while not is_done() and time.monotonic() < deadline_s:
            self._serve(0.05)


def run(options: SimulatorOptions, stop: Event) -> int:
    """Pretend the whole floor until ``stop`` is set; the number of messages published."""
    return Fleet(options).run(stop)


def send_order(address: BrokerAddress, device: str, order: Order) -> Answer | None:
    """Tell a running simulator to fail, silence or heal one exhibit.

    Returns:
        Its answer, or None when no simulator answers within five seconds.

    Raises:
        OSError: no broker there.
    """
    answers: list[Answer] = []
    role = Role(
        subscriptions=[(answer_topic(device), 1)],
        hear=lambda _topic, payload: answers.append(Answer(payload.decode())),
    )
    line = Line(f"vizium-order-{secrets.token_hex(4)}", address, role)
    line.client.on_subscribe = lambda *_: _publish(line, simulator_order(device, order))
    line.connect()
    deadline_s = time.monotonic() + _ORDER_TIMEOUT_S
    while not answers and time.monotonic() < deadline_s:
        line.client.loop(0.1)
    line.client.disconnect()
    return answers[0] if answers else None


def _publish(line: Line, topic: str) -> None:
    line.say(Publish(topic, b"", 1))


def main(arguments: list[str]) -> int:
    """The command line; 0 after Ctrl-C or SIGTERM, 2 when the start cannot succeed."""
    stop = stop_on_signals()
    try:
        run(parse_arguments(arguments), stop)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _device_line(device: Device, address: BrokerAddress) -> Line:
    return Line(
        device.code,
        address if address.user is None else replace(address, user=device.code),
        Role(
            subscriptions=[(down(device.code, "#"), 1), (hub("state"), 1), (hub("time"), 0)],
            hear=lambda topic, payload: device.hear(topic, payload, _now_ms()),
            on_connect=lambda: device.connected(_now_ms()),
            on_drop=device.dropped,
            will=device.will,
        ),
    )


def _new_client(name: str, address: BrokerAddress) -> Client:
    # MQTT 3.1.1: half the cost of 5 in paho, and the embedded broker knows nothing else.
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    client.connect_timeout = _CONNECT_TIMEOUT_S
    if address.user is not None:
        client.username_pw_set(address.user, address.password)
    if address.is_tls:
        client.tls_set_context(ssl.create_default_context())
    return client


def _now_ms() -> int:
    return to_epoch_ms(system_now())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
