"""``vizium decode``: what each line of a recorded stream means, in one run's memory.

The memory holds what the hub's storage would know: which devices spoke first,
their newest session, and the record keys already seen. A line is a JSON object
with ``id``, ``topic``, ``payload`` and ``payload_encoding`` (utf8, hex, base64).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge.wire.decode import decode
from edge.wire.messages import (
    Alert,
    Birth,
    CommandResult,
    DeadLetter,
    Echo,
    Heartbeat,
    LogLine,
    Message,
    Presence,
    PresenceState,
    Record,
    Scalar,
)
from edge.wire.packets import Packet

Meaning = dict[str, Any]


class Line(msgspec.Struct):
    """One recorded publish."""

    id: str
    topic: str
    payload: str = ""
    payload_encoding: str = "utf8"
    retain: bool = False


class BadLine(ValueError):
    """A line of the file is not a recorded publish; the text says why."""


@dataclass(slots=True)
class Memory:
    """What one run has seen so far."""

    session_by_device: dict[str, tuple[str, int]] = field(default_factory=dict)
    record_keys: set[str] = field(default_factory=set)


def decode_line(text: str | bytes, memory: Memory, *, received_at_ms: int) -> Meaning:
    """The meaning of one line, with its ``id``.

    Raises:
        BadLine: the line itself (not the payload in it) cannot be read.
    """
    line, payload = _read(text)
    packet = Packet(line.topic, payload, received_at_ms, line.retain)
    return {"id": line.id} | _mean(decode(packet), memory)


def _read(text: str | bytes) -> tuple[Line, bytes]:
    try:
        line = msgspec.json.decode(text, type=Line)
        return line, _bytes_of(line)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadLine(str(error)) from error


def _bytes_of(line: Line) -> bytes:
    match line.payload_encoding:
        case "utf8" | "utf-8":
            return line.payload.encode()
        case "hex":
            return bytes.fromhex(line.payload)
        case "base64":
            return base64.b64decode(line.payload, validate=True)
    raise binascii.Error(f"unknown payload_encoding {line.payload_encoding!r}")


def _mean(messages: list[Message], memory: Memory) -> Meaning:
    records = [one for one in messages if isinstance(one, Record)]
    if records:
        return _with_strangeness(_records(records, memory.record_keys), records[0], memory)
    first = messages[0]
    return _with_strangeness(_mean_one(first, memory), first, memory)


def _mean_one(message: Message, memory: Memory) -> Meaning:
    meaning: Meaning
    match message:
        case Presence():
            return _presence(message, memory)
        case Heartbeat():
            return _heartbeat(message)
        case Birth():
            _remember(message, memory)
            meaning = {"describe": True}
        case Alert():
            meaning = {"alert": _alert(message)}
        case LogLine():
            meaning = {"log": {"level": message.level}}
        case CommandResult():
            meaning = {"command_result": {"id": message.command_id, "state": message.status.value}}
        case Echo():
            return {"command_echo": True}
        case DeadLetter():
            return {"dead_letter": True, "reason": message.reason.replace("_", " ")}
        case Record():
            return _records([message], memory.record_keys)
    return {"device": message.device} | meaning


def _presence(message: Presence, memory: Memory) -> Meaning:
    known = memory.session_by_device.get(message.device)
    if message.state is PresenceState.LOST and known is not None and _is_late(message, known):
        return {"device": message.device, "ignored": True}
    meaning: Meaning = {"device": message.device, "presence": message.state.value}
    if message.state is PresenceState.ONLINE and message.boot is not None:
        _remember(message, memory)
        meaning["session"] = [message.boot, message.n]
    return meaning


def _is_late(will: Presence, known: tuple[str, int]) -> bool:
    """A will of another boot, or of an earlier connect of this one, says nothing of now."""
    boot, n = known
    return will.boot != boot or (will.n is not None and will.n < n)


def _remember(message: Presence | Birth, memory: Memory) -> None:
    memory.session_by_device[message.device] = (message.boot or "", message.n or 0)


def _records(records: list[Record], seen: set[str]) -> Meaning:
    fresh = []
    for record in records:
        key = f"{record.device}|{record.boot}|{record.seq}"
        if key not in seen:
            seen.add(key)
            fresh.append(key)
    meaning: Meaning = {"device": records[0].device, "records": len(fresh)}
    if fresh:
        meaning["dedupe"] = fresh
    if len(fresh) < len(records):
        meaning["duplicates"] = len(records) - len(fresh)
    return meaning


def _heartbeat(message: Heartbeat) -> Meaning:
    meaning: Meaning = {"device": message.device, "heartbeat": True, "app": message.app.value}
    metrics: Mapping[str, Scalar] | None = message.metrics
    return meaning | {"metric": dict(metrics)} if metrics else meaning


def _alert(message: Alert) -> Meaning:
    if message.severity is None:
        return {"id": message.code, "state": "cleared"}
    return {"id": message.code, "state": "raised", "sev": message.severity.value}


def _with_strangeness(meaning: Meaning, message: Message, memory: Memory) -> Meaning:
    if not isinstance(message, Heartbeat | Record | CommandResult):
        return meaning
    if message.device in memory.session_by_device:
        return meaning
    return meaning | {"unknown_device": message.device, "action": "list as unclaimed"}
