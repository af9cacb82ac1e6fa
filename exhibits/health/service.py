"""Hear a batch: keep the newest facts of each device, its alerts, and how its signal changed.

The rows of all devices in a batch are locked first, in one order, so two processes
that hear the same device wait for each other and none deadlocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from edge.wire.messages import Alert, Birth, Heartbeat, Presence, Record, Severity
from exhibits.health.models import DeviceAlert, DeviceCard, DevicePulse, SignalChange
from exhibits.health.queries import PULSE_COLUMNS, to_pulse
from exhibits.health.rules import Pulse, Signal, Step, changes_since, hear, signal_at, worst_of
from exhibits.registry.models import Exhibit
from vizium.db.inserts import insert_for
from vizium.kernel.clock import from_epoch_ms
from vizium.kernel.ids import new_id

Heard = Presence | Birth | Heartbeat | Record | Alert


@dataclass(slots=True)
class Listener:
    """What is known of one exhibit's device while a batch is heard."""

    exhibit: str
    pulse: Pulse
    settled: Step | None
    alerts: dict[str, DeviceAlert] = field(default_factory=dict)
    """Standing alerts, keyed by code."""
    birth: Birth | None = None
    changes: list[Step] = field(default_factory=list)
    has_news: bool = False

    @property
    def worst(self) -> Severity | None:
        """The worst alert that stands."""
        return worst_of([alert.severity for alert in self.alerts.values()])


def lock_listeners(session: Session, devices: Iterable[str]) -> dict[str, Listener]:
    """Lock what is known of devices until the transaction ends; keyed by exhibit.

    A device that no exhibit has claimed is not in the answer.
    """
    claimed = session.scalars(select(Exhibit.code).where(Exhibit.code.in_(sorted(set(devices)))))
    codes = sorted(claimed)
    found = _lock(session, codes)
    if len(found) < len(codes):
        missing = insert_for(session, DevicePulse).on_conflict_do_nothing()
        session.execute(missing, [{"exhibit": code} for code in codes])
        found = _lock(session, codes)
    standing = select(DeviceAlert).where(
        DeviceAlert.exhibit.in_(codes), DeviceAlert.cleared_at.is_(None)
    )
    for alert in session.scalars(standing):
        found[alert.exhibit].alerts[alert.code] = alert
    return found


def hear_message(
    session: Session, listener: Listener, message: Heard, received_at: datetime
) -> bool:
    """Take one message in; False if it tells nothing new of the present.

    Nothing but alerts is written before `settle_listeners`.
    """
    if isinstance(message, Alert):
        is_news = _hear_alert(session, listener, message, received_at)
    else:
        pulse = hear(listener.pulse, message, received_at)
        is_news = pulse is not None
        if pulse is not None:
            _fill_silence(listener, received_at)
            listener.pulse = pulse
        if is_news and isinstance(message, Birth):
            listener.birth = message
    listener.has_news |= is_news
    return is_news


def settle_listeners(
    session: Session, listeners: Iterable[Listener], received_at: datetime
) -> None:
    """Write what a batch has changed, a statement a table."""
    changed = [listener for listener in listeners if listener.has_news]
    for listener in changed:
        _settle_signal(listener, received_at)
    _write_pulses(session, changed)
    _write_changes(session, changed)
    _write_cards(session, changed, received_at)


def _lock(session: Session, codes: Sequence[str]) -> dict[str, Listener]:
    query = (
        select(
            DevicePulse.exhibit,
            DevicePulse.settled_at,
            DevicePulse.settled_signal,
            *PULSE_COLUMNS,
        )
        .where(DevicePulse.exhibit.in_(codes))
        .order_by(DevicePulse.exhibit)
        .with_for_update()
    )
    found: dict[str, Listener] = {}
    for row in session.execute(query):
        exhibit, at, signal = row[:3]
        settled = None if at is None or signal is None else Step(at, signal)
        found[exhibit] = Listener(exhibit, to_pulse(row, 3), settled)
    return found


def _hear_alert(
    session: Session, listener: Listener, message: Alert, received_at: datetime
) -> bool:
    standing = listener.alerts.get(message.code)
    if message.severity is None:
        if standing is None:
            return False
        _fill_silence(listener, received_at)
        standing.cleared_at = received_at
        del listener.alerts[message.code]
        return True
    if standing is not None:
        if (standing.severity, standing.message) == (message.severity, message.text):
            return False
        _fill_silence(listener, received_at)
        standing.severity, standing.message = message.severity, message.text
        return True
    _fill_silence(listener, received_at)
    alert = DeviceAlert(
        id=new_id(received_at),
        exhibit=listener.exhibit,
        code=message.code,
        severity=message.severity,
        message=message.text,
        since=None if message.since_ms is None else from_epoch_ms(message.since_ms),
        raised_at=received_at,
    )
    session.add(alert)
    listener.alerts[message.code] = alert
    return True


def _fill_silence(listener: Listener, until: datetime) -> None:
    """Write down what silence changed under the facts that are about to be replaced."""
    if not listener.has_news:
        steps = changes_since(listener.pulse, listener.worst, listener.settled, until)
        for step in steps:
            _change(listener, step)


def _settle_signal(listener: Listener, received_at: datetime) -> None:
    signal = signal_at(listener.pulse, listener.worst, received_at)
    if listener.settled is None or signal != listener.settled.signal:
        # Another process may have settled a batch it received a moment later: time never goes back.
        at = received_at if listener.settled is None else max(received_at, listener.settled.at)
        _change(listener, Step(at, signal))


def _change(listener: Listener, step: Step) -> None:
    listener.changes.append(step)
    listener.settled = step


def _write_pulses(session: Session, listeners: Sequence[Listener]) -> None:
    rows: list[dict[str, object]] = [
        {
            "exhibit": listener.exhibit,
            "settled_at": listener.settled.at if listener.settled else None,
            "settled_signal": listener.settled.signal if listener.settled else None,
            **asdict(listener.pulse),
        }
        for listener in listeners
    ]
    if rows:
        session.execute(update(DevicePulse), rows)


def _write_changes(session: Session, listeners: Sequence[Listener]) -> None:
    signals: dict[tuple[str, datetime], Signal] = {}
    for listener in listeners:
        for step in listener.changes:
            signals[listener.exhibit, step.at] = step.signal
    rows: list[dict[str, object]] = [
        {"exhibit": exhibit, "at": at, "signal": signal}
        for (exhibit, at), signal in signals.items()
    ]
    if rows:
        insert = insert_for(session, SignalChange)
        replacing = insert.on_conflict_do_update(
            index_elements=["exhibit", "at"], set_={"signal": insert.excluded.signal}
        )
        session.execute(replacing, rows)


def _write_cards(session: Session, listeners: Sequence[Listener], received_at: datetime) -> None:
    rows: list[dict[str, object]] = [
        {
            "exhibit": listener.exhibit,
            "born_at": received_at,
            "model": birth.model,
            "firmware": birth.firmware,
            "serial": birth.serial,
            "mac": birth.mac,
            "ip": birth.ip,
            "uplink": birth.uplink,
            "clock": birth.clock,
            "config_revision": birth.config_revision,
        }
        for listener in listeners
        if (birth := listener.birth) is not None
    ]
    if rows:
        insert = insert_for(session, DeviceCard)
        fields = {name: insert.excluded[name] for name in rows[0] if name != "exhibit"}
        session.execute(insert.on_conflict_do_update(index_elements=["exhibit"], set_=fields), rows)
