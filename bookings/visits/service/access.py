"""Whose visit it is: for everybody else it does not exist."""

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow, find_visit_owner, get_visit
from bookings.visits.service.papers import opens
from vizium.auth.rules import STAFF_ROLES, Person, Role
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


def visit_of_person(
    session: Session, reference: str, person: Person, *, changing: bool = False
) -> VisitRow:
    """A visit that this person may see (or change).

    Raises:
        NotFound: ``visit``: there is none, or it is another school's.
        Forbidden: ``role_missing``: staff who may look but not touch.
    """
    return get_visit(session, reference_of_person(session, reference, person, changing=changing))


def reference_of_person(
    session: Session, reference: str, person: Person, *, changing: bool = False
) -> str:
    """The reference, as it is stored, of a visit that this person may see (or change).

    Raises:
        NotFound, Forbidden: as `visit_of_person`.
    """
    stored = parse_reference(reference[:20]) or ""
    found = find_visit_owner(session, stored)
    if found is None:
        raise NotFound("visit", reference=stored)
    owner, school = found
    if owner == person.id or person.is_of_school(school):
        return stored
    if person.roles.isdisjoint(STAFF_ROLES):
        raise NotFound("visit")
    if changing and person.roles.isdisjoint(CHANGING_ROLES):
        raise Forbidden("role_missing")
    return stored
