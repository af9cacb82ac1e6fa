"""What devices said last, which alerts stand, and when each signal changed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from edge.wire.messages import AppState, PresenceState, Severity
from exhibits.health.rules import Signal
from vizium.db.base import Base, Id


class DevicePulse(Base):
    """The newest facts of one exhibit's device; what follows from them is derived on read."""

    __tablename__ = "health_pulse"
    __table_args__ = (CheckConstraint("heartbeat_s > 0", name="has_heartbeat"),)

    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"), primary_key=True)
    boot: Mapped[str | None]
    n: Mapped[int | None] = mapped_column(BigInteger)
    boot_started_ms: Mapped[int | None] = mapped_column(BigInteger)
    mono_ms: Mapped[int | None] = mapped_column(BigInteger)
    presence: Mapped[PresenceState | None]
    presence_at: Mapped[datetime | None]
    presence_retained: Mapped[bool] = mapped_column(default=False)
    comes_back: Mapped[bool] = mapped_column(default=False)
    heard_at: Mapped[datetime | None]
    heartbeat_s: Mapped[int] = mapped_column(default=30)
    app: Mapped[AppState] = mapped_column(default=AppState.OK)
    settled_at: Mapped[datetime | None]
    settled_signal: Mapped[Signal | None]


class DeviceCard(Base):
    """Who the device said it is, at its last birth."""

    __tablename__ = "health_card"

    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"), primary_key=True)
    born_at: Mapped[datetime]
    model: Mapped[str | None]
    firmware: Mapped[str | None]
    serial: Mapped[str | None]
    mac: Mapped[str | None]
    ip: Mapped[str | None]
    uplink: Mapped[str | None]
    clock: Mapped[str]
    config_revision: Mapped[int | None] = mapped_column(BigInteger)


class DeviceAlert(Base):
    """An alert from the instant it was raised to the instant it was cleared."""

    __tablename__ = "health_alert"
    __table_args__ = (
        Index(
            "ix_health_alert_one_standing",
            "exhibit",
            "code",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index(None, "exhibit", "raised_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"))
    code: Mapped[str]
    severity: Mapped[Severity]
    message: Mapped[str]
    since: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class SignalChange(Base):
    """From this instant on the signal was this; what silence changed is filled in at the next news.

    The schedule is not in it: whether silence was sleep is asked when it is read.
    """

    __tablename__ = "health_signal_change"

    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    signal: Mapped[Signal]
