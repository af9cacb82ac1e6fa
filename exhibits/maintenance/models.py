"""Faults and the reports behind them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from exhibits.maintenance.rules import FaultState, ReportSource, Symptom
from vizium.db.base import Base, Id


class Fault(Base):
    """Something is wrong with an exhibit until somebody has done something about it."""

    __tablename__ = "maintenance_fault"
    __table_args__ = (
        Index(
            "ix_maintenance_fault_one_open",
            "exhibit",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "exhibit", "opened_at"),
        CheckConstraint("(state = 'open') = (resolved_at IS NULL)", name="resolved_has_instant"),
        CheckConstraint("reports >= 0", name="reports_count_up"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"))
    state: Mapped[FaultState]
    opened_at: Mapped[datetime]
    reports: Mapped[int]
    urgent: Mapped[bool]
    work_done: Mapped[str] = mapped_column(default="")
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]


class FaultReport(Base):
    """One report, merged into the fault that was open then."""

    __tablename__ = "maintenance_report"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fault: Mapped[str] = mapped_column(ForeignKey("maintenance_fault.id"), index=True)
    at: Mapped[datetime]
    source: Mapped[ReportSource]
    symptom: Mapped[Symptom]
    note: Mapped[str]
    by: Mapped[str | None]
