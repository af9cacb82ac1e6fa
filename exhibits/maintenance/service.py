"""Report a fault, end a fault; many reports meet in the one that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from exhibits.maintenance.models import Fault, FaultReport
from exhibits.maintenance.rules import FaultState, ReportSource, Symptom, is_urgent
from exhibits.registry.queries import get_exhibit
from exhibits.registry.rules import Verdict
from exhibits.registry.service import bump_floor_version, set_verdict
from vizium.db import audit
from vizium.db.inserts import insert_for
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.ids import new_id
from vizium.web.limits import use_once

# All visitors of a day share the centre's own address, so it may report more than one would.
_REPORTS_PER_PEER, _REPORTS_PER_EXHIBIT = 30, 10
_REPORT_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ReportFault:
    """What somebody saw; `by` is a person's id, None for a visitor."""

    exhibit: str
    symptom: Symptom
    note: str
    by: str | None


@dataclass(frozen=True, slots=True)
class ResolveFault:
    """What was done, and what is said of the exhibit from now on."""

    fault: str
    work_done: str
    verdict: Verdict


def report_fault(session: Session, command: ReportFault, *, now: datetime) -> str:
    """Merge a report into the exhibit's open fault, or open one; the fault's id.

    Two people who report at once meet at the index of open faults, not in two faults.

    Raises:
        NotFound: no such exhibit.
    """
    get_exhibit(session, command.exhibit)
    fault_id = _open_fault(session, command.exhibit, now)
    session.execute(
        update(Fault)
        .where(Fault.id == fault_id)
        .values(reports=Fault.reports + 1, urgent=Fault.urgent | is_urgent(command.symptom))
    )
    session.add(
        FaultReport(
            id=new_id(now),
            fault=fault_id,
            at=now,
            source=ReportSource.STAFF if command.by else ReportSource.VISITOR,
            symptom=command.symptom,
            note=command.note,
            by=command.by,
        )
    )
    audit.record(
        session,
        by=command.by or "visitor",
        action="maintenance.report_fault",
        subject=f"exhibit:{command.exhibit}",
        facts={"fault": fault_id, "symptom": command.symptom.value},
        now=now,
    )
    bump_floor_version(session)
    return fault_id


def limit_reports(session: Session, exhibit: str, *, peer: str, now: datetime) -> None:
    """Count a visitor's report against the limits.

    Raises:
        TooMany: from one address, or about one exhibit.
    """
    for key, most in ((peer, _REPORTS_PER_PEER), (exhibit, _REPORTS_PER_EXHIBIT)):
        use_once(session, f"fault-report:{key}", most=most, window=_REPORT_WINDOW, now=now)


def resolve_fault(session: Session, command: ResolveFault, *, by: str, now: datetime) -> None:
    """End a fault with the work that was done, and say how the exhibit does now.

    Raises:
        NotFound: no such fault.
        Conflict: somebody ended it before (``fault_resolved``).
    """
    exhibit = session.scalar(
        update(Fault)
        .where(Fault.id == command.fault, Fault.state == FaultState.OPEN)
        .values(
            state=FaultState.RESOLVED,
            work_done=command.work_done,
            resolved_at=now,
            resolved_by=by,
        )
        .returning(Fault.exhibit)
    )
    if exhibit is None:
        _refuse(session, command.fault)
    assert exhibit is not None
    audit.record(
        session,
        by=by,
        action="maintenance.resolve_fault",
        subject=f"exhibit:{exhibit}",
        facts={"fault": command.fault, "verdict": command.verdict.value},
        now=now,
    )
    set_verdict(session, exhibit, command.verdict, note=command.work_done, by=by, now=now)
    bump_floor_version(session)


def _open_fault(session: Session, exhibit: str, now: datetime) -> str:
    values = {
        "id": new_id(now),
        "exhibit": exhibit,
        "state": FaultState.OPEN,
        "opened_at": now,
        "reports": 0,
        "urgent": False,
        "work_done": "",
    }
    opening = insert_for(session, Fault).on_conflict_do_nothing(
        index_elements=["exhibit"], index_where=text("state = 'open'")
    )
    session.execute(opening, values)
    standing = select(Fault.id).where(Fault.exhibit == exhibit, Fault.state == FaultState.OPEN)
    return session.scalars(standing.with_for_update()).one()


def _refuse(session: Session, fault_id: str) -> None:
    fault = session.get(Fault, fault_id)
    if fault is None:
        raise NotFound("fault")
    raise Conflict("fault_resolved", at=fault.resolved_at)
