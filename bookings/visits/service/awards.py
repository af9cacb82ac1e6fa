"""The bus money of a visit, as it remembers it; the fund is asked through the desk."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportState
from bookings.visits.service.moves import change_row
from bookings.visits.service.transport import TransportDesk

# The fund keeps something for the visit: money or a place in the queue.
AWARDED = frozenset({TransportState.RESERVED, TransportState.WAITLISTED})


def reserve_award(
    session: Session, visit: VisitRow, transport: TransportDesk, *, now: datetime
) -> VisitRow:
    """Ask the fund and remember its answer."""
    award = transport.reserve(session, visit, now=now)
    return change_row(
        session,
        visit,
        transport_state=award.state,
        award_cents=award.award_cents,
        transport_reasons=list(award.reasons),
    )


def reserve_award_anew(
    session: Session, visit: VisitRow, transport: TransportDesk, *, now: datetime
) -> VisitRow:
    """Other numbers or another day may change the award: it goes back and is asked for again."""
    if visit.transport.state not in AWARDED | {TransportState.INELIGIBLE}:
        return visit
    transport.release(session, visit.id, reason="changed", now=now)
    return reserve_award(session, visit, transport, now=now)


def give_back_award(visit: VisitRow) -> dict[str, object]:
    """The columns of a visit whose award goes back, keyed by name; none where there is none."""
    if visit.transport.state not in AWARDED:
        return {}
    return {"transport_state": TransportState.RELEASED, "award_cents": 0}
