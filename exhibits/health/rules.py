"""The signal of an exhibit, derived from what its device said and from the time that passed.

A signal is never stored as truth: `steps` says from which instant on which signal
holds if nothing more is heard, so silence needs no message to show itself.

    heard ──> online ──2.5 hb──> stale ──5 hb──> offline
    will  ──> waiting ──20 s───> offline            (a will is often a short dip)
    bye   ──> offline, or waiting where it said it would be back
    retained replay ──> waiting ──2.5 hb──> offline (unverified until it speaks itself)
    nothing ever ──> unknown

Over these lie: a standing fault (faulty, while connected), a safety alert (always),
and the schedule (silent while closed is asleep, not broken). The verdict of a
person is another axis: `exhibits.registry.rules.Verdict`.

A device speaks in sessions (boot, n). What belongs to an older session than the
newest one known is late, and late news is no news.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from edge.wire.messages import (
    AppState,
    Birth,
    Heartbeat,
    Presence,
    PresenceState,
    Record,
    Severity,
    TimeQuality,
)
from vizium.kernel.clock import to_epoch_ms

# A heartbeat varies by 20 %: after 2.4 intervals two of them are missing for certain.
STALE_AFTER_HEARTBEATS = 2.5
OFFLINE_AFTER_HEARTBEATS = 5
# The broker waits as long before it sends a will; most dips end within it.
GRACE = timedelta(seconds=20)
# A small computer with an update to install; longer and somebody should look.
RESTART_GRACE = timedelta(seconds=120)
# Messages that the network delayed within one boot; more is a counter that wrapped at 2**32 ms.
_LATE_MS_MAX = 60 * 60 * 1000
# How far a device's clock may jump when it is set: what the wire tolerates ahead.
_CLOCK_JUMP_MS_MAX = 5 * 60 * 1000
_COMES_BACK = frozenset({"reboot", "update"})
_PATIENCE = {
    PresenceState.LOST: GRACE,
    PresenceState.STARTING: RESTART_GRACE,
    PresenceState.BYE: RESTART_GRACE,
}


class Signal(StrEnum):
    """How an exhibit's device does, worst last but for the two that say nothing of it."""

    ONLINE = "online"
    WAITING = "waiting"
    STALE = "stale"
    OFFLINE = "offline"
    FAULTY = "faulty"
    ASLEEP = "asleep"
    UNKNOWN = "unknown"


CONNECTED = frozenset({Signal.ONLINE, Signal.WAITING, Signal.STALE})
SEVERE = frozenset({Severity.FAULT, Severity.SAFETY})


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is known of one device now; the newest facts only."""

    boot: str | None = None
    n: int | None = None
    boot_started_ms: int | None = None
    mono_ms: int | None = None
    presence: PresenceState | None = None
    presence_at: datetime | None = None
    presence_retained: bool = False
    """Replayed by the broker: true once, not verified since."""
    comes_back: bool = False
    """The device said goodbye for a restart."""
    heard_at: datetime | None = None
    heartbeat_s: int = 30
    app: AppState = AppState.OK


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """When the centre is open on one day; ends before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """From this instant on the signal is this, until the next step."""

    at: datetime
    signal: Signal


def hear(
    pulse: Pulse, message: Presence | Birth | Heartbeat | Record, received_at: datetime
) -> Pulse | None:
    """What is known after a message; None if it says nothing new of the present.

    Late wills, older sessions and records from a spool are such: they are facts of the past.
    """
    if isinstance(message, Presence):
        return _hear_presence(pulse, message, received_at)
    if isinstance(message, Record):
        return _hear_record(pulse, message, received_at)
    if _is_older(pulse, message) or _is_unverified_repeat(pulse, message):
        return None
    heard = _alive(pulse, message, received_at)
    if isinstance(message, Birth):
        return replace(heard, n=message.n, heartbeat_s=message.heartbeat_s)
    return replace(heard, n=message.n, app=message.app)


def steps(pulse: Pulse, worst: Severity | None) -> tuple[Step, ...]:
    """The signals to come if nothing more is heard, first the one that holds since the last news.

    Args:
        worst: the worst alert that stands, if any.
    """
    bare = _silence(pulse)
    laid_over = [Step(step.at, _with_faults(step.signal, pulse.app, worst)) for step in bare]
    merged = laid_over[:1]
    for before, step in pairwise(laid_over):
        if step.signal != before.signal:
            merged.append(step)
    return tuple(merged)


def signal_at(pulse: Pulse, worst: Severity | None, now: datetime) -> Signal:
    """The signal at an instant, without the schedule."""
    signal = Signal.UNKNOWN
    for step in steps(pulse, worst):
        if signal is Signal.UNKNOWN or step.at <= now:
            signal = step.signal
    return signal


def next_change_at(pulse: Pulse, worst: Severity | None, now: datetime) -> datetime | None:
    """When the signal changes by silence alone; None if it never will."""
    return next((step.at for step in steps(pulse, worst)[1:] if step.at > now), None)


def with_schedule(signal: Signal, *, is_open: bool) -> Signal:
    """Silent while the centre is closed is asleep; a fault stays a fault."""
    if not is_open and signal in {Signal.OFFLINE, Signal.STALE, Signal.WAITING}:
        return Signal.ASLEEP
    return signal


def worst_of(severities: Sequence[Severity]) -> Severity | None:
    """The worst of some severities; they are declared mildest first."""
    order = list(Severity)
    return max(severities, key=order.index, default=None)


def changes_since(
    pulse: Pulse, worst: Severity | None, since: Step | None, until: datetime
) -> Iterator[Step]:
    """The changes that silence made after a settled step, up to an instant."""
    last = since
    for step in steps(pulse, worst):
        if step.at > until:
            return
        if last is None or (step.at > last.at and step.signal != last.signal):
            last = step
            yield step


