"""At the door: how many came; and what time makes of visits afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.visits.models import Arrival, Visit, VisitStop
from bookings.visits.queries import ArrivalRow, VisitRow, find_arrival, get_visit, get_visit_by_id
from bookings.visits.rules import (
    CLOCK_AHEAD_MOST,
    HARMLESS_FLAGS,
    PUPILS_MAX,
    TransportState,
    VisitState,
    arrival_flags,
    may_move,
    no_show_fee,
)
from bookings.visits.service.moves import VisitCommand, change_row, load_visit, note, refuse_move
from bookings.visits.service.policy import get_policy
from bookings.visits.service.transport import TransportDesk
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import KEY, new_id
from vizium.kernel.money import Cents

# At most so many visits change by the clock in one transaction.
_SWEPT_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class RecordArrival:
    """What the door counted; `nonce` is minted by the scanner, so sending twice counts once.

    `any_day` says that the desk has seen that the visit is on another day, and lets the class in.
    """

    reference: str
    pupils: int
    adults: int
    at: datetime | None
    nonce: str
    offline: bool = False
    any_day: bool = False


def record_arrival(
    session: Session, command: RecordArrival, *, transport: TransportDesk, by: str, now: datetime
) -> tuple[VisitRow, ArrivalRow]:
    """Count a class in. What was scanned without a line is a fact: kept, flagged, never refused.

    Raises:
        InvalidInput: impossible numbers, or a nonce that counted something else.
        Conflict: ``arrival_…`` with the reason, for a scan with a line.
    """
    visit = get_visit(session, command.reference).seen_at(now)
    _check(command)
    earlier = find_arrival(session, command.nonce)
    if earlier is not None:
        return visit, _same(earlier, visit, command)
    at = command.at or now
    flags = arrival_flags(
        visit.state, visit.local_date, at=at, pupils=command.pupils, booked=visit.pupils
    )
    if at > now + CLOCK_AHEAD_MOST:
        flags.append("clock_ahead")
    passing = HARMLESS_FLAGS | ({"other_day"} if command.any_day else set())
    blocking = [flag for flag in flags if flag not in passing]
    if blocking and not command.offline:
        raise Conflict(f"arrival_{blocking[0]}", state=visit.state.value, reasons=blocking)
    arrival = ArrivalRow(
        command.nonce, command.pupils, command.adults, at, command.offline, tuple(flags)
    )
    _store(session, visit, arrival, by=by, now=now)
    # A scan that comes in before the day is kept as a fact, but opens no claim.
    is_early = command.offline and local_date(now) < visit.local_date
    if not is_early and may_move(visit.state, VisitState.ARRIVED):
        # Whoever comes after all owes nothing for not coming.
        rest = Cents(visit.fee_cents - visit.no_show_fee_cents)
        values = {"fee_cents": rest, "no_show_fee_cents": Cents(0)}
        visit = change_row(session, visit, state=VisitState.ARRIVED, **values)
        transport.open_claim(session, visit, now=now)
    note(session, visit, "record_arrival", by=by, now=now)
    return visit, arrival


def miss_visit(
    session: Session,
    command: VisitCommand,
    *,
    transport: TransportDesk,
    by: str,
    now: datetime,
) -> VisitRow:
    """The desk says that a class did not come; one that comes late after all is counted in.

    What not coming costs by the rules of the day is written down with it. A visit that was missed
    already stays as it is.

    Raises:
        Conflict: its time has not come (``no_show_too_early``), or it is not confirmed.
    """
    visit = load_visit(session, command, now=now)
    if visit.state is VisitState.NO_SHOW:
        return visit
    refuse_move(visit, VisitState.NO_SHOW)
    if now < visit.arrive_at:
        raise Conflict("no_show_too_early", state=visit.state.value)
    return _miss(session, visit, transport, by=by, now=now)


def sweep_days(session: Session, *, transport: TransportDesk, now: datetime) -> int:
    """Complete visits that have ended; a confirmed class that never came is a no-show by midnight.

    Returns:
        How many visits changed.
    """
    running = select(VisitStop.visit).where(VisitStop.end > now)
    arrived = (Visit.state == VisitState.ARRIVED) & Visit.id.not_in(running)
    missed = (Visit.state == VisitState.CONFIRMED) & (Visit.local_date < local_date(now))
    due = select(Visit.id).where(arrived | missed).order_by(Visit.id).limit(_SWEPT_AT_ONCE)
    visit_ids = session.scalars(due.with_for_update(skip_locked=True)).all()
    for visit_id in visit_ids:
        _end_day(session, get_visit_by_id(session, visit_id), transport, now)
    return len(visit_ids)


def _end_day(session: Session, visit: VisitRow, transport: TransportDesk, now: datetime) -> None:
    if visit.state is VisitState.ARRIVED:
        completed = change_row(session, visit, state=VisitState.COMPLETED)
        note(session, completed, "complete_visit", by="system", now=now)
        return
    _miss(session, visit, transport, by="system", now=now)


def _miss(
    session: Session, visit: VisitRow, transport: TransportDesk, *, by: str, now: datetime
) -> VisitRow:
    fee = no_show_fee(visit.price_cents, get_policy(session, visit.local_date))
    values: dict[str, object] = {
        "state": VisitState.NO_SHOW,
        "fee_cents": Cents(visit.fee_cents + fee),
        "no_show_fee_cents": fee,
    }
    if visit.transport.state in {TransportState.RESERVED, TransportState.WAITLISTED}:
        transport.release(session, visit.id, reason="no_show", now=now)
        values |= {"transport_state": TransportState.RELEASED, "award_cents": 0}
    missed = change_row(session, visit, **values)
    note(session, missed, "miss_visit", by=by, now=now)
    return missed


def _check(command: RecordArrival) -> None:
    errors = []
    for name, count in (("pupils", command.pupils), ("adults", command.adults)):
        if not 0 <= count <= PUPILS_MAX:
            errors.append(FieldError(name, "out_of_bounds", {"least": 0, "most": PUPILS_MAX}))
    if not errors and command.pupils == 0:
        errors.append(FieldError("pupils", "nobody_came"))
    if not KEY.fullmatch(command.nonce):
        errors.append(FieldError("nonce", "key_form"))
    if errors:
        raise InvalidInput(errors)


def _same(earlier: tuple[str, ArrivalRow], visit: VisitRow, command: RecordArrival) -> ArrivalRow:
    visit_id, arrival = earlier
    counted = (visit_id, arrival.pupils, arrival.adults)
    if counted != (visit.id, command.pupils, command.adults):
        raise InvalidInput([FieldError("nonce", "key_reused")])
    return arrival


def _store(
    session: Session, visit: VisitRow, arrival: ArrivalRow, *, by: str, now: datetime
) -> None:
    session.add(
        Arrival(
            id=new_id(now),
            visit=visit.id,
            nonce=arrival.nonce,
            pupils=arrival.pupils,
            adults=arrival.adults,
            at=arrival.at,
            recorded_at=now,
            recorded_by=by,
            offline=arrival.offline,
            flags=list(arrival.flags),
        )
    )
    session.flush()
