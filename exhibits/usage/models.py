"""Usage sessions, and how many of them there were by hour and by day."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from edge.wire.messages import UsageEnd
from exhibits.usage.rules import Span
from vizium.db.base import Base


class UsageSession(Base):
    """One visitor's time at an exhibit; its key is the record that told of it."""

    __tablename__ = "usage_session"
    __table_args__ = (
        CheckConstraint("dwell_ms >= 0", name="ends_after_start"),
        Index(None, "exhibit", "started_at"),
    )

    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"), primary_key=True)
    boot: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    session_id: Mapped[str]
    started_at: Mapped[datetime]
    dwell_ms: Mapped[int]
    acts: Mapped[int] = mapped_column(BigInteger)
    ending: Mapped[UsageEnd]
    language: Mapped[str | None]


class UsageRollUp(Base):
    """Uses and busy time of one exhibit in one hour or one local day."""

    __tablename__ = "usage_roll_up"
    __table_args__ = (CheckConstraint("uses >= 0 AND busy_ms >= 0", name="counts_up"),)

    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"), primary_key=True)
    span: Mapped[Span] = mapped_column(primary_key=True)
    start_at: Mapped[datetime] = mapped_column(primary_key=True)
    uses: Mapped[int]
    busy_ms: Mapped[int] = mapped_column(BigInteger)
