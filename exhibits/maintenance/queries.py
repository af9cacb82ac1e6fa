"""Faults and reports as frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exhibits.maintenance.models import Fault, FaultReport
from exhibits.maintenance.rules import FaultState, ReportSource, Symptom
from vizium.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault, open or resolved."""

    id: str
    exhibit: str
    state: FaultState
    opened_at: datetime
    reports: int
    urgent: bool
    work_done: str
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report behind a fault."""

    fault: str
    at: datetime
    source: ReportSource
    symptom: Symptom
    note: str


_COLUMNS = (
    Fault.id,
    Fault.exhibit,
    Fault.state,
    Fault.opened_at,
    Fault.reports,
    Fault.urgent,
    Fault.work_done,
    Fault.resolved_at,
)


def list_open_faults(session: Session) -> Mapping[str, FaultRow]:
    """Faults that nobody has ended; keyed by exhibit, which has at most one."""
    query = select(*_COLUMNS).where(Fault.state == FaultState.OPEN)
    rows = [FaultRow(*row) for row in session.execute(query)]
    return {row.exhibit: row for row in rows}


def list_faults(session: Session, exhibit: str, *, most: int = 20) -> list[FaultRow]:
    """An exhibit's faults, newest first."""
    query = select(*_COLUMNS).where(Fault.exhibit == exhibit)
    newest = query.order_by(Fault.opened_at.desc(), Fault.id.desc()).limit(most)
    return [FaultRow(*row) for row in session.execute(newest)]


def list_reports(session: Session, fault: str, *, most: int = 50) -> list[ReportRow]:
    """The reports behind a fault, oldest first."""
    query = (
        select(
            FaultReport.fault,
            FaultReport.at,
            FaultReport.source,
            FaultReport.symptom,
            FaultReport.note,
        )
        .where(FaultReport.fault == fault)
        .order_by(FaultReport.id)
        .limit(most)
    )
    return [ReportRow(*row) for row in session.execute(query)]


def get_fault(session: Session, fault: str) -> FaultRow:
    """One fault.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(select(*_COLUMNS).where(Fault.id == fault)).one_or_none()
    if row is None:
        raise NotFound("fault")
    return FaultRow(*row)
