"""The floor as the board shows it, and what became of every message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from edge.wire.messages import DeadLetterReason
from exhibits.health.queries import HealthRow, OpeningHours, get_health, list_health, list_signals
from exhibits.health.rules import OpenSpan, Signal
from exhibits.maintenance.queries import FaultRow, list_open_faults
from exhibits.registry.queries import (
    ExhibitRow,
    GalleryRow,
    get_exhibit,
    get_floor_version,
    list_exhibits,
    list_galleries,
    list_verdicts,
)
from exhibits.telemetry.models import DeadLetterEntry, Tally, UnclaimedDevice
from exhibits.telemetry.rules import (
    PROBLEMS,
    Availability,
    Condition,
    LetterState,
    Standing,
    VerdictStep,
    availability,
    count_standings,
    signals_by_quarter,
    standing_of,
)
from exhibits.usage.queries import TotalRow, count_uses_of_day, list_sessions
from exhibits.usage.rules import Span, start_of, uses_by_quarter
from vizium.kernel.clock import local_date, to_riga

_QUARTERS_A_DAY = 96


@dataclass(frozen=True, slots=True)
class TileRow:
    """One exhibit on the board: the signal of its device and the verdict of a person."""

    at: datetime
    exhibit: ExhibitRow
    health: HealthRow
    fault: FaultRow | None
    uses_today: int
    standing: Standing

    @property
    def face(self) -> tuple[object, ...]:
        """All that a tile shows but its age: two equal faces look the same."""
        return (
            self.exhibit,
            self.health.signal,
            self.health.worst,
            tuple((alert.code, alert.message) for alert in self.health.alerts),
            self.fault.reports if self.fault else 0,
            self.uses_today,
        )

    @property
    def age_s(self) -> int | None:
        """How old the last reading was when the board was read; None if there is none."""
        heard_at = self.health.heard_at
        return None if heard_at is None else int((self.at - heard_at).total_seconds())

    @property
    def code(self) -> str:
        """The exhibit's code."""
        return self.exhibit.code

    @property
    def signal(self) -> Signal:
        """The device's signal."""
        return self.health.signal


