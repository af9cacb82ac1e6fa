"""Reads of the waiting list, as frozen rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bookings.resources.models import Cell
from bookings.resources.queries import list_closures, list_opening_rules
from bookings.resources.rules import WhyClosed, hours_of
from bookings.schools.models import School
from bookings.visits.models import Visit
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.world import HALL
from bookings.visits.rules import Contact, Group, VisitState
from bookings.waiting.models import WaitingChoice, WaitingClass, WaitingDay, WaitingOffer
from bookings.waiting.rules import OfferState, Verdict, WaitingState
from vizium.kernel.clock import days_after, from_wall, local_date
from vizium.kernel.errors import NotFound
from vizium.kernel.schoolyear import SchoolYear

_CLASSES_MOST = 1_000
_CAME = (VisitState.CONFIRMED, VisitState.ARRIVED, VisitState.COMPLETED)
# Half a year without an open day is no calendar to choose from.
_DAYS_LOOKED_AT = 190
_SATURDAY = 6
_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer with the visit that is held for it."""

    id: str
    waiting: str
    visit: str
    reference: str
    day: date
    state: OfferState
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A class that waits; `offers` in the order in which they were made."""

    id: str
    reference: str
    state: WaitingState
    version: int
    school: str
    school_name: str
    days: tuple[date, ...]
    groups: tuple[Group, ...]
    pupils: int
    adults: int
    language: str
    page_language: str
    wishes: tuple[Wish, ...]
    needs: frozenset[Need]
    contact: Contact
    wants_transport: bool
    owner_person: str | None
    created_at: datetime
    offers: tuple[OfferRow, ...]

    @property
    def tried(self) -> frozenset[date]:
        """The days that were offered already."""
        return frozenset(offer.day for offer in self.offers)

    @property
    def open_offer(self) -> OfferRow | None:
        """The offer that waits for an answer."""
        return next((offer for offer in self.offers if offer.state is OfferState.OPEN), None)

    @property
    def missed(self) -> int:
        """How many offers it let pass."""
        return sum(offer.state is OfferState.LAPSED for offer in self.offers)

    def request(self, day: date) -> PlanRequest:
        """What it asks of a day."""
        return PlanRequest(
            schools=(self.school,),
            dates=(day,),
            groups=self.groups,
            adults=self.adults,
            language=self.language,
            wishes=self.wishes,
            needs=self.needs,
        )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """How many classes wait for one of the same days, and how many of them longer."""

    waiting: int
    longer: int


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One line of the log: who was looked at, and why it was chosen or not."""

    reference: str
    school_name: str
    pupils: int
    visits: int
    waiting_since: date
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One offer of the log with everybody who was looked at."""

    day: date
    at: datetime
    pupils_free: int
    rule: str
    candidates: tuple[CandidateRow, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """How full a day is now and was when it was last looked at (None: never)."""

    day: date
    used: int
    used_then: int | None
    looked_at: datetime | None


def get_waiting(session: Session, reference: str) -> WaitingRow:
    """One class on the list.

    Raises:
        NotFound: ``waiting``.
    """
    rows = _rows(session, select(WaitingClass.id).where(WaitingClass.reference == reference))
    if not rows:
        raise NotFound("waiting")
    return rows[0]


def get_waiting_by_id(session: Session, waiting_id: str) -> WaitingRow:
    """One class on the list by its id.

    Raises:
        NotFound: ``waiting``.
    """
    rows = _rows(session, select(WaitingClass.id).where(WaitingClass.id == waiting_id))
    if not rows:
        raise NotFound("waiting")
    return rows[0]


def list_waiting(session: Session, *states: WaitingState) -> list[WaitingRow]:
    """The classes in these states, who waits longest first."""
    query = select(WaitingClass.id).where(WaitingClass.state.in_(states))
    return _rows(session, query.order_by(WaitingClass.created_at, WaitingClass.id))


def list_over(session: Session, *, today: date) -> list[WaitingRow]:
    """The classes that wait although the last of their days has come."""
    waiting = (WaitingClass.state == WaitingState.WAITING) & (WaitingClass.last_day <= today)
    return _rows(session, select(WaitingClass.id).where(waiting).order_by(WaitingClass.id))


def list_open_offers(session: Session) -> list[tuple[OfferRow, VisitState, datetime | None]]:
    """The offers that wait for an answer, each with the state and the end of its held visit."""
    query = _OFFERS.where(WaitingOffer.state == OfferState.OPEN).order_by(WaitingOffer.id)
    return [
        (_offer_row(offer, reference), state, expires_at)
        for offer, reference, state, expires_at in session.execute(query)
    ]


def count_waiting_of_school(session: Session, school: str) -> int:
    """How many classes of a school wait or have an offer."""
    active = WaitingClass.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    query = select(func.count()).where(WaitingClass.school == school, active)
    return session.scalar(query) or 0


def place_of(session: Session, row: WaitingRow) -> PlaceRow:
    """How many others wait for one of its days."""
    days = set(row.days)
    others = [
        one
        for one in list_waiting(session, WaitingState.WAITING)
        if one.id != row.id and not days.isdisjoint(one.days)
    ]
    return PlaceRow(len(others), sum(one.created_at < row.created_at for one in others))


def count_visits_of_year(session: Session, schools: Collection[str], day: date) -> Counter[str]:
    """How many visits each school has in the school year of a day, come or confirmed."""
    year = SchoolYear.of(day)
    query = (
        select(Visit.school, func.count().label("visits"))
        .where(
            Visit.school.in_(schools),
            Visit.state.in_(_CAME),
            Visit.local_date.between(year.first_day, year.last_day),
        )
        .group_by(Visit.school)
    )
    return Counter({row.school: row.visits for row in session.execute(query)})


def list_days(session: Session, days: Sequence[date]) -> list[DayRow]:
    """How full these days are and were; a day without any visit is used by nobody."""
    if not days:
        return []
    first, last = min(days), max(days)
    cells = select(Cell.start, Cell.used).where(
        Cell.resource == HALL,
        Cell.start >= from_wall(first, _MIDNIGHT),
        Cell.start < from_wall(last + timedelta(days=1), _MIDNIGHT),
    )
    used: Counter[date] = Counter()
    for start, count in session.execute(cells):
        used[local_date(start)] += count
    known = {
        row.day: row
        for row in session.scalars(
            select(WaitingDay)
            .where(WaitingDay.day.in_(days))
            .execution_options(populate_existing=True)
        )
    }
    return [
        DayRow(
            day,
            used[day],
            known[day].used if day in known else None,
            known[day].looked_at if day in known else None,
        )
        for day in sorted(set(days))
    ]


def list_open_days(session: Session, first: date, *, most: int) -> list[date]:
    """The next days from a day on on which schools may come."""
    rules = list_opening_rules(session, until=first)
    closed = {closure.day for closure in list_closures(session, until=first)}
    days = (days_after(first, offset) for offset in range(_DAYS_LOOKED_AT))
    open_days = (
        day
        for day in days
        if day.isoweekday() < _SATURDAY
        and not isinstance(hours_of(day, rules, closed=day in closed), WhyClosed)
    )
    return list(islice(open_days, most))


def list_choices(session: Session, *, most: int = 50) -> list[ChoiceRow]:
    """The log of offers, the newest first."""
    query = select(WaitingChoice).order_by(WaitingChoice.id.desc()).limit(most)
    choices = session.scalars(query).all()
    logged = [(choice, cast("list[dict[str, object]]", choice.candidates)) for choice in choices]
    names = _names(session, {str(one["waiting"]) for _, ones in logged for one in ones})
    return [
        ChoiceRow(
            choice.day,
            choice.at,
            choice.pupils_free,
            choice.rule,
            tuple(_candidate_row(one, names) for one in ones),
        )
        for choice, ones in logged
    ]


_OFFERS = select(WaitingOffer, Visit.reference, Visit.state, Visit.expires_at).join(
    Visit, Visit.id == WaitingOffer.visit
)


def _names(session: Session, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Reference and school of classes, keyed by id."""
    query = (
        select(WaitingClass.id, WaitingClass.reference, School.name)
        .join(School, School.register_no == WaitingClass.school)
        .where(WaitingClass.id.in_(ids))
    )
    return {one: (reference, name) for one, reference, name in session.execute(query)}


