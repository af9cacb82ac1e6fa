"""The ingest: one thread that speaks MQTT, one that stores, an inbox and an outbox between.

    broker --publish--> [reader thread] --inbox--> [keeper thread] --> sink (commit)
       ^                       |                        |
       `----PUBACK, dn/ack-----'<--------outbox---------'

Only the reader thread touches paho, so no lock is needed and no acknowledgement
can reach the wrong connection. A publish is acknowledged after its commit, never
before: kill this process anywhere and the broker delivers again.
"""

import logging
import random
import selectors
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.ingest.counters import Snapshot
from edge.ingest.inbox import Arrival, Inbox
from edge.ingest.keeper import Keeper, Patience
from edge.ingest.outbox import Outbox
from edge.ingest.pacing import Pace
from edge.wire.address import BrokerAddress
from edge.wire.encode import encode_ack, encode_hub_state, encode_hub_time
from edge.wire.messages import Sink
from edge.wire.packets import Packet
from edge.wire.topics import SITE, down, every_up, hub
from vizium.kernel.clock import system_now, to_epoch_ms
from vizium.kernel.ids import new_id

log = logging.getLogger(__name__)

# As the contract says; devices without any clock live on it.
_HUB_TIME_EVERY_S = 60.0
# Three pings unheard and the connection is taken for dead, whatever the socket says.
_PING_EVERY_S = 20.0
_PING_LOST_AFTER_S = 3 * _PING_EVERY_S
_KEEPALIVE_S = 30
_CONNECT_TIMEOUT_S = 10.0
_RECONNECT_MAX_S = 15.0
_LOOK_UP_EVERY_S = 0.5
# paho reads one packet at a time; a few hundred save as many system calls and delay no ack.
_READS_PER_TURN = 200
# The broker keeps what we have not taken for a week of our absence.
_SESSION_EXPIRY_S = 7 * 24 * 3600
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How one ingest process works."""

    address: BrokerAddress
    site: str = SITE
    client_id: str = "vizium-hub"
    """One per process: two with the same name throw each other out."""
    inbox_packets_max: int = 2000
    """Also the Receive Maximum: the broker never sends more ahead of our acknowledgements."""
    patience: Patience = field(default_factory=Patience)


class Ingest:
    """Hears every exhibit of a site and hands what it says to a sink, in batches."""

    def __init__(
        self, options: IngestOptions, sink: Sink, *, now: Callable[[], datetime] = system_now
    ) -> None:
        self._options = options
        self._now = now
        self._epoch = new_id(now())
        self._inbox = Inbox(options.inbox_packets_max)
        self._outbox = Outbox()
        self._keeper = Keeper(
            self._inbox, sink, self._outbox.put, now=now, patience=options.patience
        )
        self._stopping = Event()
        # Set when arrivals were dropped unacknowledged: only a new connection brings them again.
        self._must_reconnect = Event()
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._is_accepted = False
        self._counters = Snapshot()
        self._hub_time = Pace(_HUB_TIME_EVERY_S)
        self._ping = Pace(_PING_EVERY_S)
        self._heard_at_s = 0.0
        self._threads = (
            Thread(target=self._keep, name="ingest-keeper", daemon=True),
            Thread(target=self._read, name="ingest-reader", daemon=True),
        )

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted us."""
        return self._is_accepted

    def start(self) -> None:
        """Start both threads; a broker that is away is waited for."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Store what is inside, acknowledge it, say goodbye, end both threads."""
        keeper, reader = self._threads
        self._inbox.close()
        self._keeper.stop()
        keeper.join(_STOP_TIMEOUT_S)
        self._stopping.set()
        self._outbox.wake()
        reader.join(_STOP_TIMEOUT_S)
        if not reader.is_alive():
            self._outbox.close()

    def stats(self) -> Snapshot:
        """The counters now."""
        here = self._counters
        return replace(
            self._keeper.counters,
            is_connected=self._is_accepted,
            let_go=here.let_go,
            connects=here.connects,
            errors=here.errors,
            queued_packets=len(self._inbox),
        )

    def _keep(self) -> None:
        while True:
            try:
                self._keeper.run()
            except Exception:
                log.exception("the keeper fell and is set up again")
                self._must_reconnect.set()
            else:
                return

    def _read(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            protocol = self._protocol
            try:
                self._serve_one_connection()
            except OSError as error:
                log.warning("no broker at %s: %s", self._options.address, error)
            except Exception:
                log.exception("the connection broke")
                self._count_error()
            attempt = 1 if self._is_accepted else attempt + 1
            self._is_accepted = False
            if protocol is self._protocol:
                self._stopping.wait(_reconnect_delay_s(attempt))

    def _serve_one_connection(self) -> None:
        client = self._new_client()
        address = self._options.address
        client.connect(address.host, address.port, _KEEPALIVE_S, **self._session(client))
        deadline_s = time.monotonic() + _CONNECT_TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._outbox, selectors.EVENT_READ)
            sock = client.socket()
            assert sock is not None
            selector.register(sock, selectors.EVENT_READ)
            while client.socket() is sock:
                if self._stopping.is_set():
                    self._say_goodbye(client)
                    return
                wanted = selectors.EVENT_READ | (client.want_write() and selectors.EVENT_WRITE)
                selector.modify(sock, wanted)
                selector.select(_LOOK_UP_EVERY_S)
                self._turn(client)
                if not self._is_accepted and time.monotonic() > deadline_s:
                    break
        if not self._is_accepted:
            self._try_other_protocol()

    def _turn(self, client: Client) -> None:
        """Read all that is there, write all that waits, keep the clocks."""
        for _ in range(_READS_PER_TURN):
            before = self._counters.packets
            client.loop_read()
            if before == self._counters.packets or client.socket() is None:
                break
        client.loop_write()
        client.loop_misc()
        if self._is_accepted and client.socket() is not None:
            self._say_settled(client)
            self._keep_pace(client)

    def _say_settled(self, client: Client) -> None:
        connection = self._counters.connects
        for settled in self._outbox.take_all():
            for arrival in settled.arrivals:
                if arrival.qos and arrival.connection == connection:
                    client.ack(arrival.message_id, arrival.qos)
            for device, ack in settled.acks:
                client.publish(down(device, "ack", self._options.site), encode_ack(ack))

    def _keep_pace(self, client: Client) -> None:
        now_s = time.monotonic()
        if self._hub_time.is_due(now_s):
            client.publish(self._hub("time"), encode_hub_time(self._at_ms()))
        if self._ping.is_due(now_s):
            client.publish(self._hub("ping"), self._options.client_id)
        if now_s - self._heard_at_s > _PING_LOST_AFTER_S:
            self._count_error()
            raise ConnectionError("it no longer delivers to us")
        if self._must_reconnect.is_set():
            self._must_reconnect.clear()
            self._count_error()
            raise ConnectionError("what was dropped must come again")

    def _say_goodbye(self, client: Client) -> None:
        if not self._is_accepted:
            return
        self._say_settled(client)
        client.publish(self._hub("state"), self._state(online=False), qos=1, retain=True)
        deadline_s = time.monotonic() + _CONNECT_TIMEOUT_S
        while client.want_write() and time.monotonic() < deadline_s:
            client.loop_write()
        client.disconnect()

    def _new_client(self) -> Client:
        address = self._options.address
        is_v5 = self._protocol is MQTTProtocolVersion.MQTTv5
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._options.client_id,
            clean_session=None if is_v5 else False,
            protocol=self._protocol,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = _CONNECT_TIMEOUT_S
        if address.user is not None:
            client.username_pw_set(address.user, address.password)
        if address.is_tls:
            client.tls_set_context(ssl.create_default_context())
        client.will_set(self._hub("state"), self._state(online=False), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _session(self, client: Client) -> dict[str, Any]:
        if client.protocol is not MQTTProtocolVersion.MQTTv5:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho
        properties.ReceiveMaximum = min(self._options.inbox_packets_max, 65_535)
        properties.SessionExpiryInterval = _SESSION_EXPIRY_S
        return {"clean_start": False, "properties": properties}

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("the broker refuses us: %s", reason)
            return
        self._is_accepted = True
        self._counters = replace(self._counters, connects=self._counters.connects + 1)
        self._heard_at_s = time.monotonic()
        client.subscribe([(every_up(self._options.site), 1), (self._hub("ping"), 0)])
        client.publish(self._hub("state"), self._state(online=True), qos=1, retain=True)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        """Never raises: paho would end the thread and still call itself connected."""
        try:
            self._take_in(message)
        except Exception:
            log.exception("a message could not be taken in")
            self._count_error()

    def _take_in(self, message: MQTTMessage) -> None:
        here = self._counters
        topic = _topic(message)
        packet = Packet(topic, bytes(message.payload), self._at_ms(), message.retain)
        arrival = Arrival(packet, message.mid, message.qos, here.connects)
        is_kept = topic == self._hub("ping") or self._inbox.put(arrival)
        self._heard_at_s = time.monotonic()
        self._counters = replace(here, packets=here.packets + 1, let_go=here.let_go + (not is_kept))

    def _try_other_protocol(self) -> None:
        """A broker that speaks only 3.1.1 hangs up on MQTT 5 without a word."""
        is_v5 = self._protocol is MQTTProtocolVersion.MQTTv5
        self._protocol = MQTTProtocolVersion.MQTTv311 if is_v5 else MQTTProtocolVersion.MQTTv5

    def _count_error(self) -> None:
        self._counters = replace(self._counters, errors=self._counters.errors + 1)

    def _hub(self, channel: str) -> str:
        return hub(channel, self._options.site)

    def _state(self, *, online: bool) -> bytes:
        return encode_hub_state(online=online, epoch=self._epoch, at_ms=self._at_ms())

    def _at_ms(self) -> int:
        return to_epoch_ms(self._now())


def _topic(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return "(a topic that is not UTF-8)"


def _reconnect_delay_s(attempt: int) -> float:
    """Up to 15 s, with jitter, so that many clients do not come back at once."""
    longest: float = min(_RECONNECT_MAX_S, 0.5 * 2 ** min(attempt, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
