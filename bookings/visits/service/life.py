"""Confirm a held visit, change who comes, cancel; the fund's award goes along in one commit."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.resources.service import keep, release, take
from bookings.visits.models import VisitStop
from bookings.visits.queries import VisitRow, get_sessions, get_visit_by_id
from bookings.visits.rules import (
    Group,
    SessionRow,
    TransportAward,
    TransportEstimate,
    TransportState,
    VisitState,
    check_people,
    check_stops,
    price_of,
    pupils_of,
)
from bookings.visits.service.letters import Letter, send_letter
from bookings.visits.service.moves import (
    VisitCommand,
    change_row,
    load_visit,
    note,
    owner_of,
    refuse_move,
    takes_of,
)
from bookings.visits.service.transport import TransportDesk
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.kernel.money import Cents
from vizium.settings import Settings

_CHANGEABLE = frozenset({VisitState.HELD, VisitState.CONFIRMED})
_AWARDED = frozenset({TransportState.RESERVED, TransportState.WAITLISTED})


@dataclass(frozen=True, slots=True)
class ChangeVisit:
    """New numbers for a visit that stands; `version` as in `VisitCommand`."""

    reference: str
    groups: tuple[Group, ...]
    adults: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does, before it is done."""

    pupils_before: int
    pupils_after: int
    adults_before: int
    adults_after: int
    start: datetime
    end: datetime
    price_before_cents: Cents
    price_after_cents: Cents
    transport_before: TransportEstimate
    transport_after: TransportEstimate

    @property
    def price_cents(self) -> int:
        """What the school pays more (or less, below 0)."""
        return self.price_after_cents - self.price_before_cents


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
        Conflict: the hold is over (``visit_is_expired``), or the visit is in another state.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.CONFIRMED:
        return visit
    refuse_move(visit, VisitState.CONFIRMED)
    confirmed = change_row(session, visit, state=VisitState.CONFIRMED, expires_at=None)
    kept = keep(session, owner_of(visit.id), None)
    assert kept, "a held visit has allocations"
    if visit.transport.state is TransportState.WANTED:
        confirmed = _store_award(session, confirmed, transport.reserve(session, confirmed, now=now))
    note(session, confirmed, "confirm_visit", by=by, now=now)
    send_letter(session, Letter.CONFIRMED, confirmed, settings=settings, now=now)
    return confirmed


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

    Raises:
        Conflict: the class has arrived, or the hold is over anyway.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.CANCELLED:
        return visit
    refuse_move(visit, VisitState.CANCELLED)
    values: dict[str, object] = {"state": VisitState.CANCELLED, "expires_at": None}
    awarded = visit.transport.state in _AWARDED
    if awarded:
        values |= {"transport_state": TransportState.RELEASED, "award_cents": 0}
    cancelled = change_row(session, visit, **values)
    release(session, owner_of(visit.id))
    if awarded:
        # The ledger is locked last, as everywhere, so two visits cannot wait for each other.
        transport.release(session, visit.id, reason="cancelled", now=now)
    note(session, cancelled, "cancel_visit", by=by, now=now)
    if visit.state is not VisitState.HELD:
        send_letter(session, Letter.CANCELLED, cancelled, settings=settings, now=now)
    return cancelled


def preview_change(
    session: Session, command: ChangeVisit, *, transport: TransportDesk, now: datetime
) -> Difference:
    """What new numbers would do to time, price and bus money; writes nothing.

    Raises:
        InvalidInput, Conflict: as `change_visit`, but places are only counted when it is done.
    """
    visit, stops = _changeable(session, command, now)
    pupils = pupils_of(command.groups)

    def estimate(count: int) -> TransportEstimate:
        return transport.estimate(
            session, register_no=visit.school, day=visit.local_date, pupils=count, now=now
        )

    return Difference(
        pupils_before=visit.pupils,
        pupils_after=pupils,
        adults_before=visit.adults,
        adults_after=command.adults,
        start=visit.start,
        end=visit.end,
        price_before_cents=visit.price_cents,
        price_after_cents=price_of(stops, pupils),
        transport_before=estimate(visit.pupils),
        transport_after=estimate(pupils),
    )


def change_visit(
    session: Session,
    command: ChangeVisit,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """Bring other people than said; all of it or nothing. The same numbers again change nothing.

    Raises:
        InvalidInput: everything that is wrong with the numbers.
        Conflict: the visit can no longer be changed.
        CapacityExceeded: there is no room for so many; the visit stays as it was.
    """
    visit, stops = _changeable(session, command, now)
    if (command.groups, command.adults) == (visit.groups, visit.adults):
        return visit
    pupils = pupils_of(command.groups)
    changed = change_row(
        session,
        visit,
        groups=[asdict(group) for group in command.groups],
        pupils=pupils,
        adults=command.adults,
        price_cents=price_of(stops, pupils),
    )
    session.execute(update(VisitStop).where(VisitStop.visit == visit.id).values(pupils=pupils))
    # The same cells are given back and taken again, so nobody can come between.
    release(session, owner_of(visit.id))
    takes = takes_of(stops, pupils=pupils, adults=command.adults)
    take(session, owner_of(visit.id), takes, expires_at=visit.expires_at, now=now)
    changed = _reserve_anew(session, get_visit_by_id(session, visit.id), transport, now)
    note(session, changed, "change_visit", by=by, now=now)
    if changed.state is VisitState.CONFIRMED:
        send_letter(session, Letter.CHANGED, changed, settings=settings, now=now)
    return changed


def _changeable(
    session: Session, command: ChangeVisit, now: datetime
) -> tuple[VisitRow, list[SessionRow]]:
    visit = load_visit(session, VisitCommand(command.reference, command.version), now=now)
    if visit.state not in _CHANGEABLE:
        raise Conflict(
            f"visit_is_{visit.state.value}", state=visit.state.value, version=visit.version
        )
    stops = get_sessions(session, [stop.session for stop in visit.stops], now=now)
    errors = check_people(command.groups, command.adults)
    errors += check_stops(stops, command.groups, language=visit.language, now=now)
    if errors:
        raise InvalidInput(errors)
    return visit, stops


def _reserve_anew(
    session: Session, visit: VisitRow, transport: TransportDesk, now: datetime
) -> VisitRow:
    """Other numbers may change the award: what was reserved goes back and is asked for again."""
    if visit.transport.state not in _AWARDED | {TransportState.INELIGIBLE}:
        return visit
    transport.release(session, visit.id, reason="changed", now=now)
    return _store_award(session, visit, transport.reserve(session, visit, now=now))


def _store_award(session: Session, visit: VisitRow, award: TransportAward) -> VisitRow:
    return change_row(
        session,
        visit,
        transport_state=award.state,
        award_cents=award.award_cents,
        transport_reasons=list(award.reasons),
    )