def _silence(pulse: Pulse) -> tuple[Step, ...]:
    at = pulse.presence_at
    if pulse.presence is None or at is None:
        return ()
    heartbeat = timedelta(seconds=pulse.heartbeat_s)
    if pulse.presence_retained and pulse.presence is not PresenceState.REMOVED:
        return _fading(at, Signal.WAITING, heartbeat * STALE_AFTER_HEARTBEATS)
    match pulse.presence:
        case PresenceState.REMOVED:
            return (Step(at, Signal.UNKNOWN),)
        case PresenceState.BYE if not pulse.comes_back:
            return (Step(at, Signal.OFFLINE),)
        case PresenceState.ONLINE:
            heard = pulse.heard_at or at
            stale_at = heard + heartbeat * STALE_AFTER_HEARTBEATS
            offline_after = heartbeat * (OFFLINE_AFTER_HEARTBEATS - STALE_AFTER_HEARTBEATS)
            return (Step(heard, Signal.ONLINE), *_fading(stale_at, Signal.STALE, offline_after))
        case _:
            return _fading(at, Signal.WAITING, _PATIENCE[pulse.presence])


def _fading(at: datetime, signal: Signal, lasts: timedelta) -> tuple[Step, ...]:
    return Step(at, signal), Step(at + lasts, Signal.OFFLINE)


def _with_faults(signal: Signal, app: AppState, worst: Severity | None) -> Signal:
    if worst is Severity.SAFETY:
        return Signal.FAULTY
    is_faulty = worst is Severity.FAULT or app is AppState.FAULT
    return Signal.FAULTY if is_faulty and signal in CONNECTED else signal


def _hear_presence(pulse: Pulse, message: Presence, received_at: datetime) -> Pulse | None:
    if _is_late_presence(pulse, message):
        return None
    if message.retained and not _replay_says_more(pulse, message, received_at):
        return None
    heard = pulse
    if message.boot is not None and message.boot != pulse.boot:
        heard = replace(pulse, boot=message.boot, n=None, boot_started_ms=None, mono_ms=None)
    is_alive = message.state in {PresenceState.ONLINE, PresenceState.STARTING}
    return replace(
        heard,
        n=heard.n if message.n is None else message.n,
        presence=message.state,
        presence_at=received_at,
        presence_retained=message.retained,
        comes_back=message.why in _COMES_BACK,
        heard_at=received_at if is_alive and not message.retained else heard.heard_at,
    )


def _is_late_presence(pulse: Pulse, message: Presence) -> bool:
    if pulse.boot is None or message.boot is None:
        return False
    if message.boot == pulse.boot:
        return message.n is not None and pulse.n is not None and message.n < pulse.n
    # A will tells nothing of when it was written, so only the newest session's counts: the end of
    # a session that was never heard shows itself by silence.
    if message.state in {PresenceState.LOST, PresenceState.BYE}:
        return True
    if message.at_ms is None or pulse.heard_at is None:
        return message.retained
    return message.at_ms < to_epoch_ms(pulse.heard_at) - _CLOCK_JUMP_MS_MAX


def _replay_says_more(pulse: Pulse, message: Presence, received_at: datetime) -> bool:
    """Whether a retained presence tells what the database does not know already."""
    if pulse.presence is None or message.boot != pulse.boot or message.n != pulse.n:
        return True
    if pulse.presence_retained:
        return message.state is not pulse.presence
    if message.state is PresenceState.ONLINE:
        return signal_at(pulse, None, received_at) not in CONNECTED
    return message.state is not pulse.presence


def _hear_record(pulse: Pulse, message: Record, received_at: datetime) -> Pulse | None:
    if message.historical or message.retained or _is_older(pulse, message):
        return None
    return _alive(pulse, message, received_at)


def _is_unverified_repeat(pulse: Pulse, message: Birth | Heartbeat) -> bool:
    return message.retained and message.boot == pulse.boot


def _alive(pulse: Pulse, message: Birth | Heartbeat | Record, received_at: datetime) -> Pulse:
    """The pulse after a proof of life; a replay proves only that there once was some."""
    is_new_boot = message.boot != pulse.boot
    return replace(
        pulse,
        boot=message.boot,
        n=None if is_new_boot else pulse.n,
        boot_started_ms=_boot_started_ms(message, received_at)
        if is_new_boot or pulse.boot_started_ms is None
        else pulse.boot_started_ms,
        mono_ms=message.mono_ms,
        presence=PresenceState.ONLINE,
        presence_at=received_at,
        presence_retained=message.retained,
        comes_back=False,
        heard_at=pulse.heard_at if message.retained else received_at,
        app=AppState.OK if is_new_boot else pulse.app,
    )


def _is_older(pulse: Pulse, message: Birth | Heartbeat | Record) -> bool:
    if pulse.boot is None:
        return False
    if message.boot == pulse.boot:
        n = None if isinstance(message, Record) else message.n
        if n is not None and pulse.n is not None and n < pulse.n:
            return True
        return pulse.mono_ms is not None and 0 < pulse.mono_ms - message.mono_ms <= _LATE_MS_MAX
    if pulse.boot_started_ms is None or message.at_quality is TimeQuality.ESTIMATED:
        return message.retained
    started_ms = message.at_ms - message.mono_ms
    return started_ms < pulse.boot_started_ms - _CLOCK_JUMP_MS_MAX


def _boot_started_ms(message: Birth | Heartbeat | Record, received_at: datetime) -> int:
    if message.at_quality is TimeQuality.DEVICE:
        return message.at_ms - message.mono_ms
    return to_epoch_ms(received_at) - message.mono_ms