def _candidate_row(logged: dict[str, object], names: dict[str, tuple[str, str]]) -> CandidateRow:
    reference, school_name = names[str(logged["waiting"])]
    return CandidateRow(
        reference=reference,
        school_name=school_name,
        pupils=int(str(logged["pupils"])),
        visits=int(str(logged["visits"])),
        waiting_since=local_date(datetime.fromisoformat(str(logged["created_at"]))),
        verdict=Verdict(str(logged["verdict"])),
    )


def _rows(session: Session, ids: Select[str]) -> list[WaitingRow]:
    chosen = session.scalars(ids.limit(_CLASSES_MOST)).all()
    query = (
        select(WaitingClass, School.name)
        .join(School, School.register_no == WaitingClass.school)
        .where(WaitingClass.id.in_(chosen))
        .execution_options(populate_existing=True)
    )
    found = {row.id: _waiting_row(row, name) for row, name in session.execute(query)}
    for offer in _offers_of(session, chosen):
        row = found[offer.waiting]
        found[row.id] = replace(row, offers=(*row.offers, offer))
    return [found[one] for one in chosen]


def _offers_of(session: Session, waiting: Collection[str]) -> Iterable[OfferRow]:
    query = _OFFERS.where(WaitingOffer.waiting.in_(waiting)).order_by(WaitingOffer.id)
    for offer, reference, _, _ in session.execute(query.execution_options(populate_existing=True)):
        yield _offer_row(offer, reference)


def _offer_row(offer: WaitingOffer, reference: str) -> OfferRow:
    return OfferRow(
        id=offer.id,
        waiting=offer.waiting,
        visit=offer.visit,
        reference=reference,
        day=offer.day,
        state=offer.state,
        made_at=offer.made_at,
        expires_at=offer.expires_at,
    )


def _waiting_row(row: WaitingClass, school_name: str) -> WaitingRow:
    groups = cast("list[dict[str, int]]", row.groups)
    wishes = cast("list[dict[str, str | None]]", row.wishes)
    return WaitingRow(
        id=row.id,
        reference=row.reference,
        state=row.state,
        version=row.version,
        school=row.school,
        school_name=school_name,
        days=tuple(date.fromisoformat(day) for day in row.days),
        groups=tuple(Group(**group) for group in groups),
        pupils=row.pupils,
        adults=row.adults,
        language=row.language,
        page_language=row.page_language,
        wishes=tuple(Wish(**wish) for wish in wishes),
        needs=frozenset(Need(need) for need in row.needs),
        contact=Contact(row.contact_name, row.contact_email, row.contact_phone),
        wants_transport=row.wants_transport,
        owner_person=row.owner_person,
        created_at=row.created_at,
        offers=(),
    )
