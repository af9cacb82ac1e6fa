"""How exhibits were used, by bucket and of late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from exhibits.usage.models import UsageRollUp, UsageSession
from exhibits.usage.rules import Session, Span, dwell_by_bucket, median_dwell_s, start_of


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One bucket of one exhibit."""

    start_at: datetime
    uses: int
    busy_s: int
    dwell_s_median: float | None


@dataclass(frozen=True, slots=True)
class TotalRow:
    """Uses and busy time of one exhibit in a bucket, without the median."""

    uses: int
    busy_s: int


def list_usage(
    session: DbSession, exhibit: str, span: Span, since: datetime, until: datetime
) -> list[UsageRow]:
    """The buckets of a period in which anything happened, oldest first."""
    query = (
        select(UsageRollUp.start_at, UsageRollUp.uses, UsageRollUp.busy_ms)
        .where(
            UsageRollUp.exhibit == exhibit,
            UsageRollUp.span == span,
            UsageRollUp.start_at >= start_of(span, since),
            UsageRollUp.start_at < until,
        )
        .order_by(UsageRollUp.start_at)
    )
    dwell = dwell_by_bucket(span, list_sessions(session, exhibit, start_of(span, since), until))
    return [
        UsageRow(start, uses, round(busy_ms / 1000), median_dwell_s(dwell.get(start, [])))
        for start, uses, busy_ms in session.execute(query)
    ]


def list_sessions(
    session: DbSession, exhibit: str, since: datetime, until: datetime
) -> list[Session]:
    """The sessions that began in a period, oldest first."""
    query = (
        select(UsageSession.exhibit, UsageSession.started_at, UsageSession.dwell_ms)
        .where(
            UsageSession.exhibit == exhibit,
            UsageSession.started_at >= since,
            UsageSession.started_at < until,
        )
        .order_by(UsageSession.started_at)
    )
    return [Session(*row) for row in session.execute(query)]


def count_uses_of_day(session: DbSession, at: datetime) -> Mapping[str, TotalRow]:
    """Uses on the local day of an instant; keyed by exhibit."""
    query = select(UsageRollUp.exhibit, UsageRollUp.uses, UsageRollUp.busy_ms).where(
        UsageRollUp.span == Span.DAY, UsageRollUp.start_at == start_of(Span.DAY, at)
    )
    return {
        exhibit: TotalRow(uses, round(busy_ms / 1000))
        for exhibit, uses, busy_ms in session.execute(query)
    }


def find_last_use(session: DbSession, exhibit: str) -> Session | None:
    """The session that began last."""
    query = (
        select(UsageSession.exhibit, UsageSession.started_at, UsageSession.dwell_ms)
        .where(UsageSession.exhibit == exhibit)
        .order_by(UsageSession.started_at.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Session(*row)
