"""The contract's JSON as typed shapes; msgspec checks while it parses.

Field names are the wire's short ones. Unknown fields are skipped, so a newer
device may say more than this hub understands.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from edge.wire.limits import INTEGER_MAX, TEXT_CHARACTERS_MAX
from edge.wire.messages import AppState, CommandStatus, Severity, UsageEnd

Count = Annotated[int, Meta(ge=0, le=INTEGER_MAX)]
Millis = Annotated[int, Meta(ge=0, le=INTEGER_MAX)] | Annotated[float, Meta(ge=0, le=INTEGER_MAX)]
# Session and record keys: readable, indexable, safe in any log line.
Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:/ -]{1,64}$")]
Text = Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)]
Values = dict[Name, int | float | bool | str | None]


class Envelope(Struct, kw_only=True):
    """What any message may carry."""

    v: int = 1
    device: str | None = None
    """Not asked for; where a device gives it, it must agree with the topic."""


class PresenceShape(Envelope, kw_only=True):
    """``up/presence``."""

    s: Literal["starting", "online", "lost", "bye"]
    boot: Key | None = None
    n: Count | None = None
    ts: Millis | None = None
    why: Text | None = None


class NetShape(Struct):
    """``net`` of a birth."""

    mac: Text | None = None
    ip: Text | None = None
    up: Text | None = None


class SpoolShape(Struct):
    """``spool`` of a birth."""

    n: Count = 0
    oldest: Millis | None = None


class MetricShape(Struct):
    """One entry of ``caps.m``."""

    u: Text | None = None
    min: float | None = None
    max: float | None = None


class CapsShape(Struct):
    """``caps`` of a birth."""

    m: dict[Name, MetricShape] = {}
    ev: list[Name] = []
    use: bool = False
    cmd: list[Name] = []


class BirthShape(Envelope, kw_only=True):
    """``up/birth``."""

    boot: Key
    n: Count
    mono: Count
    ts: Millis | None = None
    clock: Literal["ntp", "hub", "none"] = "none"
    model: Text | None = None
    fw: Text | None = None
    serial: Text | None = None
    net: NetShape = msgspec.field(default_factory=NetShape)
    hb: Annotated[int, Meta(ge=1, le=86_400)] = 30
    cfg_rev: Count | None = None
    spool: SpoolShape = msgspec.field(default_factory=SpoolShape)
    caps: CapsShape = msgspec.field(default_factory=CapsShape)


class HeartbeatShape(Envelope, kw_only=True):
    """``up/hb``."""

    boot: Key
    n: Count
    mono: Count
    ts: Millis | None = None
    q: Count = 0
    app: AppState = AppState.OK
    since_use: Count | None = None
    m: Values | None = None


class RecordsShape(Envelope, kw_only=True):
    """``up/d``; each record is read on its own, so one bad one spoils no other."""

    boot: Key
    mono: Count
    r: list[Raw]
    ts: Millis | None = None
    hist: bool = False


RecordShape = tuple[Count, Count, str, Raw]
"""``[seq, mono_ms, kind, body]``."""


class EventShape(Struct):
    """Body of kind ``ev``."""

    e: Name
    k: Name | None = None


class UseShape(Struct):
    """Body of kind ``use``."""

    id: Key
    t0: Millis
    t1: Millis
    acts: Count = 0
    end: UsageEnd = UsageEnd.IDLE
    lang: Annotated[str, Meta(pattern=r"^[A-Za-z-]{2,12}$")] | None = None


class GapShape(Struct):
    """Body of kind ``st`` that owns up to records lost: ``{"gap": [first, last]}``."""

    gap: tuple[Count, Count] | None = None


class AlertShape(Envelope, kw_only=True):
    """``up/alert/<code>``."""

    sev: Severity
    msg: Text = ""
    since: Millis | None = None


class ResultShape(Envelope, kw_only=True):
    """``up/res``."""

    id: Key
    st: CommandStatus
    ts: Millis | None = None
    err: Text | None = None


class AckShape(Struct, kw_only=True):
    """``dn/ack``: everything up to ``upto`` is stored, except the ranges in ``miss``."""

    boot: Key
    upto: Count
    miss: list[tuple[Count, Count]] = []


class HubStateShape(Struct, kw_only=True):
    """``hub/state``."""

    online: bool
    ts: Millis | None = None
    epoch: Text | None = None


class HubTimeShape(Struct, kw_only=True):
    """``hub/time``."""

    ts: Millis
