"""Confirm a held visit, ask the head for it, cancel; the fund's award goes along in one commit."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bookings.resources.service import keep, release
from bookings.visits.queries import VisitRow
from bookings.visits.rules import (
    TransportState,
    VisitState,
    cancellation_fee,
)
from bookings.visits.service.awards import AWARDED, give_back_award, reserve_award
from bookings.visits.service.holds import HoldSessions, HoldVisit, hold_order
from bookings.visits.service.letters import Letter, News, send_letter
from bookings.visits.service.moves import (
    VisitCommand,
    change_row,
    load_visit,
    note,
    owner_of,
    refuse_move,
)
from bookings.visits.service.policy import get_policy
from bookings.visits.service.transport import TransportDesk
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.money import Cents
from vizium.kernel.registers import NumberError, parse_email
from vizium.settings import Settings

# The centre has to know before the day whether the class comes.
_DECIDED_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RequestVisit:
    """Ask the head for a held visit; `version` as in `VisitCommand`."""

    reference: str
    version: int | None
    approver_email: str


@dataclass(frozen=True, slots=True)
class CancelVisit(VisitCommand):
    """Cancel a visit; `by_centre`: we cannot keep our word, and nobody owes anything.

    `word` says why, and goes into the letter.
    """

    by_centre: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling would cost now; the days are days of the calendar."""

    days_before: int
    fee_cents: Cents
    price_cents: Cents


