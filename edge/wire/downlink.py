"""What a device reads: acknowledgements, the hub's state and time. Never raises."""

from typing import TypeVar

import msgspec

from edge.wire.encode import Ack
from edge.wire.shapes import AckShape, HubStateShape, HubTimeShape

Shape = TypeVar("Shape")

_ACK = msgspec.json.Decoder(AckShape)
_STATE = msgspec.json.Decoder(HubStateShape)
_TIME = msgspec.json.Decoder(HubTimeShape)


def read_ack(payload: bytes) -> Ack | None:
    """What the hub has stored, or None if the bytes say nothing."""
    shape = _read(_ACK, payload)
    return None if shape is None else Ack(shape.boot, shape.upto, tuple(shape.miss))


def read_hub_state(payload: bytes) -> HubStateShape | None:
    """Whether the hub listens and since which epoch, or None."""
    return _read(_STATE, payload)


def read_hub_time_ms(payload: bytes) -> int | None:
    """The hub's clock, or None."""
    shape = _read(_TIME, payload)
    return None if shape is None else int(shape.ts)


def _read(decoder: msgspec.json.Decoder[Shape], payload: bytes) -> Shape | None:
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
