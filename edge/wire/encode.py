"""Messages back to bytes: what devices and the hub publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from edge.wire.messages import (
    Alert,
    Birth,
    Event,
    Gap,
    Heartbeat,
    Metrics,
    Presence,
    Record,
    RecordBody,
    State,
    Use,
)

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Ack:
    """What the hub has stored of one boot: everything to ``upto`` but the ranges in ``miss``."""

    boot: str
    upto: int
    miss: tuple[tuple[int, int], ...] = ()


def encode_presence(presence: Presence) -> bytes:
    """Payload of ``up/presence``; of a will when the message carries no time."""
    shape = {"s": presence.state, "boot": presence.boot, "n": presence.n}
    return _dump(shape | {"why": presence.why, "ts": presence.at_ms})


def encode_birth(birth: Birth) -> bytes:
    """Payload of ``up/birth``."""
    able = birth.capabilities
    metrics = {
        metric.name: _filled({"u": metric.unit, "min": metric.minimum, "max": metric.maximum})
        for metric in able.metrics
    }
    return _dump(
        {
            "v": 1,
            "boot": birth.boot,
            "n": birth.n,
            "ts": birth.at_ms,
            "mono": birth.mono_ms,
            "clock": birth.clock,
            "model": birth.model,
            "fw": birth.firmware,
            "serial": birth.serial,
            "net": _filled({"mac": birth.mac, "ip": birth.ip, "up": birth.uplink}),
            "hb": birth.heartbeat_s,
            "cfg_rev": birth.config_revision,
            "spool": _filled({"n": birth.spool_records, "oldest": birth.spool_oldest_ms}),
            "caps": {
                "m": metrics,
                "ev": able.events,
                "use": able.counts_uses,
                "cmd": able.commands,
            },
        }
    )


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    """Payload of ``up/hb``."""
    return _dump(
        {
            "boot": heartbeat.boot,
            "n": heartbeat.n,
            "mono": heartbeat.mono_ms,
            "ts": heartbeat.at_ms,
            "q": heartbeat.spool_records,
            "app": heartbeat.app,
            "since_use": heartbeat.since_use_s,
            "m": heartbeat.metrics,
        }
    )


def encode_records(records: Sequence[Record]) -> bytes:
    """Payload of ``up/d``: 1 to 100 records of one boot, all live or all historical.

    The newest record is the anchor between the device's two clocks.
    """
    assert records
    anchor = records[-1]
    rows = [(one.seq, one.mono_ms, one.kind, _body(one.body)) for one in records]
    return _dump(
        {
            "v": 1,
            "boot": anchor.boot,
            "mono": anchor.mono_ms,
            "ts": anchor.at_ms,
            "hist": anchor.historical or None,
            "r": rows,
        }
    )


def encode_alert(alert: Alert) -> bytes:
    """Payload of ``up/alert/<code>``; empty when it is cleared."""
    if alert.severity is None:
        return b""
    return _dump({"sev": alert.severity, "msg": alert.text, "since": alert.since_ms})


def encode_ack(ack: Ack) -> bytes:
    """Payload of ``dn/ack``."""
    return _dump({"boot": ack.boot, "upto": ack.upto, "miss": ack.miss})


def encode_hub_state(*, online: bool, epoch: str, at_ms: int) -> bytes:
    """Payload of ``hub/state`` and of the hub's will."""
    return _dump({"online": online, "ts": at_ms, "epoch": epoch})


def encode_hub_time(at_ms: int) -> bytes:
    """Payload of ``hub/time``."""
    return _dump({"ts": at_ms})


def _body(body: RecordBody) -> dict[str, Any]:
    match body:
        case Metrics(values) | State(values):
            return dict(values)
        case Event(name, key):
            return _filled({"e": name, "k": key})
        case Gap(first_seq, last_seq):
            return {"gap": (first_seq, last_seq)}
        case Use():
            return _filled(
                {
                    "id": body.id,
                    "t0": body.started_ms,
                    "t1": body.ended_ms,
                    "acts": body.acts,
                    "end": body.end,
                    "lang": body.language,
                }
            )


def _filled(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if value is not None}


def _dump(shape: dict[str, Any]) -> bytes:
    return _ENCODER.encode(_filled(shape))
