"""Whose visit it is: for everybody else it does not exist."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow, find_visit, get_visit
from bookings.visits.rules import contact_within, reach_of
from bookings.visits.service.papers import opens
from vizium.auth.rules import STAFF_ROLES, Person, Role
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Forbidden, NotFound
from vizium.kernel.ids import parse_reference
from vizium.settings import Settings

# Who of the staff may change visits; the others read.
CHANGING_ROLES = frozenset({Role.COORDINATOR, Role.DESK, Role.ADMIN})
# Who signs acts done through a mailed link: the school, no person known to us.
BY_LINK = "school"


def visit_by_link(session: Session, reference: str, key: str, settings: Settings) -> VisitRow:
    """The visit of a signed link.

    Raises:
        NotFound: ``visit``: an unknown reference and a wrong key look the same.
    """
    if not opens(reference, key, settings):
        raise NotFound("visit")
    return get_visit(session, reference)


def as_seen_by(visit: VisitRow, person: Person, *, now: datetime) -> VisitRow:
    """A visit with as much of its contacts as this person may see (`rules.reach_of`).

    The leading school and whoever booked sees all; a school that comes along sees who arranges the
    visit and itself. The row is for showing, never for writing.
    """
    if may_have_links(visit, person):
        return visit
    reach = reach_of(person.roles, visit.local_date, today=local_date(now))
    known = {person.school, visit.school} if comes_along(visit, person) else set()
    return replace(
        visit,
        contact=visit.contact if visit.school in known else contact_within(visit.contact, reach),
        parties=tuple(
            party
            if party.school in known
            else replace(party, contact=contact_within(party.contact, reach))
            for party in visit.parties
        ),
        approver_email=None,
    )


def may_have_links(visit: VisitRow, person: Person) -> bool:
    """Whether the signed links of a visit, which open all of it, are for this person."""
    return _arranges(visit, person) or not person.roles.isdisjoint(CHANGING_ROLES)


def comes_along(visit: VisitRow, person: Person) -> bool:
    """Whether the person speaks for a school of the visit, leading or not."""
    return any(map(person.is_of_school, visit.schools))


def visit_of_person(
    session: Session, reference: str, person: Person, *, changing: bool = False
) -> VisitRow:
    """A visit that this person may see (or change).

    Raises:
        NotFound: ``visit``: there is none, or it is other schools'.
        Forbidden: ``role_missing``: whoever may look but not touch.
    """
    stored = parse_reference(reference[:20]) or ""
    visit = find_visit(session, stored)
    if visit is None:
        raise NotFound("visit", reference=stored)
    if _arranges(visit, person):
        return visit
    if person.roles.isdisjoint(STAFF_ROLES) and not comes_along(visit, person):
        raise NotFound("visit")
    if changing and person.roles.isdisjoint(CHANGING_ROLES):
        raise Forbidden("role_missing")
    return visit


def _arranges(visit: VisitRow, person: Person) -> bool:
    return visit.owner_person == person.id or person.is_of_school(visit.school)
