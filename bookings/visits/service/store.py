"""Write a visit's day: its stops, its schools, and what it was before a change."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings.visits.models import VisitChange, VisitParty, VisitStop
from bookings.visits.planner.ids import pack_day, unpack_day
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Funding, Group, Party, pupils_of
from vizium.db.base import Base
from vizium.kernel.errors import Conflict
from vizium.kernel.ids import new_id
from vizium.kernel.money import Cents

# As the trigger of the database says it.
_SESSION_GONE = "the session is cancelled or at another hour"
_STOP = Base.metadata.tables[VisitStop.__tablename__]
# With RETURNING all rows travel in one statement.
_INSERT_STOP = insert(_STOP).returning(_STOP.c.id)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A visit as it was before a change; `by_centre`: the centre made it, not the school.

    What was kept before prices were has no price.
    """

    request: PlanRequest
    plan: Plan
    contact: Contact
    funding: Funding
    fee_cents: Cents
    parties: tuple[Party, ...]
    price_cents: Cents | None = None
    by_centre: bool = False


def day_values(request: PlanRequest, plan: Plan) -> dict[str, object]:
    """The columns of a visit that its request and its plan decide, keyed by name."""
    return {
        "school": request.schools[0],
        "local_date": plan.day,
        "groups": [asdict(group) for group in request.groups],
        "pupils": request.pupils,
        "adults": request.adults,
        "language": request.language,
        "subgroups": [asdict(subgroup) for subgroup in plan.subgroups],
        "wishes": [asdict(wish) for wish in request.wishes],
        "galleries": list(request.galleries),
        "needs": sorted(need.value for need in request.needs),
        "bus_arrives": request.arrive,
        "bus_departs": request.depart,
        "arrive_at": plan.arrive,
        "leave_at": plan.leave,
    }


def contact_values(contact: Contact) -> dict[str, object]:
    """The columns of a contact, keyed by name."""
    return {
        "contact_name": contact.name,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
    }


def write_stops(session: Session, visit_id: str, plan: Plan, *, now: datetime) -> None:
    """Store the stops of a plan.

    Raises:
        Conflict: ``session_gone``: a session of it is cancelled or has moved to another hour.
    """
    rows = [
        {
            "id": new_id(now),
            "visit": visit_id,
            "position": position,
            "kind": stop.kind,
            "code": stop.code,
            "session": stop.session,
            "rooms": list(stop.rooms),
            "host": stop.host,
            "machines": list(stop.machines),
            "start": stop.start,
            "end": stop.end,
            "who": list(stop.who),
            "pupils": plan.pupils_of(stop),
            "adults": plan.adults_of(stop),
        }
        for position, stop in enumerate(plan.stops)
    ]
    if not rows:
        return
    try:
        session.execute(_INSERT_STOP, rows)
    except IntegrityError as error:
        # Who cancels or moves a session and who takes it at the same instant meet here.
        if _SESSION_GONE in str(error.orig):
            raise Conflict("session_gone") from None
        raise


def rewrite_stops(session: Session, visit_id: str, plan: Plan, *, now: datetime) -> None:
    """Store the stops of another plan in place of those that stood."""
    session.execute(delete(VisitStop).where(VisitStop.visit == visit_id))
    write_stops(session, visit_id, plan, now=now)


def write_parties(session: Session, visit_id: str, parties: tuple[Party, ...]) -> None:
    """Store the schools of a joint group, in place of those that stood."""
    session.execute(delete(VisitParty).where(VisitParty.visit == visit_id))
    rows = [
        {
            "visit": visit_id,
            "position": position,
            "school": party.school,
            "groups": [asdict(group) for group in party.groups],
            "pupils": pupils_of(party.groups),
            "adults": party.adults,
            **contact_values(party.contact),
        }
        for position, party in enumerate(parties)
    ]
    if rows:
        session.execute(insert(VisitParty), rows)


def parties_of(visit: VisitRow) -> tuple[Party, ...]:
    """The schools of a joint group as values."""
    return tuple(
        Party(party.school, party.groups, party.adults, party.contact) for party in visit.parties
    )


def keep_snapshot(
    session: Session, visit: VisitRow, *, by_centre: bool = False, by: str, now: datetime
) -> None:
    """Keep a visit as it is, before a change ends this version of it."""
    snapshot: dict[str, object] = {
        "day": pack_day(visit.request, visit.plan),
        "contact": asdict(visit.contact),
        "funding": visit.funding.value,
        "fee_cents": visit.fee_cents,
        "price_cents": visit.price_cents,
        "by_centre": by_centre,
        "parties": [asdict(party) for party in parties_of(visit)],
    }
    row = {"visit": visit.id, "version": visit.version, "snapshot": snapshot}
    session.execute(insert(VisitChange), [row | {"made_by": by, "made_at": now}])


def last_snapshot(session: Session, visit: VisitRow) -> Snapshot | None:
    """The visit as it was before its last change, or None if it never changed."""
    query = select(VisitChange.snapshot).where(VisitChange.visit == visit.id)
    found = session.scalar(query.order_by(VisitChange.version.desc()).limit(1))
    if found is None:
        return None
    kept: dict[str, Any] = found
    request, plan = unpack_day(kept["day"])
    return Snapshot(
        request=request,
        plan=plan,
        contact=Contact(**kept["contact"]),
        funding=Funding(kept["funding"]),
        fee_cents=Cents(kept["fee_cents"]),
        parties=tuple(
            Party(
                school=party["school"],
                groups=tuple(Group(**group) for group in party["groups"]),
                adults=party["adults"],
                contact=Contact(**party["contact"]),
            )
            for party in kept["parties"]
        ),
        price_cents=kept.get("price_cents"),
        by_centre=kept.get("by_centre", False),
    )
