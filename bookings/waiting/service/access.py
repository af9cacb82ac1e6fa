"""Whose class it is on the waiting list: for everybody else it does not wait there."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from bookings.visits.rules import contact_within, reach_of
from bookings.visits.service.access import CHANGING_ROLES
from bookings.waiting.queries import WaitingRow, get_waiting, list_waiting
from bookings.waiting.rules import WaitingState
from vizium.auth.rules import OPEN_TO, Desk, Person
from vizium.kernel.errors import Forbidden, NotFound
from vizium.kernel.ids import parse_reference

# Who of the staff sees all of the list.
SEEING_ROLES = OPEN_TO[Desk.WAITING] | CHANGING_ROLES


def waiting_of_person(
    session: Session, reference: str, person: Person, *, changing: bool = False
) -> WaitingRow:
    """A class that this person may see (or act for).

    Raises:
        NotFound: ``waiting``: there is none, or it is another school's.
        Forbidden: ``role_missing``: staff who may look but not touch.
    """
    row = get_waiting(session, parse_reference(reference[:20]) or "")
    if _is_own(row, person):
        return row
    if person.roles.isdisjoint(SEEING_ROLES):
        raise NotFound("waiting")
    if changing and person.roles.isdisjoint(CHANGING_ROLES):
        raise Forbidden("role_missing")
    return row


def list_waiting_of_person(session: Session, person: Person) -> list[WaitingRow]:
    """The classes that wait or have an offer and that this person may see, the longest first."""
    rows = list_waiting(session, WaitingState.WAITING, WaitingState.OFFERED)
    sees_all = not person.roles.isdisjoint(SEEING_ROLES)
    return [row for row in rows if sees_all or _is_own(row, person)]


def may_have_links(row: WaitingRow, person: Person) -> bool:
    """Whether the signed links of a class and its offers, which open everything, are for them."""
    return _is_own(row, person) or not person.roles.isdisjoint(CHANGING_ROLES)


def as_seen_by(row: WaitingRow, person: Person, *, today: date) -> WaitingRow:
    """A class with as much of its contact as this person may see; for showing alone.

    Nobody comes yet: whoever does not make visits needs no more than a name.
    """
    if may_have_links(row, person):
        return row
    reach = reach_of(person.roles, date.max, today=today)
    return replace(row, contact=contact_within(row.contact, reach))


def _is_own(row: WaitingRow, person: Person) -> bool:
    return row.owner_person == person.id or person.is_of_school(row.school)
