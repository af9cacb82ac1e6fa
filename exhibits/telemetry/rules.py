"""Where each message goes, and what the board says of an exhibit; pure.

One exhibit has one place in the board's sentence. Two axes meet there: the signal of
its device and the verdict of a person. The worse decides, and an exhibit that was
taken off the floor is not counted among the broken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from edge.wire.messages import Event, Gap, Metrics, RecordBody, Severity, State, Use
from exhibits.health.rules import CONNECTED, OpenSpan, Signal, Step, with_schedule
from exhibits.registry.rules import Verdict
from vizium.kernel.errors import VizError

# What one transaction takes: more would hold the locks of the devices for too long.
BATCH_MESSAGES_MAX = 500
_QUARTER = timedelta(minutes=15)
# Of several signals in a quarter of an hour, the one that a technician looks for.
_WORRY = (
    Signal.UNKNOWN,
    Signal.ASLEEP,
    Signal.ONLINE,
    Signal.WAITING,
    Signal.STALE,
    Signal.OFFLINE,
    Signal.FAULTY,
)


class BatchTooLarge(VizError):
    """A caller sent more messages at once than one transaction takes."""


class LetterState(StrEnum):
    """What became of a dead letter."""

    KEPT = "kept"
    REPLAYED = "replayed"


class Standing(StrEnum):
    """An exhibit's place in the board's sentence, worst first."""

    BROKEN = "broken"
    WARNING = "warning"
    SILENT = "silent"
    WAITING = "waiting"
    WORKING = "working"
    ASLEEP = "asleep"
    OFF_FLOOR = "off_floor"


PROBLEMS = frozenset({Standing.BROKEN, Standing.WARNING, Standing.SILENT})
"""What the board lists before its map."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What decides an exhibit's standing."""

    signal: Signal
    verdict: Verdict
    worst: Severity | None
    has_fault: bool


def standing_of(condition: Condition) -> Standing:
    """Where an exhibit stands.

    No data is not down and not fine: unknown is silent, and so is offline.
    """
    if condition.verdict is Verdict.OFF_FLOOR:
        return Standing.OFF_FLOOR
    if condition.verdict is Verdict.BROKEN or condition.signal is Signal.FAULTY:
        return Standing.BROKEN
    if condition.signal in {Signal.OFFLINE, Signal.UNKNOWN}:
        return Standing.SILENT
    if _is_doubtful(condition):
        return Standing.WARNING
    return _STANDING_BY_SIGNAL[condition.signal]


def count_standings(standings: Iterable[Standing]) -> Mapping[Standing, int]:
    """How many exhibits stand where, worst first; all standings are keys."""
    counted = Counter(standings)
    return {standing: counted[standing] for standing in Standing}


def age_words(age_s: int | None) -> str:
    """An age as short as a tile needs it, in both languages: ``4 s 12 min 3 h 9 d``."""
    if age_s is None:
        return ""
    if age_s < 60:
        return f"{max(age_s, 0)} s"
    if age_s < 3600:
        return f"{age_s // 60} min"
    return f"{age_s // 3600} h" if age_s < 172_800 else f"{age_s // 86_400} d"


def signals_by_quarter(
    steps: Sequence[Step], since: datetime, *, quarters: int, spans: Sequence[OpenSpan]
) -> list[Signal]:
    """The signal of each quarter of an hour: of those that held in it, the one to worry about.

    Args:
        steps: the first at `since`, ascending; without the schedule.
        spans: when the centre was open.
    """
    bounds = [since + _QUARTER * index for index in range(quarters + 1)]
    return [
        _worst_between(
            steps, start, end, is_open=any(s.start < end and s.end > start for s in spans)
        )
        for start, end in pairwise(bounds)
    ]


@dataclass(frozen=True, slots=True)
class VerdictStep:
    """From this instant on a person said this."""

    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Availability:
    """How much of the opening hours an exhibit was there for visitors."""

    up_s: int
    down_s: int
    unknown_s: int
    failures: int

    @property
    def share_bp(self) -> int | None:
        """The share of the known time, in basis points; None if nothing is known."""
        known_s = self.up_s + self.down_s
        return round(self.up_s * 10_000 / known_s) if known_s else None

    @property
    def mtbf_h(self) -> float | None:
        """Hours of service between failures; None without a failure."""
        return round(self.up_s / 3600 / self.failures, 2) if self.failures else None

    @property
    def mttr_h(self) -> float | None:
        """Opening hours lost to a failure; None without a failure."""
        return round(self.down_s / 3600 / self.failures, 2) if self.failures else None


def availability(
    steps: Sequence[Step], verdicts: Sequence[VerdictStep], spans: Sequence[OpenSpan]
) -> Availability:
    """Weigh signals and verdicts by their duration within opening hours.

    Off the floor is maintenance and counts as nothing; no data is neither up nor down; a person's
    "broken" is down whatever the device says.
    """
    seconds: Counter[bool | None] = Counter()
    failures = 0
    was_up: bool | None = None
    for span in spans:
        cuts = {span.start, span.end}
        instants = [*(step.at for step in steps), *(step.at for step in verdicts)]
        cuts.update(at for at in instants if span.start < at < span.end)
        for start, end in pairwise(sorted(cuts)):
            verdict = _held(verdicts, start, Verdict.WORKS)
            if verdict is Verdict.OFF_FLOOR:
                was_up = None
                continue
            is_up = _is_up(_signal_held(steps, start), verdict)
            failures += is_up is False and was_up is not False
            was_up = is_up
            seconds[is_up] += round((end - start).total_seconds())
    return Availability(seconds[True], seconds[False], seconds[None], failures)


def body_as_json(body: RecordBody) -> dict[str, object]:
    """A record's body in the wire's own words."""
    match body:
        case Metrics(values) | State(values):
            return dict(values)
        case Event(name, key):
            return {"e": name, "k": key}
        case Gap(first, last):
            return {"gap": [first, last]}
        case Use():
            return {
                "id": body.id,
                "t0": body.started_ms,
                "t1": body.ended_ms,
                "acts": body.acts,
                "end": body.end.value,
                "lang": body.language,
            }


def _is_doubtful(condition: Condition) -> bool:
    return (
        condition.signal is Signal.STALE
        or condition.verdict is Verdict.WORKS_PARTLY
        or condition.worst is Severity.WARN
        or condition.has_fault
    )


_STANDING_BY_SIGNAL: Mapping[Signal, Standing] = {
    Signal.ONLINE: Standing.WORKING,
    Signal.WAITING: Standing.WAITING,
    Signal.ASLEEP: Standing.ASLEEP,
}


def _worst_between(
    steps: Sequence[Step], start: datetime, end: datetime, *, is_open: bool
) -> Signal:
    held = [_signal_held(steps, start), *(s.signal for s in steps if start < s.at < end)]
    return max((with_schedule(signal, is_open=is_open) for signal in held), key=_WORRY.index)


def _signal_held(steps: Sequence[Step], at: datetime) -> Signal:
    return next((step.signal for step in reversed(steps) if step.at <= at), Signal.UNKNOWN)


def _held(verdicts: Sequence[VerdictStep], at: datetime, first: Verdict) -> Verdict:
    return next((step.verdict for step in reversed(verdicts) if step.at <= at), first)


def _is_up(signal: Signal, verdict: Verdict) -> bool | None:
    if verdict is Verdict.BROKEN:
        return False
    if signal is Signal.UNKNOWN:
        return None
    return signal in CONNECTED
