"""The one way in which a visit changes: a conditional UPDATE that names what it expects."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.resources.rules import Take
from bookings.visits.models import Visit
from bookings.visits.queries import VisitRow, get_visit, get_visit_by_id
from bookings.visits.rules import POLICY, SessionRow, VisitState, may_move, presence
from vizium.db import audit
from vizium.kernel.errors import Conflict

# The pool that counts everybody in the building.
HALL = "hall"


@dataclass(frozen=True, slots=True)
class VisitCommand:
    """An order about one visit; `version` is what the person saw, None when they saw none."""

    reference: str
    version: int | None = None


def owner_of(visit_id: str) -> str:
    """Under which name a visit holds capacity."""
    return f"visit:{visit_id}"


def takes_of(stops: list[SessionRow], *, pupils: int, adults: int) -> list[Take]:
    """The capacity of a visit: seats for pupils, the hall for everybody from arrival to end."""
    seats = [Take(f"session:{stop.id}", stop.start, stop.end, pupils) for stop in stops]
    start, end = presence(stops, POLICY)
    return [*seats, Take(HALL, start, end, pupils + adults)]


def load_visit(session: Session, command: VisitCommand, *, now: datetime) -> VisitRow:
    """The visit as it counts now, if nobody changed it since the person looked.

    Raises:
        NotFound: ``visit``.
        Conflict: ``visit_changed``, with the present state and version.
    """
    visit = get_visit(session, command.reference).seen_at(now)
    if command.version is not None and command.version != visit.version:
        raise Conflict("visit_changed", state=visit.state.value, version=visit.version)
    return visit


def refuse_move(visit: VisitRow, after: VisitState) -> None:
    """Refuse a change of state that the present state does not allow.

    Raises:
        Conflict: ``visit_is_…`` with the present state.
    """
    if not may_move(visit.state, after):
        raise Conflict(
            f"visit_is_{visit.state.value}", state=visit.state.value, version=visit.version
        )


def change_row(session: Session, visit: VisitRow, **values: object) -> VisitRow:
    """Write values and the next version, if the visit is still as it was read.

    Raises:
        Conflict: ``visit_changed``: somebody else was first.
    """
    changed = session.execute(
        update(Visit)
        .where(Visit.id == visit.id, Visit.version == visit.version)
        .values(version=Visit.version + 1, **values)
        .returning(Visit.version)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar() is None:
        raise Conflict("visit_changed", state=visit.state.value, version=visit.version)
    return get_visit_by_id(session, visit.id)


def note(session: Session, visit: VisitRow, action: str, *, by: str, now: datetime) -> None:
    """Write the act into the audit trail."""
    facts = {"reference": visit.reference, "state": visit.state.value, "version": visit.version}
    audit.record(
        session,
        by=by,
        action=f"visits.{action}",
        subject=f"visit:{visit.id}",
        facts=facts,
        now=now,
    )
