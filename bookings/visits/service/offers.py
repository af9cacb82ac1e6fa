"""Hold a day for a class that did not ask today: longer than a hold, until it can decide."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.resources.service import keep
from bookings.visits.queries import VisitRow
from bookings.visits.service.holds import HoldVisit, hold_visit
from bookings.visits.service.moves import change_row, owner_of


def hold_offer(
    session: Session, command: HoldVisit, *, until: datetime, by: str, now: datetime
) -> VisitRow:
    """Hold a planned day until an instant; the class confirms it as any held visit.

    Raises:
        InvalidInput, CapacityExceeded, Conflict: as `hold_visit`.
    """
    held = hold_visit(session, command, by=by, now=now)
    offered = change_row(session, held, expires_at=until)
    keep(session, owner_of(held.id), until)
    return offered
