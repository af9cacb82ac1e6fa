"""Pulses, alerts and signals as frozen rows; a signal is derived at the instant asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from edge.wire.messages import Severity
from exhibits.health.models import DeviceAlert, DeviceCard, DevicePulse, SignalChange
from exhibits.health.rules import (
    OpenSpan,
    Pulse,
    Signal,
    Step,
    changes_since,
    next_change_at,
    signal_at,
    with_schedule,
    worst_of,
)
from vizium.kernel.clock import from_wall, local_date

OpeningHours = Callable[[Session, date], OpenSpan | None]
"""When the centre is open on a local day, None if it is not; the roof passes it in."""

PULSE_COLUMNS = (
    DevicePulse.boot,
    DevicePulse.n,
    DevicePulse.boot_started_ms,
    DevicePulse.mono_ms,
    DevicePulse.presence,
    DevicePulse.presence_at,
    DevicePulse.presence_retained,
    DevicePulse.comes_back,
    DevicePulse.heard_at,
    DevicePulse.heartbeat_s,
    DevicePulse.app,
)
"""In the order of the fields of `Pulse`."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert, standing or cleared."""

    exhibit: str
    code: str
    severity: Severity
    message: str
    since: datetime | None
    raised_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class HealthRow:
    """How one exhibit's device does at an instant."""

    exhibit: str
    signal: Signal
    heard_at: datetime | None
    worst: Severity | None
    alerts: tuple[AlertRow, ...]
    next_change_at: datetime | None
    """When silence alone will change the signal."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """Who a device said it is."""

    born_at: datetime
    model: str | None
    firmware: str | None
    serial: str | None
    mac: str | None
    ip: str | None
    uplink: str | None
    clock: str
    config_revision: int | None


def always_open(_session: Session, day: date) -> OpenSpan:
    """Opening hours of a centre that told none: nothing on its floor ever sleeps."""
    return OpenSpan(from_wall(day, time(0)), from_wall(day + timedelta(days=1), time(0)))


def list_health(
    session: Session, *, opening: OpeningHours, now: datetime
) -> Mapping[str, HealthRow]:
    """How every exhibit that was ever heard does; keyed by exhibit."""
    return _health(session, select(DevicePulse.exhibit, *PULSE_COLUMNS), opening, now)


def get_health(
    session: Session, exhibit: str, *, opening: OpeningHours, now: datetime
) -> HealthRow:
    """How one exhibit does; unknown if it was never heard."""
    query = select(DevicePulse.exhibit, *PULSE_COLUMNS).where(DevicePulse.exhibit == exhibit)
    never_heard = HealthRow(exhibit, Signal.UNKNOWN, None, None, (), None)
    return _health(session, query, opening, now).get(exhibit, never_heard)


def find_card(session: Session, exhibit: str) -> CardRow | None:
    """Who the device is; None if it never said."""
    query = select(
        DeviceCard.born_at,
        DeviceCard.model,
        DeviceCard.firmware,
        DeviceCard.serial,
        DeviceCard.mac,
        DeviceCard.ip,
        DeviceCard.uplink,
        DeviceCard.clock,
        DeviceCard.config_revision,
    )
    row = session.execute(query.where(DeviceCard.exhibit == exhibit)).one_or_none()
    return None if row is None else CardRow(*row)


def list_alerts(session: Session, exhibit: str, *, most: int = 20) -> list[AlertRow]:
    """An exhibit's alerts, standing and cleared, newest first."""
    query = (
        _select_alerts()
        .where(DeviceAlert.exhibit == exhibit)
        .order_by(DeviceAlert.raised_at.desc(), DeviceAlert.id.desc())
        .limit(most)
    )
    return [AlertRow(*row) for row in session.execute(query)]


def list_signals(session: Session, exhibit: str, since: datetime, until: datetime) -> list[Step]:
    """The signals of a period without the schedule, first the one that held at its start.

    What silence has changed since the last news is derived, as on every read.
    """
    before = (
        select(SignalChange.at, SignalChange.signal)
        .where(SignalChange.exhibit == exhibit, SignalChange.at <= since)
        .order_by(SignalChange.at.desc())
        .limit(1)
    )
    during = (
        select(SignalChange.at, SignalChange.signal)
        .where(SignalChange.exhibit == exhibit, SignalChange.at > since, SignalChange.at <= until)
        .order_by(SignalChange.at)
    )
    stored = [Step(*row) for row in [*session.execute(before), *session.execute(during)]]
    steps = [*stored, *_silent_steps(session, exhibit, until)]
    earlier = [step for step in steps if step.at <= since]
    first = earlier[-1].signal if earlier else Signal.UNKNOWN
    return [Step(since, first), *(step for step in steps if step.at > since)]


def to_pulse(row: Row[*tuple[Any, ...]], first: int) -> Pulse:
    """The columns of `PULSE_COLUMNS`, which stand in a row from `first` on."""
    return Pulse(*row[first : first + len(PULSE_COLUMNS)])


def _silent_steps(session: Session, exhibit: str, until: datetime) -> list[Step]:
    query = select(DevicePulse.settled_at, DevicePulse.settled_signal, *PULSE_COLUMNS)
    row = session.execute(query.where(DevicePulse.exhibit == exhibit)).one_or_none()
    if row is None:
        return []
    settled_at, settled_signal = row[:2]
    if settled_at is None or settled_signal is None:
        return []
    pulse = to_pulse(row, 2)
    worst = worst_of([alert.severity for alert in _standing(session).get(exhibit, [])])
    return list(changes_since(pulse, worst, Step(settled_at, settled_signal), until))


def _health(
    session: Session,
    query: Select[*tuple[Any, ...]],
    opening: OpeningHours,
    now: datetime,
) -> dict[str, HealthRow]:
    span = opening(session, local_date(now))
    standing = _standing(session)
    found: dict[str, HealthRow] = {}
    for row in session.execute(query):
        exhibit, pulse = str(row[0]), to_pulse(row, 1)
        alerts = standing.get(exhibit, [])
        worst = worst_of([alert.severity for alert in alerts])
        is_open = span is not None and span.start <= now < span.end
        found[exhibit] = HealthRow(
            exhibit=exhibit,
            signal=with_schedule(signal_at(pulse, worst, now), is_open=is_open),
            heard_at=pulse.heard_at,
            worst=worst,
            alerts=tuple(alerts),
            next_change_at=next_change_at(pulse, worst, now),
        )
    return found


def _standing(session: Session) -> dict[str, list[AlertRow]]:
    found: dict[str, list[AlertRow]] = {}
    query = _select_alerts().where(DeviceAlert.cleared_at.is_(None)).order_by(DeviceAlert.raised_at)
    for row in session.execute(query):
        found.setdefault(row.exhibit, []).append(AlertRow(*row))
    return found


def _select_alerts() -> Select[str, str, Severity, str, datetime | None, datetime, datetime | None]:
    return select(
        DeviceAlert.exhibit,
        DeviceAlert.code,
        DeviceAlert.severity,
        DeviceAlert.message,
        DeviceAlert.since,
        DeviceAlert.raised_at,
        DeviceAlert.cleared_at,
    )
