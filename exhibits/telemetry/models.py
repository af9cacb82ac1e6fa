"""Everything that was heard: each message in exactly one place, and counts that add up."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from edge.wire.messages import DeadLetterReason, TimeQuality
from exhibits.telemetry.rules import LetterState
from vizium.db.base import Base, Id


class StoredRecord(Base):
    """One record from an exhibit's spool; the device's time and ours stay apart.

    SQLite keeps the rows in the order of the key itself, without a second tree.
    """

    __tablename__ = "telemetry_record"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it once

    source: Mapped[str] = mapped_column(primary_key=True)
    boot: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    at_ms: Mapped[int] = mapped_column(BigInteger)
    quality: Mapped[TimeQuality]
    historical: Mapped[bool]
    received_at: Mapped[datetime]
    body: Mapped[dict[str, object]]


class LogEntry(Base):
    """A line of a device's log, or what it did with a command."""

    __tablename__ = "telemetry_log"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    level: Mapped[str]
    text: Mapped[str]


class DeadLetterEntry(Base):
    """Bytes that nobody understood, kept to be looked at and tried again."""

    __tablename__ = "telemetry_dead_letter"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    topic: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    payload_bytes: Mapped[int]
    reason: Mapped[DeadLetterReason]
    detail: Mapped[str]
    device: Mapped[str | None]
    retained: Mapped[bool]
    state: Mapped[LetterState]


class UnclaimedDevice(Base):
    """A device that speaks and that no exhibit has claimed."""

    __tablename__ = "telemetry_unclaimed"

    source: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    messages: Mapped[int] = mapped_column(BigInteger)
    model: Mapped[str | None]
    serial: Mapped[str | None]


class Tally(Base):
    """One row, made by the migration: how many messages went where, over all processes."""

    __tablename__ = "telemetry_tally"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_row"),
        CheckConstraint("received = stored + repeated + dead_letter + unclaimed", name="adds_up"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(BigInteger)
    repeated: Mapped[int] = mapped_column(BigInteger)
    dead_letter: Mapped[int] = mapped_column(BigInteger)
    unclaimed: Mapped[int] = mapped_column(BigInteger)
    replayed: Mapped[int] = mapped_column(BigInteger)
    lag_ms: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None]
