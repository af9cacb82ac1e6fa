"""What an exhibit can say, once its bytes are understood.

Every dialect decodes to these few types, so nothing behind the wire knows which
firmware spoke. All are frozen values; times are milliseconds since 1970 (UTC) of
the device's own clock, mended where the clock was not set (``TimeQuality``).

    Presence    online, lost (will) or bye; carries the session (boot, n)
    Birth       who the device is and what it can do
    Heartbeat   "I am here", with a few metrics
    Record      one spooled fact; (device, boot, seq) is its key for ever
    Alert       raised or cleared
    LogLine, CommandResult
    Echo        our own publish, heard again; never reaches the sink
    DeadLetter  bytes that could not be understood, and why
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Scalar = float | int | bool | str
"""A metric's or a state's value; floats are always finite."""


class PresenceState(StrEnum):
    """What a device or its will says of the connection."""

    STARTING = "starting"
    ONLINE = "online"
    LOST = "lost"
    BYE = "bye"
    REMOVED = "removed"


class TimeQuality(StrEnum):
    """How much ``at_ms`` may be trusted."""

    DEVICE = "device"
    """The device's clock was set."""
    ESTIMATED = "estimated"
    """The clock was not set: receive time, less the record's age by the monotonic clock."""


class AppState(StrEnum):
    """What the exhibit's program says of itself."""

    OK = "ok"
    DEGRADED = "degraded"
    FAULT = "fault"


class Severity(StrEnum):
    """Of an alert, mildest first."""

    INFO = "info"
    WARN = "warn"
    FAULT = "fault"
    SAFETY = "safety"


class UsageEnd(StrEnum):
    """Why a usage session ended."""

    IDLE = "idle"
    RESET = "reset"
    COMPLETE = "complete"


class CommandStatus(StrEnum):
    """What became of a command."""

    OK = "ok"
    RUNNING = "running"
    FAILED = "failed"
    REJECTED = "rejected"
    EXPIRED = "expired"


class DeadLetterReason(StrEnum):
    """Why bytes were put aside."""

    TOPIC_TOO_LONG = "topic_too_long"
    UNSUPPORTED_TOPIC = "unsupported_topic"
    UNSUPPORTED_VERSION = "unsupported_version"
    BAD_DEVICE = "bad_device"
    WRONG_DEVICE = "wrong_device"
    OVERSIZED = "oversized"
    BAD_UTF8 = "bad_utf8"
    BAD_JSON = "bad_json"
    TOO_DEEP = "too_deep"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    WRONG_SHAPE = "wrong_shape"
    UNKNOWN_KIND = "unknown_kind"
    TOO_MANY = "too_many"
    FUTURE_DATED = "future_dated"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    """Understood, but the sink raised on it again and again while it took others."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A device came, left or was lost.

    ``(boot, n)`` is the session: a will whose session is older than the newest
    one known is late and means nothing. Both are None in dialects without it.
    """

    device: str
    state: PresenceState
    boot: str | None = None
    n: int | None = None
    at_ms: int | None = None
    """None for a will: the broker sends it without a time."""
    why: str | None = None
    retained: bool = False


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric that a device says it will send."""

    name: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device can report and obey."""

    metrics: tuple[MetricSpec, ...] = ()
    events: tuple[str, ...] = ()
    counts_uses: bool = False
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Birth:
    """Who the device is; sent after every connect."""

    device: str
    boot: str
    n: int
    at_ms: int
    mono_ms: int
    """The device's monotonic clock at ``at_ms``; anchors records made without a clock."""
    at_quality: TimeQuality = TimeQuality.DEVICE
    clock: str = "none"
    """Where the device's time comes from: ntp, hub or none."""
    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    mac: str | None = None
    ip: str | None = None
    uplink: str | None = None
    """The switch or access point it hangs on: one dead switch is one root cause."""
    heartbeat_s: int = 30
    config_revision: int | None = None
    spool_records: int = 0
    spool_oldest_ms: int | None = None
    capabilities: Capabilities = Capabilities()
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """I am here."""

    device: str
    boot: str
    n: int
    at_ms: int
    mono_ms: int
    at_quality: TimeQuality = TimeQuality.DEVICE
    app: AppState = AppState.OK
    spool_records: int = 0
    since_use_s: int | None = None
    metrics: Mapping[str, Scalar] | None = None
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Metrics:
    """Body of kind ``m``: values at one instant, keyed by metric name."""

    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Event:
    """Body of kind ``ev``: something happened, e.g. ``press`` of ``start``."""

    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Body of kind ``use``: one visitor's time at the exhibit."""

    id: str
    started_ms: int
    ended_ms: int
    acts: int
    end: UsageEnd
    language: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Body of kind ``st``: discrete states, keyed by name."""

    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Gap:
    """Body of kind ``st`` with ``gap``: the spool was full, these seqs never come."""

    first_seq: int
    last_seq: int


RecordBody = Metrics | Event | Use | State | Gap


@dataclass(frozen=True, slots=True)
class Record:
    """One fact from a device's spool.

    ``(device, boot, seq)`` names it for ever: whoever sees the key twice has
    seen the same fact twice.
    """

    device: str
    boot: str
    seq: int
    body: RecordBody
    at_ms: int
    mono_ms: int
    at_quality: TimeQuality = TimeQuality.DEVICE
    historical: bool = False
    """Sent from the spool after an outage: repairs roll-ups, never overwrites "now"."""
    retained: bool = False

    @property
    def kind(self) -> str:
        """The wire's word for the body: m, ev, use or st."""
        return KIND_OF_BODY[type(self.body)]


KIND_OF_BODY: Mapping[type, str] = {
    Metrics: "m",
    Event: "ev",
    Use: "use",
    State: "st",
    Gap: "st",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """A device raised an alert, or cleared it (``severity`` is None)."""

    device: str
    code: str
    severity: Severity | None
    text: str = ""
    since_ms: int | None = None
    retained: bool = False

    @property
    def is_raised(self) -> bool:
        """Whether the alert stands."""
        return self.severity is not None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a device's log."""

    device: str
    level: str
    text: str
    retained: bool = False


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a device did with a command of ours."""

    device: str
    command_id: str
    status: CommandStatus
    at_ms: int | None = None
    error: str | None = None
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Echo:
    """A message that the hub itself sends, heard again; the ingest drops it."""

    topic: str
    device: str | None = None
    retained: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Bytes that could not be understood: kept, shown, never thrown at anyone."""

    topic: str
    payload: bytes
    """At most the first 16 kB; ``payload_bytes`` says how many there were."""
    payload_bytes: int
    reason: DeadLetterReason
    detail: str = ""
    device: str | None = None
    boot: str | None = None
    """With ``seq``: the record's key, where it could still be read."""
    seq: int | None = None
    retained: bool = False


Message = (
    Presence | Birth | Heartbeat | Record | Alert | LogLine | CommandResult | Echo | DeadLetter
)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a sink did with a batch; the three add up to its length.

    ``repeated``: the key was known, nothing changed. ``strange``: dead letters,
    and messages of devices that no exhibit has claimed; both are filed, not lost.
    """

    stored: int
    repeated: int
    strange: int


class Sink(Protocol):
    """Where a batch ends: returns only when it is committed, raises to be asked again.

    The batch holds 1 to 500 messages in the order of arrival (never an Echo); a
    message may come again after a crash, so the sink must know its keys.
    """

    def __call__(self, batch: Sequence[Message], received_at: datetime, /) -> BatchResult:
        """Store the batch in one transaction."""
        ...
