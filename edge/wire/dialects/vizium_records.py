"""The records of ``up/d``: each is read on its own, so one bad one spoils no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from edge.wire.instants import Clocks, is_future, is_set
from edge.wire.limits import (
    METRIC_MAGNITUDE_MAX,
    METRICS_PER_RECORD_MAX,
    RECORDS_PER_MESSAGE_MAX,
    USE_DURATION_MS_MAX,
)
from edge.wire.messages import (
    DeadLetter,
    DeadLetterReason,
    Event,
    Gap,
    Message,
    Metrics,
    Record,
    RecordBody,
    Scalar,
    State,
    Use,
)
from edge.wire.packets import Packet
from edge.wire.refusals import Refused, clean, dead_letter, explain
from edge.wire.shapes import EventShape, GapShape, RecordShape, RecordsShape, UseShape, Values

Shape = TypeVar("Shape")

_RECORD = msgspec.json.Decoder(RecordShape)
_VALUES = msgspec.json.Decoder(Values)
_EVENT = msgspec.json.Decoder(EventShape)
_USE = msgspec.json.Decoder(UseShape)
_GAP = msgspec.json.Decoder(GapShape)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What all records of one message share."""

    packet: Packet
    device: str
    boot: str
    historical: bool
    clocks: Clocks


def decode_records(packet: Packet, device: str, shape: RecordsShape) -> list[Message]:
    """Records in the order sent; a dead letter stands where one could not be read.

    Raises:
        Refused: no record at all, or more than the contract allows.
    """
    if not 1 <= len(shape.r) <= RECORDS_PER_MESSAGE_MAX:
        raise Refused(DeadLetterReason.TOO_MANY, f"{len(shape.r)} records")
    clocks = Clocks(shape.ts, shape.mono, packet.received_at_ms)
    envelope = _Envelope(packet, device, shape.boot, shape.hist, clocks)
    return [_record_or_letter(envelope, bytes(raw)) for raw in shape.r]


def read_values(values: Mapping[str, float | int | bool | str | None]) -> dict[str, Scalar]:
    """Metric values within bounds; null ones are left out.

    Raises:
        Refused: too many of them, or a number no sensor gives.
    """
    if len(values) > METRICS_PER_RECORD_MAX:
        raise Refused(DeadLetterReason.TOO_MANY, f"{len(values)} metrics")
    return {name: _scalar(name, value) for name, value in values.items() if value is not None}


def _record_or_letter(envelope: _Envelope, raw: bytes) -> Record | DeadLetter:
    seq = None
    try:
        seq, mono_ms, kind, body = _parse(_RECORD, raw)
        instant = envelope.clocks.at(mono_ms)
        _check_not_future(instant.at_ms, envelope)
        return Record(
            device=envelope.device,
            boot=envelope.boot,
            seq=seq,
            body=_read_body(kind, bytes(body), instant.at_ms, envelope),
            at_ms=instant.at_ms,
            mono_ms=mono_ms,
            at_quality=instant.quality,
            historical=envelope.historical,
            retained=envelope.packet.retained,
        )
    except Refused as refused:
        alone = replace(envelope.packet, payload=raw)
        letter = dead_letter(alone, refused, envelope.device)
        return letter if seq is None else replace(letter, boot=envelope.boot, seq=seq)


def _read_body(kind: str, raw: bytes, at_ms: int, envelope: _Envelope) -> RecordBody:
    if kind == "use":
        return _use(raw, at_ms, envelope)
    read = _READ_BY_KIND.get(kind)
    if read is None:
        raise Refused(DeadLetterReason.UNKNOWN_KIND, kind)
    return read(raw)


def _metrics(raw: bytes) -> Metrics:
    return Metrics(_values(raw))


def _values(raw: bytes) -> dict[str, Scalar]:
    values = _parse(_VALUES, raw)
    return read_values(values)


def _event(raw: bytes) -> Event:
    shape = _parse(_EVENT, raw)
    return Event(shape.e, shape.k)


def _state(raw: bytes) -> State | Gap:
    gap = _parse(_GAP, raw).gap if b'"gap"' in raw else None
    if gap is None:
        return State(_values(raw))
    if gap[0] > gap[1]:
        raise Refused(DeadLetterReason.WRONG_SHAPE, "gap must be [first, last]")
    return Gap(*gap)


_READ_BY_KIND: Mapping[str, Callable[[bytes], RecordBody]] = {
    "m": _metrics,
    "ev": _event,
    "st": _state,
}


def _use(raw: bytes, at_ms: int, envelope: _Envelope) -> Use:
    shape = _parse(_USE, raw)
    duration_ms = int(shape.t1) - int(shape.t0)
    if not 0 <= duration_ms <= USE_DURATION_MS_MAX:
        raise Refused(DeadLetterReason.OUT_OF_RANGE, f"a use of {duration_ms} ms")
    ended_ms = int(shape.t1) if is_set(shape.t0) else at_ms
    _check_not_future(ended_ms, envelope)
    started_ms = ended_ms - duration_ms
    return Use(shape.id, started_ms, ended_ms, shape.acts, shape.end, shape.lang)


def _parse(decoder: msgspec.json.Decoder[Shape], raw: bytes) -> Shape:
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise explain(error, raw) from error


def _scalar(name: str, value: float | bool | str) -> Scalar:  # noqa: FBT001 - a JSON value
    if isinstance(value, str):
        return clean(value)
    if abs(value) > METRIC_MAGNITUDE_MAX:
        raise Refused(DeadLetterReason.OUT_OF_RANGE, name)
    return value


def _check_not_future(at_ms: float, envelope: _Envelope) -> None:
    if is_future(at_ms, envelope.clocks.received_at_ms):
        raise Refused(DeadLetterReason.FUTURE_DATED)
