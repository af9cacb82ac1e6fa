"""One pretend exhibit as its device: sessions, heartbeats, spool, faults. No socket.

dark --connected--> online --dropped--> dark
                      |  hub away: spools; back or new epoch: says who it is and sends again
failed: an alert, app=fault, no visitors      silenced: says nothing, drops the line
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge.simulator.orders import Order
from edge.simulator.roster import PretendExhibit
from edge.simulator.spool import Spool
from edge.simulator.visitors import Fact, Visitors
from edge.wire import topics
from edge.wire.downlink import read_ack, read_hub_state
from edge.wire.encode import (
    encode_alert,
    encode_birth,
    encode_heartbeat,
    encode_presence,
    encode_records,
)
from edge.wire.messages import (
    Alert,
    AppState,
    Birth,
    Capabilities,
    Heartbeat,
    Metrics,
    MetricSpec,
    Presence,
    PresenceState,
    Record,
    Severity,
)

ALERT_CODE = "motor-stall"
_HEARTBEAT_S = 30
# Records of the same moment travel together; the board still shows them within a second.
_FLUSH_EVERY_MS = 250
# The contract: history at no more than 20 messages a second, beside what happens now.
_HISTORY_EVERY_MS = 50
_REBIRTH_JITTER_MS = 10_000
_NEVER = float("inf")
_CAPABILITIES = Capabilities(
    metrics=(MetricSpec("power_w", "W"),), events=("press",), counts_uses=True
)


@dataclass(frozen=True, slots=True)
class Publish:
    """What the device wants sent."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Device:
    """A state machine: told the time and what it hears, it says what to send."""

    def __init__(
        self, exhibit: PretendExhibit, visitors: Visitors, *, now_ms: int, rate_per_s: float = 0.0
    ) -> None:
        self.exhibit = exhibit
        self.is_silenced = False
        self._visitors = visitors
        self._every_ms = 1000 / rate_per_s if rate_per_s else None
        self._chance = random.Random(f"{exhibit.code}|{now_ms}")  # noqa: S311 - simulation
        self._spool = Spool()
        self._is_failed = False
        self._is_hub_online = True
        self._epoch: str | None = None
        self._is_online = False
        self._failed_since_ms = 0
        self._next_reading_ms: float = now_ms + self._chance.uniform(0, self._every_ms or 0)
        self._next_flush_ms = self._next_history_ms = 0
        self._birth_at_ms = self._next_heartbeat_ms = _NEVER
        self._start_boot(now_ms)

    @property
    def code(self) -> str:
        """The device's name."""
        return self.exhibit.code

    def will(self) -> Publish:
        """What the broker is to say when the line drops; for the connect that comes next."""
        lost = Presence(self.code, PresenceState.LOST, self._boot, self._n + 1)
        return Publish(topics.up(self.code, "presence"), encode_presence(lost), 1, retain=True)

    def connected(self, now_ms: int) -> None:
        """The broker accepted us."""
        self._n += 1
        self._is_online = True
        self._spool.send_all_again()
        self._birth_at_ms = now_ms
        self._next_heartbeat_ms = now_ms

    def dropped(self) -> None:
        """The line is gone."""
        self._is_online = False

    def hear(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Take in what the hub says."""
        channel = topic.rpartition("/")[2]
        if channel == "ack" and (ack := read_ack(payload)) is not None:
            self._spool.forget(ack)
        if channel == "state" and (state := read_hub_state(payload)) is not None:
            self._is_hub_online = state.online
            if state.online and state.epoch != self._epoch:
                if self._epoch is not None:
                    self._spool.send_all_again()
                    self._birth_at_ms = now_ms + self._chance.randrange(_REBIRTH_JITTER_MS)
                self._epoch = state.epoch

    def obey(self, order: Order, now_ms: int) -> list[Publish]:
        """Fail, fall silent or heal."""
        if order is Order.HEAL:
            return self._heal(now_ms)
        self._visitors.send_away(now_ms)
        if order is Order.SILENCE:
            self.is_silenced = True
            return []
        self._is_failed = True
        self._failed_since_ms = now_ms
        self._next_heartbeat_ms = now_ms
        return [self._alert()]

    def due_ms(self) -> float:
        """When there is something to do."""
        if self.is_silenced:
            return _NEVER
        due = [self._next_reading_ms] if self._every_ms else []
        if not self._is_failed:
            due.append(self._visitors.due_ms)
        if self._is_online:
            due += [self._birth_at_ms, self._next_heartbeat_ms]
            if self._spool.has_unsent and self._is_hub_online:
                due.append(self._next_flush_ms)
        return min(due, default=_NEVER)

    def turn(self, now_ms: int) -> Iterator[Publish]:
        """Let time pass, and say what there is to say."""
        if self.is_silenced:
            return
        if not self._is_failed:
            for fact in self._visitors.step(now_ms):
                self._keep(fact)
        self._keep_readings(now_ms)
        if not self._is_online:
            return
        if now_ms >= self._birth_at_ms:
            yield from self._introduce(now_ms)
        if now_ms >= self._next_heartbeat_ms:
            yield self._heartbeat(now_ms)
        if self._is_hub_online and now_ms >= self._next_flush_ms:
            yield from self._flush(now_ms)

    def goodbye(self, now_ms: int) -> Publish:
        """A clean end."""
        bye = Presence(self.code, PresenceState.BYE, self._boot, self._n, now_ms, "closing")
        return Publish(topics.up(self.code, "presence"), encode_presence(bye), 1, retain=True)

    def _start_boot(self, now_ms: int) -> None:
        self._boot = f"{self._chance.getrandbits(50):010X}"
        self._booted_ms = now_ms
        self._n = 0
        self._seq = 0
        self._birth_at_ms = self._next_heartbeat_ms = _NEVER

    def _heal(self, now_ms: int) -> list[Publish]:
        was_failed, was_silenced = self._is_failed, self.is_silenced
        self._is_failed = self.is_silenced = False
        self._visitors.send_away(now_ms)
        if was_silenced:
            self._start_boot(now_ms)
        elif was_failed:
            self._next_heartbeat_ms = now_ms
        return [self._alert()] if was_failed and not was_silenced else []

    def _keep(self, fact: Fact) -> None:
        self._seq += 1
        self._spool.add(
            Record(
                device=self.code,
                boot=self._boot,
                seq=self._seq,
                body=fact.body,
                at_ms=fact.at_ms,
                mono_ms=max(0, fact.at_ms - self._booted_ms),
            )
        )

    def _keep_readings(self, now_ms: int) -> None:
        """The steady stream of a benchmark; at rest there is none."""
        if self._every_ms is None or now_ms < self._next_reading_ms:
            return
        self._keep(Fact(now_ms, Metrics({"power_w": self._visitors.power_w})))
        # Behind by more than one reading (a slow machine): skip, never burst.
        ahead_ms = self._next_reading_ms + self._every_ms
        self._next_reading_ms = max(ahead_ms, float(now_ms))
        self._next_flush_ms = now_ms

    def _introduce(self, now_ms: int) -> Iterator[Publish]:
        self._birth_at_ms = _NEVER
        online = Presence(self.code, PresenceState.ONLINE, self._boot, self._n, now_ms)
        yield Publish(topics.up(self.code, "presence"), encode_presence(online), 1, retain=True)
        birth = Birth(
            device=self.code,
            boot=self._boot,
            n=self._n,
            at_ms=now_ms,
            mono_ms=now_ms - self._booted_ms,
            clock="ntp",
            model="pretend/1",
            firmware="1.0.0",
            serial=f"PRETEND-{self.code.upper()}",
            uplink=f"sw-{self.exhibit.gallery}",
            heartbeat_s=_HEARTBEAT_S,
            spool_records=len(self._spool),
            spool_oldest_ms=self._spool.oldest_ms,
            capabilities=_CAPABILITIES,
        )
        yield Publish(topics.up(self.code, "birth"), encode_birth(birth), 1, retain=True)
        yield self._alert()

    def _heartbeat(self, now_ms: int) -> Publish:
        self._next_heartbeat_ms = now_ms + _HEARTBEAT_S * 1000 * self._chance.uniform(0.8, 1.2)
        self._spool.send_overdue_again(now_ms)
        last_use_ms = self._visitors.last_use_ms
        metrics: Mapping[str, float] = {"power_w": self._visitors.power_w}
        heartbeat = Heartbeat(
            device=self.code,
            boot=self._boot,
            n=self._n,
            at_ms=now_ms,
            mono_ms=now_ms - self._booted_ms,
            app=AppState.FAULT if self._is_failed else AppState.OK,
            spool_records=len(self._spool),
            since_use_s=None if last_use_ms is None else max(0, now_ms - last_use_ms) // 1000,
            metrics=metrics,
        )
        return Publish(topics.up(self.code, "hb"), encode_heartbeat(heartbeat))

    def _flush(self, now_ms: int) -> Iterator[Publish]:
        self._next_flush_ms = now_ms + _FLUSH_EVERY_MS
        topic = topics.up(self.code, "d")
        if live := self._spool.take_live(now_ms):
            yield Publish(topic, encode_records(live), 1)
        if now_ms < self._next_history_ms:
            return
        if history := self._spool.take_history(now_ms):
            self._next_history_ms = now_ms + _HISTORY_EVERY_MS
            yield Publish(topic, encode_records(history), 1)

    def _alert(self) -> Publish:
        severity = Severity.FAULT if self._is_failed else None
        text = "The motor does not turn (simulated)"
        alert = Alert(self.code, ALERT_CODE, severity, text, self._failed_since_ms)
        topic = topics.up(self.code, f"alert/{ALERT_CODE}")
        return Publish(topic, encode_alert(alert), 1, retain=True)
