"""Reads of visits and arrivals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import Result, Select, bindparam, select
from sqlalchemy.orm import Session

from bookings.schools.models import School
from bookings.visits.models import Arrival, Visit, VisitParty
from bookings.visits.planner.plan import Subgroup
from bookings.visits.planner.request import Need, Wish
from bookings.visits.queries.rows import ArrivalRow, PartyRow, StopRow, VisitRow, VisitWish
from bookings.visits.queries.stops import stops_of
from bookings.visits.rules import (
    EXPIRING,
    Contact,
    Group,
    Party,
    TransportAward,
    pupils_of,
)
from vizium.kernel.errors import NotFound

_VISITS = (
    select(
        Visit,
        School.name,
        select(VisitParty.visit).where(VisitParty.visit == Visit.id).exists(),
    )
    .join(School, School.register_no == Visit.school)
    .execution_options(populate_existing=True)
)
_BY_REFERENCE = _VISITS.where(Visit.reference == bindparam("one"))
_BY_ID = _VISITS.where(Visit.id == bindparam("one"))
_OWNER = select(Visit.owner_person, Visit.school).where(Visit.reference == bindparam("reference"))
_SCHOOLS = select(School.register_no, School.name).where(
    School.register_no.in_(bindparam("schools", expanding=True))
)


def get_visit(session: Session, reference: str) -> VisitRow:
    """One visit.

    Raises:
        NotFound: ``visit``.
    """
    found = find_visit(session, reference)
    if found is None:
        raise NotFound("visit", reference=reference)
    return found


def find_visit(session: Session, reference: str) -> VisitRow | None:
    """One visit, or None."""
    return _one_row(session, _BY_REFERENCE, reference)


def get_visit_by_id(session: Session, visit_id: str) -> VisitRow:
    """One visit by its id.

    Raises:
        NotFound: ``visit``.
    """
    found = _one_row(session, _BY_ID, visit_id)
    if found is None:
        raise NotFound("visit")
    return found


def find_visit_owner(session: Session, reference: str) -> tuple[str | None, str] | None:
    """Who made a visit, and its leading school; None if there is no such visit."""
    found = session.execute(_OWNER, {"reference": reference}).one_or_none()
    return None if found is None else (found.owner_person, found.school)


def list_visits_by_id(session: Session, visit_ids: Sequence[str]) -> list[VisitRow]:
    """These visits, in the order of their ids."""
    return visit_rows(session, select(Visit.id).where(Visit.id.in_(visit_ids)).order_by(Visit.id))


def list_visits(session: Session, wish: VisitWish, *, most: int = 200) -> list[VisitRow]:
    """Visits, by day and newest reference first within a day."""
    query = select(Visit.id).order_by(Visit.local_date, Visit.id.desc()).limit(most)
    if wish.day is not None:
        query = query.where(Visit.local_date == wish.day)
    if wish.first_day is not None:
        query = query.where(Visit.local_date >= wish.first_day)
    if wish.reference:
        query = query.where(Visit.reference == wish.reference)
    if wish.school:
        query = query.where(Visit.school == wish.school)
    if wish.owner:
        query = query.where(Visit.owner_person == wish.owner)
    return visit_rows(session, query)


def list_visits_of_day(session: Session, day: date) -> list[VisitRow]:
    """All visits of a day, the first to start first."""
    return sorted(list_visits(session, VisitWish(day=day)), key=lambda visit: visit.start)


def list_visits_between(session: Session, first: date, last: date) -> list[VisitRow]:
    """All visits of some days, both included, the first to come first."""
    query = select(Visit.id).where(Visit.local_date.between(first, last))
    return visit_rows(session, query.order_by(Visit.arrive_at, Visit.id))


def list_arrivals(session: Session, visit_id: str) -> list[ArrivalRow]:
    """What the door counted for a visit, oldest first."""
    query = select(Arrival).where(Arrival.visit == visit_id).order_by(Arrival.id)
    return [_arrival_row(arrival) for arrival in session.scalars(query)]


def find_arrival(session: Session, nonce: str) -> tuple[str, ArrivalRow] | None:
    """The visit's id and the arrival of a nonce."""
    arrival = session.scalar(select(Arrival).where(Arrival.nonce == nonce))
    return None if arrival is None else (arrival.visit, _arrival_row(arrival))


def has_expired_holds(session: Session, *, now: datetime) -> bool:
    """Whether a sweep would give places back."""
    due = select(Visit.id).where(Visit.state.in_(EXPIRING), Visit.expires_at <= now)
    return session.scalar(due.limit(1)) is not None


