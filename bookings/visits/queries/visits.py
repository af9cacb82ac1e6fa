"""Reads of visits, their stops and arrivals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.schools.models import School
from bookings.visits.models import ActivitySession, Arrival, Visit, VisitStop
from bookings.visits.queries.sessions import names_of_resources, places_of, titles_of
from bookings.visits.rules import (
    EXPIRING,
    KEEPING,
    Contact,
    Group,
    TransportAward,
    TransportState,
    VisitState,
    state_at,
)
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class StopRow:
    """One activity of a visit."""

    session: str
    code: str
    kind: str
    titles: dict[str, str]
    start: datetime
    end: datetime
    places: dict[str, str]
    host: str | None
    pupils: int

    def title(self, language: str) -> str:
        """The title in a language, or in Latvian where it has none."""
        return self.titles.get(language) or self.titles["lv"]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit, as stored; `seen_at` gives it as it counts at an instant."""

    id: str
    reference: str
    state: VisitState
    version: int
    school: str
    school_name: str
    local_date: date
    groups: tuple[Group, ...]
    pupils: int
    adults: int
    language: str
    page_language: str
    contact: Contact
    price_cents: Cents
    transport: TransportAward
    expires_at: datetime | None
    extensions: int
    owner_person: str | None
    created_at: datetime
    stops: tuple[StopRow, ...]

    def seen_at(self, now: datetime) -> "VisitRow":
        """The visit as it counts now: a hold whose time is over is expired."""
        return replace(self, state=state_at(self.state, self.expires_at, now=now))

    @property
    def start(self) -> datetime:
        """When the first stop starts."""
        return min(stop.start for stop in self.stops)

    @property
    def end(self) -> datetime:
        """When the last stop ends."""
        return max(stop.end for stop in self.stops)

    @property
    def wants_transport(self) -> bool:
        """Whether the school asked for bus money."""
        return self.transport.state is not TransportState.UNWANTED

    @property
    def is_kept(self) -> bool:
        """Whether it keeps its places."""
        return self.state in KEEPING


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """What the door counted."""

    nonce: str
    pupils: int
    adults: int
    at: datetime
    offline: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitWish:
    """Which visits a list shows; everything empty means all."""

    day: date | None = None
    first_day: date | None = None
    reference: str = ""
    school: str = ""
    owner: str = ""


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
    rows = _visit_rows(session, select(Visit.id).where(Visit.reference == reference))
    return rows[0] if rows else None


def get_visit_by_id(session: Session, visit_id: str) -> VisitRow:
    """One visit by its id.

    Raises:
        NotFound: ``visit``.
    """
    rows = _visit_rows(session, select(Visit.id).where(Visit.id == visit_id))
    if not rows:
        raise NotFound("visit")
    return rows[0]


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
    return _visit_rows(session, query)


def list_visits_of_day(session: Session, day: date) -> list[VisitRow]:
    """All visits of a day, the first to start first."""
    return sorted(list_visits(session, VisitWish(day=day)), key=lambda visit: visit.start)


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


def _visit_rows(session: Session, ids: Select[str]) -> list[VisitRow]:
    chosen = session.scalars(ids).all()
    query = (
        select(Visit, School.name)
        .join(School, School.register_no == Visit.school)
        .where(Visit.id.in_(chosen))
        .execution_options(populate_existing=True)
    )
    found = {visit.id: (visit, name) for visit, name in session.execute(query)}
    stops = _stops(session, chosen)
    return [_visit_row(*found[one], tuple(stops[one])) for one in chosen]


def _stops(session: Session, visit_ids: Sequence[str]) -> dict[str, list[StopRow]]:
    query = (
        select(VisitStop.visit, VisitStop.pupils, ActivitySession, Activity)
        .join(ActivitySession, ActivitySession.id == VisitStop.session)
        .join(Activity, Activity.code == ActivitySession.activity)
        .where(VisitStop.visit.in_(visit_ids))
        .order_by(ActivitySession.start)
    )
    names = names_of_resources(session)
    stops: dict[str, list[StopRow]] = {visit_id: [] for visit_id in visit_ids}
    for visit_id, pupils, one, activity in session.execute(query):
        stops[visit_id].append(
            StopRow(
                session=one.id,
                code=one.activity,
                kind=activity.kind.value,
                titles=titles_of(activity),
                start=one.start,
                end=one.end,
                places=places_of(one.rooms, names),
                host=names[one.host]["lv"] if one.host else None,
                pupils=pupils,
            )
        )
    return stops


def _visit_row(visit: Visit, school_name: str, stops: tuple[StopRow, ...]) -> VisitRow:
    groups = cast("list[dict[str, int]]", visit.groups)
    return VisitRow(
        id=visit.id,
        reference=visit.reference,
        state=visit.state,
        version=visit.version,
        school=visit.school,
        school_name=school_name,
        local_date=visit.local_date,
        groups=tuple(Group(group["grade"], group["pupils"]) for group in groups),
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
    )


def _arrival_row(arrival: Arrival) -> ArrivalRow:
    return ArrivalRow(
        nonce=arrival.nonce,
        pupils=arrival.pupils,
        adults=arrival.adults,
        at=arrival.at,
        offline=arrival.offline,
        flags=tuple(arrival.flags),
    )
