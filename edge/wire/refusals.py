"""Why bytes are refused, and the dead letter that keeps them."""

import re

import msgspec

from edge.wire.limits import PAYLOAD_BYTES_MAX, TEXT_CHARACTERS_MAX, TOPIC_CHARACTERS_MAX
from edge.wire.messages import DeadLetter, DeadLetterReason
from edge.wire.packets import Packet

# Below this a JSON text is merely strange; above it somebody tries the parser's stack.
_DEPTH_MAX = 16
_NOT_FINITE = re.compile(rb"\b(NaN|Infinity)\b")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
# What PostgreSQL's text (NUL) and log lines (the rest) cannot take.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):
    """A dialect's decoder cannot take these bytes."""

    def __init__(self, reason: DeadLetterReason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def clean(text: str) -> str:
    """Text that any database and terminal can hold, of bounded length."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:TEXT_CHARACTERS_MAX])


def dead_letter(packet: Packet, refused: Refused, device: str | None = None) -> DeadLetter:
    """Keep what was refused, cut to the contract's size."""
    return DeadLetter(
        topic=_CONTROL.sub("\N{REPLACEMENT CHARACTER}", packet.topic[:TOPIC_CHARACTERS_MAX]),
        payload=packet.payload[:PAYLOAD_BYTES_MAX],
        payload_bytes=len(packet.payload),
        reason=refused.reason,
        detail=clean(refused.detail),
        device=device,
        retained=packet.retained,
    )


def explain(error: Exception, payload: bytes) -> Refused:
    """Name the reason behind msgspec's complaint about a payload."""
    if isinstance(error, RecursionError) or _depth(payload) > _DEPTH_MAX:
        return Refused(DeadLetterReason.TOO_DEEP)
    if "out of range" in str(error):
        return Refused(DeadLetterReason.NOT_FINITE, str(error))
    if isinstance(error, msgspec.ValidationError):
        return Refused(_reason_of_shape(payload), str(error))
    if _NOT_FINITE.search(_STRING.sub(b"", payload)):
        return Refused(DeadLetterReason.NOT_FINITE, str(error))
    return Refused(DeadLetterReason.BAD_JSON, str(error))


class _Version(msgspec.Struct):
    v: int = 1


def _reason_of_shape(payload: bytes) -> DeadLetterReason:
    try:
        version = msgspec.json.decode(payload, type=_Version).v
    except (msgspec.MsgspecError, RecursionError):
        return DeadLetterReason.WRONG_SHAPE
    if version != 1:
        return DeadLetterReason.UNSUPPORTED_VERSION
    return DeadLetterReason.WRONG_SHAPE


def _depth(payload: bytes) -> int:
    depth = deepest = 0
    for byte in _STRING.sub(b"", payload):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