def visit_rows(session: Session, ids: Select[str]) -> list[VisitRow]:
    """The visits of a query of ids, in its order."""
    chosen = session.scalars(ids).all()
    return _in_order(session, chosen, session.execute(_VISITS.where(Visit.id.in_(chosen))))


def _one_row(session: Session, query: Select[Visit, str, bool], key: str) -> VisitRow | None:
    rows = _in_order(session, None, session.execute(query, {"one": key}))
    return rows[0] if rows else None


def _in_order(
    session: Session, chosen: Sequence[str] | None, read: Result[Visit, str, bool]
) -> list[VisitRow]:
    found = {visit.id: (visit, name, joint) for visit, name, joint in read}
    order = list(found) if chosen is None else chosen
    stops = stops_of(session, order)
    parties = _parties(session, [one for one, (_, _, is_joint) in found.items() if is_joint])
    return [row_of(*found[one][:2], stops[one], parties.get(one, ())) for one in order]


def _parties(session: Session, visit_ids: Sequence[str]) -> dict[str, tuple[PartyRow, ...]]:
    if not visit_ids:
        return {}
    query = (
        select(VisitParty, School.name)
        .join(School, School.register_no == VisitParty.school)
        .where(VisitParty.visit.in_(visit_ids))
        .order_by(VisitParty.visit, VisitParty.position)
        .execution_options(populate_existing=True)
    )
    parties: dict[str, tuple[PartyRow, ...]] = dict.fromkeys(visit_ids, ())
    for party, name in session.execute(query):
        row = PartyRow(
            school=party.school,
            school_name=name,
            groups=_groups(party.groups),
            pupils=party.pupils,
            adults=party.adults,
            contact=Contact(party.contact_name, party.contact_email, party.contact_phone),
        )
        parties[party.visit] += (row,)
    return parties


def new_row(
    session: Session, visit: Visit, stops: tuple[StopRow, ...], parties: Sequence[Party]
) -> VisitRow:
    """The row of a visit that this transaction has just written, without reading it back."""
    schools = {visit.school, *(party.school for party in parties)}
    named = session.execute(_SCHOOLS, {"schools": sorted(schools)})
    names = {row.register_no: row.name for row in named}
    rows = tuple(
        PartyRow(
            school=party.school,
            school_name=names[party.school],
            groups=party.groups,
            pupils=pupils_of(party.groups),
            adults=party.adults,
            contact=party.contact,
        )
        for party in parties
    )
    return row_of(visit, names[visit.school], stops, rows)


def row_of(
    visit: Visit, school_name: str, stops: tuple[StopRow, ...], parties: tuple[PartyRow, ...]
) -> VisitRow:
    """A visit and what belongs to it as one frozen row."""
    return VisitRow(
        id=visit.id,
        reference=visit.reference,
        state=visit.state,
        version=visit.version,
        school=visit.school,
        school_name=school_name,
        local_date=visit.local_date,
        groups=_groups(visit.groups),
        pupils=visit.pupils,
        adults=visit.adults,
        language=visit.language,
        page_language=visit.page_language,
        contact=Contact(visit.contact_name, visit.contact_email, visit.contact_phone),
        price_cents=visit.price_cents,
        transport=TransportAward(
            visit.transport_state, visit.award_cents, tuple(visit.transport_reasons)
        ),
        expires_at=visit.expires_at,
        extensions=visit.extensions,
        owner_person=visit.owner_person,
        created_at=visit.created_at,
        stops=stops,
        subgroups=tuple(Subgroup(**one) for one in cast("list[dict[str, int]]", visit.subgroups)),
        wishes=tuple(Wish(**one) for one in cast("list[dict[str, str]]", visit.wishes)),
        galleries=tuple(visit.galleries),
        needs=frozenset(Need(need) for need in visit.needs),
        bus_arrives=visit.bus_arrives,
        bus_departs=visit.bus_departs,
        arrive_at=visit.arrive_at,
        leave_at=visit.leave_at,
        funding=visit.funding,
        fee_cents=visit.fee_cents,
        approver_email=visit.approver_email,
        parties=parties,
    )


def _groups(stored: list[object]) -> tuple[Group, ...]:
    groups = cast("list[dict[str, int]]", stored)
    return tuple(Group(group["grade"], group["pupils"]) for group in groups)


def _arrival_row(arrival: Arrival) -> ArrivalRow:
    return ArrivalRow(
        nonce=arrival.nonce,
        pupils=arrival.pupils,
        adults=arrival.adults,
        at=arrival.at,
        offline=arrival.offline,
        flags=tuple(arrival.flags),
    )
