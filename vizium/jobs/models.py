"""A job: what to do, with which ids, when, and how it went.

```
available -> executing -> completed
    ^            | raised
    +- retryable +-> discarded (after the last attempt)
available -> cancelled
```
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from vizium.db.base import Base, Id


class JobState(StrEnum):
    """The states of a job, named once."""

    AVAILABLE = "available"
    EXECUTING = "executing"
    RETRYABLE = "retryable"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


class Job(Base):
    """One piece of background work."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "run_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, object]]
    key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[JobState]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
