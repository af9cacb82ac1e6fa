"""A day that has room again is offered to the class whose turn it is; offers end, and go on.

```
sweep: settle the offers whose visit was confirmed, given up or let pass
       end the waiting of classes whose last day has come
       look at the days that became emptier: plan, weigh, hold, write, log
```
How full a day is, against how full it was when the list last looked, says whether anything was
freed: no caller has to remember to tell, and a sweep that runs twice finds nothing new to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bookings.visits.planner.plan import Plan
from bookings.visits.planner.search import plan_days
from bookings.visits.queries import VisitRow
from bookings.visits.rules import VisitPolicy, VisitState, state_at
from bookings.visits.service import HoldVisit
from bookings.visits.service.letters import loud_at
from bookings.visits.service.offers import hold_offer
from bookings.visits.service.policy import get_policy
from bookings.visits.service.world import load_world
from bookings.waiting.models import WaitingChoice, WaitingDay, WaitingOffer
from bookings.waiting.queries import (
    DayRow,
    OfferRow,
    WaitingRow,
    count_visits_of_year,
    get_waiting_by_id,
    list_days,
    list_open_offers,
    list_over,
    list_waiting,
)
from bookings.waiting.rules import (
    CANDIDATES_MOST,
    LOOK_AGAIN_AFTER,
    RULE,
    Candidate,
    OfferState,
    WaitingState,
    Weighed,
    chosen_of,
    days_left,
    in_turn,
    is_day_due,
    offer_ends,
    weigh,
)
from bookings.waiting.service.letters import send_expired, send_lapsed, send_offer
from bookings.waiting.service.moves import change_class, end_offer, note
from vizium.db.inserts import insert_for
from vizium.kernel.clock import local_date
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput
from vizium.kernel.ids import new_id
from vizium.settings import Settings

# One transaction plans so many days and writes so many letters; the next one goes on.
_DAYS_AT_ONCE = 2
_CHANGES_AT_ONCE = 20
_BY = "system"


@dataclass(frozen=True, slots=True)
class _Found:
    """A class with the plan that the day has for it, if there is one."""

    row: WaitingRow
    candidate: Candidate
    plan: Plan | None


def sweep_waiting(session: Session, *, settings: Settings, now: datetime) -> int:
    """Settle, end, and offer what is due; bounded, and the same again does nothing.

    Returns:
        How many offers were made.
    """
    for offer, state, expires_at in list_open_offers(session)[:_CHANGES_AT_ONCE]:
        settle(session, offer, state_at(state, expires_at, now=now), settings=settings, now=now)
    for row in list_over(session, today=local_date(now))[:_CHANGES_AT_ONCE]:
        _end(session, row, settings, now)
    due = _due_days(session, now)[:_DAYS_AT_ONCE]
    return sum(_look_at(session, day, settings, now) for day in due)


def offer_freed(
    session: Session, day: date, *, settings: Settings, now: datetime
) -> VisitRow | None:
    """Offer a day to the class whose turn it is, if there is room for any.

    Returns:
        The visit that is held for it, or None.
    """
    found = {one.row.id: one for one in _candidates(session, day, now)}
    policy = get_policy(session, day)
    leaves = loud_at(now, get_policy(session, local_date(now)))
    while True:
        weighed = weigh([one.candidate for one in found.values()], policy)
        chosen = chosen_of(weighed)
        if chosen is None:
            return None
        winner = found[chosen.waiting]
        assert winner.plan is not None
        until = offer_ends(leaves, winner.plan.arrive, policy)
        visit = until and _hold(session, winner.row, winner.plan, until=until, now=now)
        if visit:
            return _offer(session, winner.row, visit, weighed, settings=settings, now=now)
        # It cannot have the day after all: whose turn is it then?
        found[chosen.waiting] = replace(winner, candidate=replace(chosen, fits=False))


def _offer(
    session: Session,
    row: WaitingRow,
    visit: VisitRow,
    weighed: Sequence[Weighed],
    *,
    settings: Settings,
    now: datetime,
) -> VisitRow:
    _store(session, row, visit, weighed, now)
    offered = change_class(session, row, state=WaitingState.OFFERED)
    note(session, offered, "offer_freed", by=_BY, now=now)
    send_offer(session, offered, visit, settings=settings, now=now)
    return visit


def _due_days(session: Session, now: datetime) -> list[DayRow]:
    """The days that somebody waits for and that became emptier, or were not looked at lately."""
    today = local_date(now)
    waiting = list_waiting(session, WaitingState.WAITING)
    wanted = {day for row in waiting for day in days_left(row.days, today=today, tried=row.tried)}
    due = []
    for row in list_days(session, sorted(wanted)):
        if is_day_due(row.used, row.used_then, row.looked_at, now=now):
            due.append(row)
        elif row.used != row.used_then and row.looked_at is not None:
            _remember(session, row, looked_at=row.looked_at)
    return due


def _look_at(session: Session, row: DayRow, settings: Settings, now: datetime) -> bool:
    visit = offer_freed(session, row.day, settings=settings, now=now)
    # After an offer there may be room for one more: the day stays due.
    looked_at = now if visit is None else now - LOOK_AGAIN_AFTER
    _remember(session, row, looked_at=looked_at)
    return visit is not None


def _remember(session: Session, row: DayRow, *, looked_at: datetime) -> None:
    known = {"used": row.used, "looked_at": looked_at}
    seen = insert_for(session, WaitingDay).values(day=row.day, **known)
    session.execute(seen.on_conflict_do_update(index_elements=["day"], set_=known))


def _candidates(session: Session, day: date, now: datetime) -> list[_Found]:
    """The classes that wait for a day, in turn, each with what the planner finds for it."""
    today = local_date(now)
    waiting = [
        row
        for row in list_waiting(session, WaitingState.WAITING)
        if day in days_left(row.days, today=today, tried=row.tried)
    ]
    if not waiting:
        return []
    visits = count_visits_of_year(session, {row.school for row in waiting}, day)
    candidates = {row.id: _candidate(row, visits[row.school]) for row in waiting}
    first = in_turn(candidates.values())[:CANDIDATES_MOST]
    world = load_world(session, day, now=now)
    rows = {row.id: row for row in waiting}
    found = []
    for one in first:
        plans = plan_days(rows[one.waiting].request(day), {day: world})
        plan = plans[0] if plans else None
        asked = replace(one, fits=plan is not None)
        found.append(_Found(rows[one.waiting], asked, plan))
    return found


def _candidate(row: WaitingRow, visits: int) -> Candidate:
    return Candidate(row.id, row.school, row.pupils, row.created_at, visits, fits=False)


def _hold(
    session: Session, row: WaitingRow, plan: Plan, *, until: datetime, now: datetime
) -> VisitRow | None:
    command = HoldVisit(
        plan=plan,
        request=row.request(plan.day),
        contact=row.contact,
        page_language=row.page_language,
        wants_transport=row.wants_transport,
        owner_person=row.owner_person,
    )
    try:
        # Somebody took the day since it was read, or a rule is another now: all of it goes back.
        with session.begin_nested():
            return hold_offer(session, command, until=until, by=_BY, now=now)
    except (InvalidInput, CapacityExceeded, Conflict):
        return None


def _store(
    session: Session,
    row: WaitingRow,
    visit: VisitRow,
    weighed: Sequence[Weighed],
    now: datetime,
) -> None:
    offer_id = new_id(now)
    offer = {
        "id": offer_id,
        "waiting": row.id,
        "visit": visit.id,
        "day": visit.local_date,
        "state": OfferState.OPEN,
        "made_at": now,
        "expires_at": visit.expires_at,
        "ended_at": None,
    }
    session.execute(insert(WaitingOffer), [offer])
    choice = {
        "id": new_id(now),
        "offer": offer_id,
        "day": visit.local_date,
        "pupils_free": max(one.candidate.pupils for one in weighed if one.candidate.fits),
        "candidates": [_logged(one) for one in weighed],
        "rule": RULE,
        "at": now,
    }
    session.execute(insert(WaitingChoice), [choice])


def _logged(weighed: Weighed) -> dict[str, object]:
    one = weighed.candidate
    return {
        "waiting": one.waiting,
        "school": one.school,
        "pupils": one.pupils,
        "visits": one.visits,
        "created_at": one.created_at.isoformat(),
        "verdict": weighed.verdict.value,
    }


_ENDS = {VisitState.CANCELLED: OfferState.DECLINED, VisitState.EXPIRED: OfferState.LAPSED}


def settle(
    session: Session,
    offer: OfferRow,
    visit_state: VisitState,
    *,
    settings: Settings,
    now: datetime,
    by: str = _BY,
) -> None:
    """Let an offer be what its visit says: taken, given up, let pass, or open still."""
    if visit_state is VisitState.HELD:
        return
    state = _ENDS.get(visit_state, OfferState.ACCEPTED)
    if not end_offer(session, offer.id, state, now=now):
        return
    row = get_waiting_by_id(session, offer.waiting)
    if row.state is not WaitingState.OFFERED:
        return
    policy = get_policy(session, offer.day)
    after = change_class(session, row, state=_after(row, state, policy, now))
    note(session, after, f"offer_{state.value}", by=by, now=now)
    if state is OfferState.LAPSED:
        send_lapsed(session, after, settings=settings, now=now)


def _after(row: WaitingRow, state: OfferState, policy: VisitPolicy, now: datetime) -> WaitingState:
    if state is OfferState.ACCEPTED:
        return WaitingState.TAKEN
    over = not days_left(row.days, today=local_date(now), tried=row.tried)
    if over or row.missed >= policy.offers_missed_max:
        return WaitingState.EXPIRED
    return WaitingState.WAITING


def _end(session: Session, row: WaitingRow, settings: Settings, now: datetime) -> None:
    ended = change_class(session, row, state=WaitingState.EXPIRED)
    note(session, ended, "expire", by=_BY, now=now)
    send_expired(session, ended, settings=settings, now=now)
