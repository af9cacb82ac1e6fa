"""How often something may be asked: counted in the database, so every process sees one count.

A window is a fixed interval; the count of a key in it is raised by one statement. The answer to
one too many says when to come back.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from vizium.db.base import Base
from vizium.db.inserts import insert_for
from vizium.kernel.clock import from_epoch_ms, to_epoch_ms
from vizium.kernel.errors import TooMany


class RateCount(Base):
    """How often a key was used in one window."""

    __tablename__ = "web_rate_count"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int]


def use_once(session: Session, key: str, *, most: int, window: timedelta, now: datetime) -> None:
    """Count one use.

    Args:
        key: what is limited and for whom, e.g. ``sign-in:peer:127.0.0.1``.
        most: uses per window.

    Raises:
        TooMany: ``too_many``, with the seconds to the next window.
    """
    size_ms = int(window.total_seconds() * 1000)
    start_ms = to_epoch_ms(now) // size_ms * size_ms
    insert = insert_for(session, RateCount)
    raised = (
        insert.values(key=key, window_start=from_epoch_ms(start_ms), used=1)
        .on_conflict_do_update(
            index_elements=["key", "window_start"], set_={"used": RateCount.used + 1}
        )
        .returning(RateCount.used)
    )
    if session.execute(raised).scalar_one() > most:
        left_ms = start_ms + size_ms - to_epoch_ms(now)
        raise TooMany("too_many", retry_after_s=-(-left_ms // 1000))


def sweep_rate_counts(session: Session, *, now: datetime) -> None:
    """Forget windows of more than two days ago."""
    session.execute(delete(RateCount).where(RateCount.window_start < now - timedelta(days=2)))
