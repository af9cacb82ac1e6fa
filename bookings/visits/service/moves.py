"""The one way in which a visit changes: a conditional UPDATE that names what it expects."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, update
from sqlalchemy.orm import Session

from bookings.visits.models import Visit
from bookings.visits.queries import VisitRow, get_visit, get_visit_by_id
from bookings.visits.rules import TransportAward, VisitState, may_move
from vizium.db import audit
from vizium.db.base import Base
from vizium.kernel.errors import Conflict

_VISIT = Base.metadata.tables[Visit.__tablename__]
_CHANGE = update(_VISIT).where(
    _VISIT.c.id == bindparam("of"), _VISIT.c.version == bindparam("as_read")
)
_AWARD = frozenset({"transport_state", "award_cents", "transport_reasons"})
# Columns that say the same in the row that was read.
_OWN = _AWARD | {
    *("state", "expires_at", "extensions", "approver_email"),
    *("fee_cents", "no_show_fee_cents"),
}


@dataclass(frozen=True, slots=True)
class VisitCommand:
    """An order about one visit; `version` is what the person saw, None when they saw none.

    `read` is the visit where this transaction has read it already.
    """

    reference: str
    version: int | None = None
    read: VisitRow | None = field(default=None, kw_only=True)


def owner_of(visit_id: str) -> str:
    """Under which name a visit holds capacity."""
    return f"visit:{visit_id}"


def load_visit(session: Session, command: VisitCommand, *, now: datetime) -> VisitRow:
    """The visit as it counts now, if nobody changed it since the person looked.

    Raises:
        NotFound: ``visit``.
        Conflict: ``visit_changed``, with the present state and version.
    """
    visit = (command.read or get_visit(session, command.reference)).seen_at(now)
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

    Returns:
        The visit as it stands now; read again only where more than its own columns may differ.

    Raises:
        Conflict: ``visit_changed``: somebody else was first.
    """
    which = {"of": visit.id, "as_read": visit.version}
    changed = session.execute(_CHANGE, {**which, "version": visit.version + 1, **values})
    if cast("CursorResult[Any]", changed).rowcount == 0:
        raise Conflict("visit_changed", state=visit.state.value, version=visit.version)
    if not _OWN.issuperset(values):
        return get_visit_by_id(session, visit.id)
    return _with_values(replace(visit, version=visit.version + 1), values)


def _with_values(visit: VisitRow, values: Mapping[str, Any]) -> VisitRow:
    plain = {name: value for name, value in values.items() if name not in _AWARD}
    transport = TransportAward(
        values.get("transport_state", visit.transport.state),
        values.get("award_cents", visit.transport.award_cents),
        tuple(values.get("transport_reasons", visit.transport.reasons)),
    )
    return replace(visit, transport=transport, **plain)


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