@dataclass(frozen=True, slots=True)
class Board:
    """The whole floor at one instant."""

    at: datetime
    version: int
    galleries: Sequence[GalleryRow]
    tiles: Sequence[TileRow]

    @property
    def counts(self) -> Mapping[Standing, int]:
        """How many exhibits stand where."""
        return count_standings(tile.standing for tile in self.tiles)

    @property
    def problems(self) -> list[TileRow]:
        """What somebody should look at, the worst first."""
        order = list(Standing)
        found = [tile for tile in self.tiles if tile.standing in PROBLEMS]
        return sorted(found, key=lambda tile: (order.index(tile.standing), tile.code))

    @property
    def next_change_at(self) -> datetime | None:
        """When silence alone will change the board."""
        instants = [tile.health.next_change_at for tile in self.tiles]
        return min((at for at in instants if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class DayRow:
    """The last day of an exhibit, a value a quarter of an hour."""

    since: datetime
    signals: Sequence[Signal]
    uses: Sequence[int]

    @property
    def runs(self) -> list[tuple[int, int, Signal]]:
        """Stretches of one signal: first quarter, how many, which signal."""
        found: list[tuple[int, int, Signal]] = []
        for signal, quarters in groupby(range(len(self.signals)), self.signals.__getitem__):
            indices = list(quarters)
            found.append((indices[0], len(indices), signal))
        return found

    @property
    def hours(self) -> list[tuple[datetime, list[Signal], int]]:
        """The same for a table: start, the signals of the hour, its uses."""
        return [
            (
                self.since + timedelta(minutes=15 * first),
                sorted(set(self.signals[first : first + 4])),
                sum(self.uses[first : first + 4]),
            )
            for first in range(0, len(self.signals), 4)
        ]


@dataclass(frozen=True, slots=True)
class StatsRow:
    """How many messages went where since the centre began; the four add up to ``received``."""

    received: int
    stored: int
    repeated: int
    dead_letter: int
    unclaimed: int
    replayed: int
    lag_ms: int
    last_at: datetime | None

    @property
    def lag_s(self) -> float:
        """How old the newest live message was when it was stored."""
        return self.lag_ms / 1000


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One dead letter."""

    id: str
    at: datetime
    topic: str
    payload: bytes
    payload_bytes: int
    reason: DeadLetterReason
    detail: str
    device: str | None
    state: LetterState


@dataclass(frozen=True, slots=True)
class UnclaimedRow:
    """A device that no exhibit has claimed."""

    source: str
    first_at: datetime
    last_at: datetime
    messages: int
    model: str | None
    serial: str | None


def get_board(session: Session, *, opening: OpeningHours, now: datetime) -> Board:
    """The floor at an instant: every exhibit, also one that was never heard."""
    version = get_floor_version(session)
    health = list_health(session, opening=opening, now=now)
    faults = list_open_faults(session)
    uses = count_uses_of_day(session, now)
    tiles = [
        _tile(now, exhibit, health.get(exhibit.code), faults.get(exhibit.code), uses)
        for exhibit in list_exhibits(session)
    ]
    return Board(now, version, list_galleries(session), tiles)


def get_tile(session: Session, code: str, *, opening: OpeningHours, now: datetime) -> TileRow:
    """One exhibit as the board shows it.

    Raises:
        NotFound: no such exhibit.
    """
    exhibit = get_exhibit(session, code)
    health = get_health(session, code, opening=opening, now=now)
    fault = list_open_faults(session).get(code)
    return _tile(now, exhibit, health, fault, count_uses_of_day(session, now))


def _tile(
    at: datetime,
    exhibit: ExhibitRow,
    health: HealthRow | None,
    fault: FaultRow | None,
    uses: Mapping[str, TotalRow],
) -> TileRow:
    found = health or HealthRow(exhibit.code, Signal.UNKNOWN, None, None, (), None)
    condition = Condition(found.signal, exhibit.verdict, found.worst, fault is not None)
    today = uses.get(exhibit.code)
    return TileRow(at, exhibit, found, fault, today.uses if today else 0, standing_of(condition))


def get_day(session: Session, code: str, *, opening: OpeningHours, now: datetime) -> DayRow:
    """The last 24 hours of an exhibit by quarter of an hour, the present one last."""
    quarter = timedelta(minutes=15)
    until = start_of(Span.HOUR, now) + quarter * (to_riga(now).minute // 15 + 1)
    since = until - quarter * _QUARTERS_A_DAY
    steps = list_signals(session, code, since, now)
    days = sorted({local_date(since), local_date(until)})
    spans = [span for day in days if (span := opening(session, day)) is not None]
    signals = signals_by_quarter(steps, since, quarters=_QUARTERS_A_DAY, spans=spans)
    starts = [found.started_at for found in list_sessions(session, code, since, until)]
    return DayRow(since, signals, uses_by_quarter(starts, since, quarters=_QUARTERS_A_DAY))


def get_availability(
    session: Session, code: str, *, opening: OpeningHours, since: datetime, until: datetime
) -> Availability:
    """How much of the opening hours of a period an exhibit was there for visitors."""
    steps = list_signals(session, code, since, until)
    verdicts = [VerdictStep(row.at, row.verdict) for row in reversed(list_verdicts(session, code))]
    spans: list[OpenSpan] = []
    day = local_date(since)
    while day <= local_date(until):
        span = opening(session, day)
        if span is not None and max(span.start, since) < min(span.end, until):
            spans.append(OpenSpan(max(span.start, since), min(span.end, until)))
        day += timedelta(days=1)
    return availability(steps, verdicts, spans)


def get_stats(session: Session) -> StatsRow:
    """How many messages went where."""
    row = session.execute(
        select(
            Tally.received,
            Tally.stored,
            Tally.repeated,
            Tally.dead_letter,
            Tally.unclaimed,
            Tally.replayed,
            Tally.lag_ms,
            Tally.last_at,
        )
    ).one()
    return StatsRow(*row)


def list_dead_letters(
    session: Session, *, before: str | None = None, most: int = 50
) -> list[LetterRow]:
    """Dead letters, newest first; `before` is the id of the last one seen."""
    query = select(
        DeadLetterEntry.id,
        DeadLetterEntry.at,
        DeadLetterEntry.topic,
        DeadLetterEntry.payload,
        DeadLetterEntry.payload_bytes,
        DeadLetterEntry.reason,
        DeadLetterEntry.detail,
        DeadLetterEntry.device,
        DeadLetterEntry.state,
    )
    if before is not None:
        query = query.where(DeadLetterEntry.id < before)
    newest = query.order_by(DeadLetterEntry.id.desc()).limit(most)
    return [LetterRow(*row) for row in session.execute(newest)]


def list_unclaimed(session: Session) -> list[UnclaimedRow]:
    """Devices that no exhibit has claimed, the last heard first."""
    query = select(
        UnclaimedDevice.source,
        UnclaimedDevice.first_at,
        UnclaimedDevice.last_at,
        UnclaimedDevice.messages,
        UnclaimedDevice.model,
        UnclaimedDevice.serial,
    )
    return [
        UnclaimedRow(*row)
        for row in session.execute(query.order_by(UnclaimedDevice.last_at.desc()).limit(200))
    ]
