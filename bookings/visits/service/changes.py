"""Change a visit that stands: who comes, the day's plan, who answers; see first, undo later.

```
preview  judge the change against the day as it is now, say all that it does, write nothing
change   the same, then: keep what was, swap the places, ask the fund again, tell everybody
undo     change back to what was kept last, if that still fits and nothing of it is out of order
```
What a change does to the price is said in `prices`, what it does to the schools in `schools`.
A swap gives back and takes in one pass over the cells: it succeeds whole or leaves all as it was.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings.resources.rules import Take
from bookings.resources.service import swap
from bookings.visits.planner.difference import StopChange, difference
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.shape import with_people
from bookings.visits.planner.violations import Violation
from bookings.visits.queries import VisitRow, get_visit_by_id
from bookings.visits.rules import (
    Contact,
    Funding,
    Group,
    Party,
    TransportEstimate,
    VisitState,
)
from bookings.visits.service.awards import reserve_award_anew
from bookings.visits.service.letters import Letter, News, send_letter
from bookings.visits.service.moves import VisitCommand, change_row, load_visit, note, owner_of
from bookings.visits.service.orders import Verdict, check_order, judge_for
from bookings.visits.service.prices import fee_after, price_after
from bookings.visits.service.schools import as_stored, check_leading, note_schools, with_schools
from bookings.visits.service.store import (
    contact_values,
    day_values,
    keep_snapshot,
    last_snapshot,
    parties_of,
    rewrite_stops,
    write_parties,
)
from bookings.visits.service.transport import TransportDesk
from bookings.visits.service.unusable import find_unusable
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.money import Cents
from vizium.settings import Settings

_CHANGEABLE = frozenset({VisitState.HELD, VisitState.PROVISIONAL, VisitState.CONFIRMED})


@dataclass(frozen=True, slots=True)
class ChangeVisit:
    """What shall be otherwise; None leaves it as it is. `version` as in `VisitCommand`.

    A `plan` comes with the `request` that it was made for, or is another plan for the same one.
    `parties` are all schools that come, the leading one first; a lone one comes alone from now on.
    They say who comes, where nothing else does. `on_the_day` also changes a visit whose class has
    arrived. `by_centre`: not the school wants it otherwise, the centre cannot keep its word.
    """

    reference: str
    groups: tuple[Group, ...] | None = None
    adults: int | None = None
    version: int | None = None
    plan: Plan | None = None
    request: PlanRequest | None = None
    contact: Contact | None = None
    funding: Funding | None = None
    parties: tuple[Party, ...] | None = None
    on_the_day: bool = False
    by_centre: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does, before it is done; `fee_cents` is what it costs to come so late."""

    pupils_before: int
    pupils_after: int
    adults_before: int
    adults_after: int
    day_before: date
    day_after: date
    start: datetime
    start_after: datetime
    end: datetime
    end_after: datetime
    price_before_cents: Cents
    price_after_cents: Cents
    fee_cents: Cents
    transport_before: TransportEstimate
    transport_after: TransportEstimate
    stops: tuple[StopChange, ...]
    warnings: tuple[Violation, ...]

    @property
    def price_cents(self) -> int:
        """What the school pays more (or less, below 0)."""
        return self.price_after_cents - self.price_before_cents


# Who changes the contact or the funding asks nothing of the day.
_AS_IT_IS = Verdict(takes=(), warnings=())


@dataclass(frozen=True, slots=True)
class _Target:
    """The visit as it would stand."""

    request: PlanRequest
    plan: Plan
    contact: Contact
    funding: Funding
    parties: tuple[Party, ...]
    price_cents: Cents
    fee_cents: Cents
    takes: tuple[Take, ...]
    warnings: tuple[Violation, ...]
    by_centre: bool = False


