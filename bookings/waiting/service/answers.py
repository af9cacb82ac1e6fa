"""Take or give up an offer in one step, for programs; pages do the same with the held visit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.visits.queries import get_visit
from bookings.visits.service import (
    RequestVisit,
    TransportDesk,
    VisitCommand,
    cancel_visit,
    confirm_visit,
    request_visit,
)
from bookings.waiting.queries import OfferRow, WaitingRow, get_waiting
from bookings.waiting.rules import OfferState, WaitingState
from bookings.waiting.service.offers import settle
from vizium.kernel.errors import Conflict
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Take the day that is offered; with an `approver_email` the head is asked first."""

    reference: str
    approver_email: str | None = None


def accept_offer(
    session: Session,
    command: AcceptOffer,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> WaitingRow:
    """Confirm the held visit, or ask the head for it, and leave the list with it.

    A class that has taken its offer already stays as it is.

    Raises:
        Conflict: ``waiting_without_offer``: nothing is offered now; ``visit_is_…``: the time of the
            offer is over.
        InvalidInput: ``approver_email``.
    """
    row = get_waiting(session, command.reference)
    if row.state is WaitingState.TAKEN:
        return row
    offer = _open_offer(row)
    approver, of = command.approver_email, offer.reference
    if approver is not None:
        asked = RequestVisit(of, None, approver)
        visit = request_visit(session, asked, settings=settings, by=by, now=now)
    else:
        visit = confirm_visit(
            session, VisitCommand(of), transport=transport, settings=settings, by=by, now=now
        )
    settle(session, offer, visit.state, settings=settings, now=now, by=by)
    return get_waiting(session, command.reference)


def decline_offer(
    session: Session,
    reference: str,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> WaitingRow:
    """Give the offered day up; the class still waits for its other days.

    A class that has given its last offer up already stays as it is.

    Raises:
        Conflict: ``waiting_without_offer``: nothing was offered.
    """
    row = get_waiting(session, reference)
    if row.open_offer is None and row.offers and row.offers[-1].state is OfferState.DECLINED:
        return row
    offer = _open_offer(row)
    visit = get_visit(session, offer.reference).seen_at(now)
    if visit.is_kept:
        visit = cancel_visit(
            session,
            VisitCommand(offer.reference),
            transport=transport,
            settings=settings,
            by=by,
            now=now,
        )
    settle(session, offer, visit.state, settings=settings, now=now, by=by)
    return get_waiting(session, reference)


def _open_offer(row: WaitingRow) -> OfferRow:
    if row.open_offer is None:
        raise Conflict("waiting_without_offer", state=row.state.value)
    return row.open_offer
