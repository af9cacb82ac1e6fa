"""Our own contract, ``vizium/1/<site>/<device>/...``: one decoder per channel."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from edge.wire.dialects.vizium_records import decode_records, read_values
from edge.wire.instants import Clocks, Instant, is_future, is_set
from edge.wire.messages import (
    Alert,
    Birth,
    Capabilities,
    CommandResult,
    DeadLetterReason,
    Echo,
    Heartbeat,
    LogLine,
    Message,
    MetricSpec,
    Presence,
    PresenceState,
)
from edge.wire.packets import Packet
from edge.wire.refusals import Refused, clean, explain
from edge.wire.shapes import (
    AlertShape,
    BirthShape,
    CapsShape,
    Envelope,
    HeartbeatShape,
    Key,
    PresenceShape,
    RecordsShape,
    ResultShape,
)
from edge.wire.topics import HUB, Place, is_device_id, parse_topic

Shape = TypeVar("Shape", bound=Envelope)

_PRESENCE = msgspec.json.Decoder(PresenceShape)
_BIRTH = msgspec.json.Decoder(BirthShape)
_HEARTBEAT = msgspec.json.Decoder(HeartbeatShape)
_RECORDS = msgspec.json.Decoder(RecordsShape)
_ALERT = msgspec.json.Decoder(AlertShape)
_RESULT = msgspec.json.Decoder(ResultShape)
_LOG_LEVELS = frozenset({"debug", "info", "warn", "error", "fatal"})


def decode_vizium(packet: Packet) -> list[Message]:
    """Decode one publish in our own dialect.

    Raises:
        Refused: it breaks the contract.
    """
    place = parse_topic(packet.topic)
    if place is None:
        raise Refused(DeadLetterReason.UNSUPPORTED_TOPIC)
    if place.device == HUB:
        return [Echo(packet.topic, retained=packet.retained)]
    if not is_device_id(place.device):
        raise Refused(DeadLetterReason.BAD_DEVICE, place.device)
    _check_utf8(packet.payload)
    direction, _, channel = place.channel.partition("/")
    if direction == "dn":
        return [Echo(packet.topic, place.device, packet.retained)]
    head, _, rest = channel.partition("/")
    decode = _DECODE_BY_HEAD.get(head) if direction == "up" else None
    if decode is None or bool(rest) != (head in _HEADS_WITH_NAME):
        raise Refused(DeadLetterReason.UNSUPPORTED_TOPIC, place.channel)
    return decode(packet, place, rest)


def _presence(packet: Packet, place: Place, _rest: str) -> list[Message]:
    if not packet.payload:
        return [Presence(place.device, PresenceState.REMOVED, retained=packet.retained)]
    shape = _read(_PRESENCE, packet, place)
    return [
        Presence(
            device=place.device,
            state=PresenceState(shape.s),
            boot=shape.boot,
            n=shape.n,
            at_ms=_instant_or_none(shape.ts, packet),
            why=_clean_or_none(shape.why),
            retained=packet.retained,
        )
    ]


def _birth(packet: Packet, place: Place, _rest: str) -> list[Message]:
    if not packet.payload:
        return [Presence(place.device, PresenceState.REMOVED, retained=packet.retained)]
    shape = _read(_BIRTH, packet, place)
    instant = _now_of(shape.ts, shape.mono, packet)
    return [
        Birth(
            device=place.device,
            boot=shape.boot,
            n=shape.n,
            at_ms=instant.at_ms,
            mono_ms=shape.mono,
            at_quality=instant.quality,
            clock=shape.clock,
            model=_clean_or_none(shape.model),
            firmware=_clean_or_none(shape.fw),
            serial=_clean_or_none(shape.serial),
            mac=_clean_or_none(shape.net.mac),
            ip=_clean_or_none(shape.net.ip),
            uplink=_clean_or_none(shape.net.up),
            heartbeat_s=shape.hb,
            config_revision=shape.cfg_rev,
            spool_records=shape.spool.n,
            spool_oldest_ms=_instant_or_none(shape.spool.oldest, packet),
            capabilities=_capabilities(shape.caps),
            retained=packet.retained,
        )
    ]


def _heartbeat(packet: Packet, place: Place, _rest: str) -> list[Message]:
    shape = _read(_HEARTBEAT, packet, place)
    instant = _now_of(shape.ts, shape.mono, packet)
    return [
        Heartbeat(
            device=place.device,
            boot=shape.boot,
            n=shape.n,
            at_ms=instant.at_ms,
            mono_ms=shape.mono,
            at_quality=instant.quality,
            app=shape.app,
            spool_records=shape.q,
            since_use_s=shape.since_use,
            metrics=None if shape.m is None else read_values(shape.m),
            retained=packet.retained,
        )
    ]


def _records(packet: Packet, place: Place, _rest: str) -> list[Message]:
    return decode_records(packet, place.device, _read(_RECORDS, packet, place))


def _alert(packet: Packet, place: Place, code: str) -> list[Message]:
    _check_key(code)
    if not packet.payload:
        return [Alert(place.device, code, None, retained=packet.retained)]
    shape = _read(_ALERT, packet, place)
    since_ms = _instant_or_none(shape.since, packet)
    text = clean(shape.msg)
    return [Alert(place.device, code, shape.sev, text, since_ms, packet.retained)]


def _log(packet: Packet, place: Place, level: str) -> list[Message]:
    if level not in _LOG_LEVELS:
        raise Refused(DeadLetterReason.UNKNOWN_KIND, level)
    return [LogLine(place.device, level, clean(packet.payload.decode()), packet.retained)]


def _result(packet: Packet, place: Place, _rest: str) -> list[Message]:
    shape = _read(_RESULT, packet, place)
    at_ms = _instant_or_none(shape.ts, packet)
    error = _clean_or_none(shape.err)
    return [CommandResult(place.device, shape.id, shape.st, at_ms, error, packet.retained)]


_DECODE_BY_HEAD: Mapping[str, Callable[[Packet, Place, str], list[Message]]] = {
    "presence": _presence,
    "birth": _birth,
    "hb": _heartbeat,
    "d": _records,
    "alert": _alert,
    "log": _log,
    "res": _result,
}
_HEADS_WITH_NAME = frozenset({"alert", "log"})


def _read(decoder: msgspec.json.Decoder[Shape], packet: Packet, place: Place) -> Shape:
    try:
        shape = decoder.decode(packet.payload)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise explain(error, packet.payload) from error
    if shape.v != 1:
        raise Refused(DeadLetterReason.UNSUPPORTED_VERSION, str(shape.v))
    if shape.device not in {None, place.device}:
        raise Refused(DeadLetterReason.WRONG_DEVICE, str(shape.device))
    return shape


def _now_of(ts_ms: float | None, mono_ms: int, packet: Packet) -> Instant:
    instant = Clocks(ts_ms, mono_ms, packet.received_at_ms).at(mono_ms)
    _check_not_future(instant.at_ms, packet)
    return instant


def _instant_or_none(ts_ms: float | None, packet: Packet) -> int | None:
    if ts_ms is None or not is_set(ts_ms):
        return None
    _check_not_future(ts_ms, packet)
    return int(ts_ms)


def _check_not_future(at_ms: float, packet: Packet) -> None:
    if is_future(at_ms, packet.received_at_ms):
        ahead_s = int(at_ms - packet.received_at_ms) // 1000
        raise Refused(DeadLetterReason.FUTURE_DATED, f"{ahead_s} s ahead")


def _check_utf8(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise Refused(DeadLetterReason.BAD_UTF8) from error


def _check_key(text: str) -> None:
    try:
        msgspec.convert(text, Key)
    except msgspec.ValidationError as error:
        raise Refused(DeadLetterReason.WRONG_SHAPE, str(error)) from error


def _clean_or_none(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _capabilities(shape: CapsShape) -> Capabilities:
    return Capabilities(
        metrics=tuple(
            MetricSpec(name, _clean_or_none(metric.u), metric.min, metric.max)
            for name, metric in shape.m.items()
        ),
        events=tuple(shape.ev),
        counts_uses=shape.use,
        commands=tuple(shape.cmd),
    )