def book_visit(
    session: Session,
    order: HoldVisit | HoldSessions,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """Hold and confirm in one act: what could be held is kept for good, or nothing is.

    Raises:
        InvalidInput, NotFound, CapacityExceeded, Conflict: as holding does.
    """
    held = hold_order(session, replace(order, at_once=True), by=by, now=now)
    booked = _with_award(session, held, transport, now)
    send_letter(session, Letter.CONFIRMED, booked, settings=settings, now=now)
    return booked


def confirm_visit(
    session: Session,
    command: VisitCommand,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """Keep a held visit for good, reserve its bus money if wanted, and write to the teacher.

    A visit that is confirmed already stays as it is.

    Raises:
        Conflict: the hold is over (``visit_is_expired``), the head has yet to decide
            (``visit_is_provisional``), or the visit is in another state.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.CONFIRMED:
        return visit
    if visit.state is VisitState.PROVISIONAL:
        raise _refused(visit)
    confirmed = _confirm(session, visit, transport, now)
    note(session, confirmed, "confirm_visit", by=by, now=now)
    send_letter(session, Letter.CONFIRMED, confirmed, settings=settings, now=now)
    return confirmed


def request_visit(
    session: Session, command: RequestVisit, *, settings: Settings, by: str, now: datetime
) -> VisitRow:
    """Keep a held visit until the head has decided, at most so long as the rules say.

    Asking the same head again changes nothing.

    Raises:
        InvalidInput: ``approver_email``.
        Conflict: the visit is not held, or comes too soon to wait (``approval_too_late``).
    """
    try:
        approver = parse_email(command.approver_email)
    except NumberError as error:
        raise InvalidInput([FieldError("approver_email", error.reason)]) from None
    visit = load_visit(session, VisitCommand(command.reference, command.version), now=now)
    if visit.state is VisitState.PROVISIONAL and visit.approver_email == approver:
        return visit
    refuse_move(visit, VisitState.PROVISIONAL)
    policy = get_policy(session, visit.local_date)
    expires_at = min(now + policy.provisional, visit.arrive_at - _DECIDED_BEFORE)
    if expires_at <= now + policy.hold:
        raise Conflict("approval_too_late", state=visit.state.value)
    asked = change_row(
        session,
        visit,
        state=VisitState.PROVISIONAL,
        expires_at=expires_at,
        approver_email=approver,
    )
    keep(session, owner_of(visit.id), expires_at)
    note(session, asked, "request_visit", by=by, now=now)
    send_letter(session, Letter.ASKED, asked, settings=settings, now=now)
    send_letter(session, Letter.REQUESTED, asked, settings=settings, now=now)
    return asked


def approve_visit(
    session: Session,
    command: VisitCommand,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """The head says yes: the visit is confirmed. Saying it again changes nothing.

    Raises:
        Conflict: the visit does not wait for the head.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.CONFIRMED:
        return visit
    if visit.state is not VisitState.PROVISIONAL:
        raise _refused(visit)
    approved = _confirm(session, visit, transport, now)
    note(session, approved, "approve_visit", by=by, now=now)
    send_letter(session, Letter.APPROVED, approved, settings=settings, now=now)
    return approved


def decline_visit(
    session: Session,
    command: VisitCommand,
    *,
    settings: Settings,
    by: str,
    now: datetime,
    word: str = "",
) -> VisitRow:
    """The head says no, maybe with a word why: everything is given back.

    Raises:
        Conflict: the visit does not wait for the head.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is not VisitState.PROVISIONAL:
        raise _refused(visit)
    declined = change_row(session, visit, state=VisitState.CANCELLED, expires_at=None)
    release(session, owner_of(visit.id))
    note(session, declined, "decline_visit", by=by, now=now)
    news = News(word=word)
    send_letter(session, Letter.DECLINED, declined, settings=settings, now=now, news=news)
    return declined


def preview_cancellation(session: Session, command: VisitCommand, *, now: datetime) -> Cancellation:
    """What cancelling a visit would cost now; writes nothing.

    Raises:
        NotFound: ``visit``.
        Conflict: it can no longer be cancelled.
    """
    visit = load_visit(session, command, now=now)
    refuse_move(visit, VisitState.CANCELLED)
    return Cancellation(
        days_before=max((visit.local_date - local_date(now)).days, 0),
        fee_cents=_fee(session, visit, now),
        price_cents=visit.price_cents,
    )


def cancel_visit(
    session: Session,
    command: VisitCommand,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """Give everything back: places, hall, award. A cancelled visit stays as it is.

    Args:
        command: a `CancelVisit` where the centre cancels.

    Raises:
        Conflict: the class has arrived, or the hold is over anyway.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.CANCELLED:
        return visit
    refuse_move(visit, VisitState.CANCELLED)
    said = command if isinstance(command, CancelVisit) else CancelVisit(command.reference)
    fee = Cents(0) if said.by_centre else _fee(session, visit, now)
    values: dict[str, object] = {"state": VisitState.CANCELLED, "expires_at": None}
    cancelled = change_row(session, visit, fee_cents=fee, **values, **give_back_award(visit))
    release(session, owner_of(visit.id))
    if visit.transport.state in AWARDED:
        # The ledger is locked last, as everywhere, so two visits cannot wait for each other.
        transport.release(session, visit.id, reason="cancelled", now=now)
    note(session, cancelled, "cancel_visit", by=by, now=now)
    if visit.state is not VisitState.HELD:
        news = News(word=said.word)
        send_letter(session, Letter.CANCELLED, cancelled, settings=settings, now=now, news=news)
    return cancelled


def _confirm(
    session: Session, visit: VisitRow, transport: TransportDesk, now: datetime
) -> VisitRow:
    refuse_move(visit, VisitState.CONFIRMED)
    confirmed = change_row(session, visit, state=VisitState.CONFIRMED, expires_at=None)
    kept = keep(session, owner_of(visit.id), None)
    assert kept, "a held visit has allocations"
    return _with_award(session, confirmed, transport, now)


def _with_award(
    session: Session, visit: VisitRow, transport: TransportDesk, now: datetime
) -> VisitRow:
    if visit.transport.state is not TransportState.WANTED:
        return visit
    return reserve_award(session, visit, transport, now=now)


def _fee(session: Session, visit: VisitRow, now: datetime) -> Cents:
    """What late changes cost already, and what it costs to cancel the rest of it now."""
    if visit.state is not VisitState.CONFIRMED:
        return Cents(0)
    policy = get_policy(session, visit.local_date)
    fee = cancellation_fee(visit.price_cents, visit.local_date, now=now, policy=policy)
    return Cents(visit.fee_cents + fee)


def _refused(visit: VisitRow) -> Conflict:
    return Conflict(f"visit_is_{visit.state.value}", state=visit.state.value, version=visit.version)
