"""The one way in which a waiting class and its offers change: conditional, and noted."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.waiting.models import WaitingClass, WaitingOffer
from bookings.waiting.queries import WaitingRow, get_waiting_by_id
from bookings.waiting.rules import OfferState, WaitingState
from vizium.db import audit
from vizium.kernel.errors import Conflict


def change_class(session: Session, row: WaitingRow, *, state: WaitingState) -> WaitingRow:
    """Write the next state, if the class is still as it was read.

    Raises:
        Conflict: ``waiting_changed``: somebody else was first.
    """
    changed = session.execute(
        update(WaitingClass)
        .where(WaitingClass.id == row.id, WaitingClass.version == row.version)
        .values(version=WaitingClass.version + 1, state=state)
        .returning(WaitingClass.version)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar() is None:
        raise Conflict("waiting_changed", state=row.state.value, version=row.version)
    return get_waiting_by_id(session, row.id)


def end_offer(session: Session, offer_id: str, state: OfferState, *, now: datetime) -> bool:
    """Write what became of an open offer; False when it had ended already."""
    ended = session.execute(
        update(WaitingOffer)
        .where(WaitingOffer.id == offer_id, WaitingOffer.state == OfferState.OPEN)
        .values(state=state, ended_at=now)
        .returning(WaitingOffer.id)
        .execution_options(synchronize_session=False)
    )
    return ended.scalar() is not None


def note(session: Session, row: WaitingRow, action: str, *, by: str, now: datetime) -> None:
    """Write the act into the audit trail."""
    audit.record(
        session,
        by=by,
        action=f"waiting.{action}",
        subject=f"waiting:{row.id}",
        facts={"reference": row.reference, "state": row.state.value, "version": row.version},
        now=now,
    )
