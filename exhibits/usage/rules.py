"""How sessions become roll-ups: a use counts where it began, busy time where it was spent.

Roll-ups are sums, and each session is stored once, so late data repairs them by
being added: there is nothing to recompute. A day is a day in Riga, 23 to 25 hours.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from statistics import median

from vizium.kernel.clock import from_wall, local_date, to_epoch_ms


class Span(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor's time at an exhibit."""

    exhibit: str
    started_at: datetime
    dwell_ms: int

    @property
    def ended_at(self) -> datetime:
        """When the visitor left."""
        return self.started_at + timedelta(milliseconds=self.dwell_ms)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Key of a roll-up."""

    exhibit: str
    span: Span
    start_at: datetime


@dataclass(frozen=True, slots=True)
class Amount:
    """Content of a roll-up."""

    uses: int
    busy_ms: int


def roll_up(sessions: Iterable[Session]) -> dict[Bucket, Amount]:
    """What sessions add to the hours and days they touch; keyed by bucket."""
    total: dict[Bucket, Amount] = {}
    for session in sessions:
        for bucket, amount in _shares(session):
            before = total.get(bucket, Amount(0, 0))
            total[bucket] = Amount(before.uses + amount.uses, before.busy_ms + amount.busy_ms)
    return total


def start_of(span: Span, at: datetime) -> datetime:
    """The start of the hour or local day that holds an instant."""
    if span is Span.HOUR:
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return from_wall(local_date(at), time(0))


def end_of(span: Span, start: datetime) -> datetime:
    """The start of the next bucket."""
    if span is Span.HOUR:
        return start + timedelta(hours=1)
    return from_wall(local_date(start) + timedelta(days=1), time(0))


def median_dwell_s(dwell_ms: Iterable[int]) -> float | None:
    """The median of sessions' lengths in seconds; None without sessions."""
    lengths = list(dwell_ms)
    return round(median(lengths) / 1000, 1) if lengths else None


def uses_by_quarter(starts: Iterable[datetime], since: datetime, *, quarters: int) -> list[int]:
    """How many sessions began in each quarter of an hour from `since` on."""
    counts = [0] * quarters
    for start in starts:
        index = (start - since) // timedelta(minutes=15)
        if 0 <= index < quarters:
            counts[index] += 1
    return counts


def dwell_by_bucket(span: Span, sessions: Iterable[Session]) -> Mapping[datetime, list[int]]:
    """Sessions' lengths in ms, keyed by the start of the bucket they began in."""
    found: dict[datetime, list[int]] = {}
    for session in sessions:
        found.setdefault(start_of(span, session.started_at), []).append(session.dwell_ms)
    return found


def _shares(session: Session) -> Iterator[tuple[Bucket, Amount]]:
    for span in Span:
        start = start_of(span, session.started_at)
        uses = 1
        while start < session.ended_at or uses:
            end = end_of(span, start)
            inside_ms = to_epoch_ms(min(end, session.ended_at)) - to_epoch_ms(
                max(start, session.started_at)
            )
            yield Bucket(session.exhibit, span, start), Amount(uses, inside_ms)
            start, uses = end, 0
