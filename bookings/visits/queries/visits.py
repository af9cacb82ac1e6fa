"""Reads of visits and arrivals."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Result, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bookings.schools.models import School
from bookings.visits.models import Arrival, Visit, VisitChange, VisitParty
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
from vizium.db.base import Base
from vizium.kernel.errors import NotFound

_VISIT = Base.metadata.tables[Visit.__tablename__]
_SCHOOL = Base.metadata.tables[School.__tablename__]
_PARTY = Base.metadata.tables[VisitParty.__tablename__]
_Read = tuple[Any, ...]
_VISITS: Select[*_Read] = select(
    *_VISIT.c,
    _SCHOOL.c.name.label("school_name"),
    select(_PARTY.c.visit).where(_PARTY.c.visit == _VISIT.c.id).exists().label("is_joint"),
).join(_SCHOOL, _SCHOOL.c.register_no == _VISIT.c.school)
_BY_REFERENCE = _VISITS.where(_VISIT.c.reference == bindparam("one"))
_BY_ID = _VISITS.where(_VISIT.c.id == bindparam("one"))
_EXPIRED = (
    select(_VISIT.c.id)
    .where(_VISIT.c.state.in_(EXPIRING), _VISIT.c.expires_at <= bindparam("now"))
    .limit(1)
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
        query = query.where(comes_from(wish.school))
    if wish.owner:
        query = query.where(Visit.owner_person == wish.owner)
    return visit_rows(session, query)


def comes_from(school: str) -> ColumnElement[bool]:
    """Whether a school leads a visit or comes along."""
    along = select(VisitParty.visit).where(VisitParty.school == school)
    return or_(Visit.school == school, Visit.id.in_(along))


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


def booked_at(session: Session, visit: VisitRow) -> datetime:
    """When a visit became what it is: at its last change, or when it was made."""
    changed = select(func.max(VisitChange.made_at)).where(VisitChange.visit == visit.id)
    return session.scalar(changed) or visit.created_at


def find_arrival(session: Session, nonce: str) -> tuple[str, ArrivalRow] | None:
    """The visit's id and the arrival of a nonce."""
    arrival = session.scalar(select(Arrival).where(Arrival.nonce == nonce))
    return None if arrival is None else (arrival.visit, _arrival_row(arrival))


def has_expired_holds(session: Session, *, now: datetime) -> bool:
    """Whether a sweep would give places back."""
    return session.execute(_EXPIRED, {"now": now}).first() is not None


def visit_rows(session: Session, ids: Select[str]) -> list[VisitRow]:
    """The visits of a query of ids, in its order."""
    chosen = session.scalars(ids).all()
    return _in_order(session, chosen, session.execute(_VISITS.where(_VISIT.c.id.in_(chosen))))


def _one_row(session: Session, query: Select[*_Read], key: str) -> VisitRow | None:
    rows = _in_order(session, None, session.execute(query, {"one": key}))
    return rows[0] if rows else None


def _in_order(
    session: Session, chosen: Sequence[str] | None, read: Result[*_Read]
) -> list[VisitRow]:
    found = {visit.id: visit for visit in read}
    order = list(found) if chosen is None else chosen
    stops = stops_of(session, order)
    parties = _parties(session, [one for one in order if found[one].is_joint])
    return [
        row_of(found[one], found[one].school_name, stops[one], parties.get(one, ()))
        for one in order
    ]


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
    written: Mapping[str, Any],
    stops: tuple[StopRow, ...],
    parties: Sequence[Party],
    *,
    names: Mapping[str, str],
) -> VisitRow:
    """The row of a visit that was just written, without reading it back.

    Args:
        written: its columns, keyed by name.
        names: those of its schools, keyed by registration number.
    """
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
    visit = SimpleNamespace(**written)
    return row_of(visit, names[visit.school], stops, rows)


def row_of(
    visit: Row[*_Read] | SimpleNamespace,
    school_name: str,
    stops: tuple[StopRow, ...],
    parties: tuple[PartyRow, ...],
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
        no_show_fee_cents=visit.no_show_fee_cents,
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