def preview_change(
    session: Session, command: ChangeVisit, *, transport: TransportDesk, now: datetime
) -> Difference:
    """What a change would do to time, price and bus money; writes nothing.

    Raises:
        InvalidInput, Conflict, CapacityExceeded: as `change_visit`.
    """
    visit = _load(session, command, now)
    target = _target(session, visit, command, now)

    def estimate(plan: Plan, pupils: int) -> TransportEstimate:
        return transport.estimate(
            session,
            register_no=visit.school,
            day=plan.day,
            pupils=pupils,
            programmes=plan.programmes,
            now=now,
        )

    return Difference(
        pupils_before=visit.pupils,
        pupils_after=target.request.pupils,
        adults_before=visit.adults,
        adults_after=target.request.adults,
        day_before=visit.local_date,
        day_after=target.plan.day,
        start=visit.start,
        start_after=min(stop.start for stop in target.plan.stops),
        end=visit.end,
        end_after=max(stop.end for stop in target.plan.stops),
        price_before_cents=visit.price_cents,
        price_after_cents=target.price_cents,
        fee_cents=Cents(target.fee_cents - visit.fee_cents),
        transport_before=estimate(visit.plan, visit.pupils),
        transport_after=estimate(target.plan, target.request.pupils),
        stops=difference(visit.plan, target.plan),
        warnings=target.warnings,
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
    """Change a visit, all of it or nothing. What it is already changes nothing.

    Raises:
        InvalidInput: everything that is wrong with the people and schools.
        Conflict: the visit can no longer be changed, or its day forbids the plan.
        CapacityExceeded: there is no room for it; the visit stays as it was.
    """
    visit = _load(session, command, now)
    target = _target(session, visit, command, now)
    if _is_as_it_stands(visit, target):
        return visit
    changed = _change(session, visit, target, transport=transport, by=by, now=now)
    _tell(session, visit, changed, settings, now, by_centre=target.by_centre)
    return changed


def undo_change(
    session: Session,
    command: VisitCommand,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> VisitRow:
    """Bring a visit back to what it was before its last change; undoing twice does it again.

    Raises:
        NotFound: ``change``: it never changed.
        Conflict, CapacityExceeded: what it was no longer fits, or a part of it is out of order
            (``undo_out_of_order``); the visit stays as it is.
    """
    visit = load_visit(session, command, now=now)
    kept = last_snapshot(session, visit)
    if kept is None:
        raise NotFound("change", reference=visit.reference)
    if kept.plan != visit.plan and find_unusable(session, kept.plan) is not None:
        raise Conflict("undo_out_of_order", state=visit.state.value, version=visit.version)
    back = ChangeVisit(
        reference=visit.reference,
        version=visit.version,
        plan=kept.plan,
        request=kept.request,
        contact=kept.contact,
        funding=kept.funding,
        parties=kept.parties,
    )
    target = _target(session, _load(session, back, now), back, now)
    price = target.price_cents if kept.price_cents is None else kept.price_cents
    target = replace(target, price_cents=price, fee_cents=kept.fee_cents)
    changed = _change(session, visit, target, transport=transport, by=by, now=now)
    _tell(session, visit, changed, settings, now, by_centre=target.by_centre)
    return changed


def _load(session: Session, command: ChangeVisit, now: datetime) -> VisitRow:
    visit = load_visit(session, VisitCommand(command.reference, command.version), now=now)
    allowed = _CHANGEABLE | ({VisitState.ARRIVED} if command.on_the_day else set())
    if visit.state not in allowed:
        raise Conflict(
            f"visit_is_{visit.state.value}", state=visit.state.value, version=visit.version
        )
    return visit


def _target(session: Session, visit: VisitRow, command: ChangeVisit, now: datetime) -> _Target:
    """The visit as it would stand, judged."""
    check_leading(visit, command.parties)
    request = _request(visit, command)
    plan = command.plan or with_people(visit.plan, pupils=request.pupils, adults=request.adults)
    parties = parties_of(visit) if command.parties is None else as_stored(command.parties)
    check_order(session, plan.day, request, parties)
    is_same_day = (request, plan) == (visit.request, visit.plan)
    verdict = _AS_IT_IS if is_same_day else judge_for(session, visit, plan, request, now=now)
    by_centre = command.by_centre
    price = price_after(session, visit, plan, by_centre=by_centre)
    return _Target(
        request=request,
        plan=plan,
        contact=command.contact or visit.contact,
        funding=command.funding or visit.funding,
        parties=parties,
        price_cents=price,
        fee_cents=fee_after(session, visit, price, by_centre=by_centre, now=now),
        takes=verdict.takes,
        warnings=verdict.warnings,
        by_centre=by_centre,
    )


def _request(visit: VisitRow, command: ChangeVisit) -> PlanRequest:
    request = command.request or with_schools(visit.request, command.parties)
    if command.plan is not None:
        request = replace(request, dates=(command.plan.day,))
    if command.groups is not None:
        request = replace(request, groups=command.groups)
    return request if command.adults is None else replace(request, adults=command.adults)


def _is_as_it_stands(visit: VisitRow, target: _Target) -> bool:
    same_day = (target.request, target.plan) == (visit.request, visit.plan)
    said = (target.contact, target.funding, target.parties)
    return same_day and said == (visit.contact, visit.funding, parties_of(visit))


def _change(
    session: Session,
    visit: VisitRow,
    target: _Target,
    *,
    transport: TransportDesk,
    by: str,
    now: datetime,
) -> VisitRow:
    keep_snapshot(session, visit, by_centre=target.by_centre, by=by, now=now)
    changed = change_row(
        session,
        visit,
        price_cents=target.price_cents,
        fee_cents=target.fee_cents,
        funding=target.funding,
        **day_values(target.request, target.plan),
        **contact_values(target.contact),
    )
    is_other_day = (target.request, target.plan) != (visit.request, visit.plan)
    if is_other_day:
        owner = owner_of(visit.id)
        swap(session, owner, target.takes, expires_at=visit.expires_at, now=now)
        rewrite_stops(session, visit.id, target.plan, now=now)
    if target.parties != parties_of(visit):
        write_parties(session, visit.id, target.parties)
    changed = get_visit_by_id(session, visit.id)
    if is_other_day:
        changed = reserve_award_anew(session, changed, transport, now=now)
    note(session, changed, "change_visit", by=by, now=now)
    note_schools(session, visit, changed, by=by, now=now)
    return changed


def _tell(
    session: Session,
    before: VisitRow,
    after: VisitRow,
    settings: Settings,
    now: datetime,
    *,
    by_centre: bool,
) -> None:
    """Nobody was told of a held visit yet, so nobody is told what is different about it."""
    if after.state is VisitState.HELD:
        return
    for letter in (Letter.CHANGED, Letter.JOINED, Letter.LEFT):
        news = News(before=before, by_centre=by_centre)
        send_letter(session, letter, after, settings=settings, now=now, news=news)
