"""The classes on the list, with the offers that they got."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bookings.schools.models import School
from bookings.visits.models import Visit
from bookings.visits.planner.request import Need, Wish
from bookings.visits.rules import Contact, Group, VisitState
from bookings.waiting.models import WaitingClass, WaitingOffer
from bookings.waiting.queries.rows import OfferRow, PlaceRow, WaitingRow
from bookings.waiting.rules import OfferState, WaitingState
from vizium.kernel.errors import NotFound

_CLASSES_MOST = 1_000
_OFFERS = select(WaitingOffer, Visit.reference, Visit.state, Visit.expires_at).join(
    Visit, Visit.id == WaitingOffer.visit
)


def get_waiting(session: Session, reference: str) -> WaitingRow:
    """One class on the list.

    Raises:
        NotFound: ``waiting``.
    """
    found = find_waiting(session, reference)
    if found is None:
        raise NotFound("waiting")
    return found


def find_waiting(session: Session, reference: str) -> WaitingRow | None:
    """One class on the list, or None."""
    rows = _rows(session, select(WaitingClass.id).where(WaitingClass.reference == reference))
    return rows[0] if rows else None


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
