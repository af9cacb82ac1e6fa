"""A gallery with exhibits, and what their devices say, for tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from edge.wire.messages import (
    Alert,
    AppState,
    Birth,
    Heartbeat,
    Message,
    Presence,
    PresenceState,
    Record,
    Severity,
    TimeQuality,
    UsageEnd,
    Use,
)
from exhibits.health.rules import OpenSpan
from exhibits.registry.service import load_exhibits, load_galleries
from exhibits.telemetry.service import record_batch
from vizium.kernel.clock import to_epoch_ms

BOOT = "01K6ZB3W8Q"
LATER_BOOT = "01K6ZC9999"
# The device had been up for so long when it speaks first.
MONO_MS = 10_000

GALLERY = {
    "code": "g-test",
    "title_lv": "Izmēģinājumu galerija",
    "title_en": "Trial Gallery",
    "capacity": "60",
    "color": "#2e7d32",
    "polygon": "20,20,400,200",
}


def exhibit_row(code: str, /, **values: str) -> dict[str, str]:
    """One row of an exhibits list; its values may be given otherwise."""
    row = {
        "code": code,
        "gallery": "g-test",
        "title_lv": f"Izmēģinājums {code}",
        "title_en": f"Trial {code}",
        "what_lv": "Nospied pogu un skaties, kas notiek.",
        "what_en": "Press the button and watch what happens.",
        "kind": "sensor",
        "x": "100",
        "y": "100",
        "signals": "press;use",
        "idle_gap_s": "45",
    }
    return row | values


def given_exhibits(session: Session, *codes: str) -> None:
    """A gallery with these exhibits, never heard."""
    load_galleries(session, [GALLERY])
    report = load_exhibits(session, [exhibit_row(code) for code in codes])
    assert report.rejected == ()


def given_heard(session: Session, batch: Sequence[Message], at: datetime) -> None:
    """The ingest heard these messages at an instant."""
    record_batch(session, batch, received_at=at)


def online(
    device: str, at: datetime, *, boot: str = BOOT, n: int = 1, retained: bool = False
) -> Presence:
    """The device came online."""
    return Presence(device, PresenceState.ONLINE, boot, n, to_epoch_ms(at), retained=retained)


def lost(device: str, *, boot: str = BOOT, n: int = 1, retained: bool = False) -> Presence:
    """The broker sent the device's will."""
    return Presence(device, PresenceState.LOST, boot, n, retained=retained)


def birth(
    device: str, at: datetime, *, boot: str = BOOT, n: int = 1, mono_ms: int = MONO_MS
) -> Birth:
    """The device said who it is."""
    return Birth(
        device=device,
        boot=boot,
        n=n,
        at_ms=to_epoch_ms(at),
        mono_ms=mono_ms,
        model="trial-1",
        firmware="1.0",
        heartbeat_s=30,
    )


def heartbeat(
    device: str,
    at: datetime,
    *,
    boot: str = BOOT,
    n: int = 1,
    mono_ms: int = MONO_MS,
    app: AppState = AppState.OK,
) -> Heartbeat:
    """The device said that it is here."""
    return Heartbeat(device, boot, n, to_epoch_ms(at), mono_ms, app=app)


def use(
    device: str,
    seq: int,
    started: datetime,
    *,
    dwell_s: int = 60,
    boot: str = BOOT,
    historical: bool = False,
) -> Record:
    """The device told of one visitor's time."""
    started_ms = to_epoch_ms(started)
    ended_ms = started_ms + dwell_s * 1000
    return Record(
        device=device,
        boot=boot,
        seq=seq,
        body=Use(f"u{seq}", started_ms, ended_ms, acts=3, end=UsageEnd.IDLE),
        at_ms=ended_ms,
        mono_ms=MONO_MS + seq,
        at_quality=TimeQuality.DEVICE,
        historical=historical,
    )


def alert(device: str, severity: Severity | None, code: str = "fan-stall") -> Alert:
    """The device raised an alert, or cleared it."""
    return Alert(device, code, severity, "The fan does not turn" if severity else "")


def always_open(_session: Session, _day: date) -> OpenSpan:
    """Opening hours of a centre that never closes."""
    return OpenSpan(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def never_open(_session: Session, _day: date) -> None:
    """Opening hours of a centre that never opens."""
