"""A class joins the waiting list, and leaves it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bookings.programmes.queries import get_activity
from bookings.resources.queries import opening
from bookings.schools.queries import find_school
from bookings.visits.planner.request import Need, Wish
from bookings.visits.queries import get_visit
from bookings.visits.rules import Contact, Group, VisitState, check_people, pupils_of
from bookings.visits.service import TransportDesk, VisitCommand, cancel_visit
from bookings.visits.service.policy import get_policy
from bookings.waiting.models import WaitingClass
from bookings.waiting.queries import (
    WaitingRow,
    count_waiting_of_school,
    get_waiting,
    get_waiting_by_id,
)
from bookings.waiting.rules import (
    WAITING_PER_SCHOOL_MAX,
    OfferState,
    WaitingState,
    check_wishes,
)
from bookings.waiting.service.letters import send_joined
from bookings.waiting.service.links import opens_waiting, waiting_path
from bookings.waiting.service.moves import change_class, end_offer, note
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_id, new_reference
from vizium.settings import Settings

__all__ = ["AddWaiting", "add_waiting", "opens_waiting", "waiting_path", "withdraw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWaiting:
    """A class that would come on any of these days; without wishes it takes any activity.

    `reference` is given by whoever keeps such classes in files; others get the next free one.
    """

    school: str
    days: tuple[date, ...]
    groups: tuple[Group, ...]
    adults: int
    language: str
    page_language: str
    contact: Contact
    wishes: tuple[Wish, ...] = (Wish(),)
    needs: frozenset[Need] = frozenset()
    wants_transport: bool = False
    owner_person: str | None = None
    reference: str | None = None


def add_waiting(
    session: Session, command: AddWaiting, *, settings: Settings | None, by: str, now: datetime
) -> WaitingRow:
    """Put a class on the list and write to its teacher.

    Args:
        settings: None writes to nobody, where a made-up class is loaded.

    Raises:
        InvalidInput: everything that is wrong with the class, the school or the days.
        NotFound: a wish names no activity of the catalogue.
    """
    _check(session, command, now)
    waiting_id = new_id(now)
    days = sorted(set(command.days))
    values = {
        "id": waiting_id,
        "reference": command.reference or new_reference("GS"),
        "state": WaitingState.WAITING,
        "version": 1,
        "school": command.school,
        "days": [day.isoformat() for day in days],
        "last_day": days[-1],
        "groups": [asdict(group) for group in command.groups],
        "pupils": pupils_of(command.groups),
        "adults": command.adults,
        "language": command.language,
        "page_language": command.page_language,
        "wishes": [asdict(wish) for wish in command.wishes],
        "needs": sorted(need.value for need in command.needs),
        "contact_name": command.contact.name,
        "contact_email": command.contact.email,
        "contact_phone": command.contact.phone,
        "wants_transport": command.wants_transport,
        "owner_person": command.owner_person,
        "created_at": now,
    }
    session.execute(insert(WaitingClass), [values])
    row = get_waiting_by_id(session, waiting_id)
    note(session, row, "add_waiting", by=by, now=now)
    if settings is not None:
        send_joined(session, row, settings=settings, now=now)
    return row


def withdraw(
    session: Session,
    reference: str,
    *,
    transport: TransportDesk,
    settings: Settings,
    by: str,
    now: datetime,
) -> WaitingRow:
    """Take a class off the list; a day that is held for it goes back. Done twice, done once.

    Raises:
        Conflict: ``waiting_is_taken``: the class has its visit, which is cancelled by itself.
    """
    row = get_waiting(session, reference)
    if row.state in {WaitingState.WITHDRAWN, WaitingState.EXPIRED}:
        return row
    if row.state is WaitingState.TAKEN:
        raise Conflict("waiting_is_taken", reference=reference)
    gone = change_class(session, row, state=WaitingState.WITHDRAWN)
    if row.open_offer is not None:
        end_offer(session, row.open_offer.id, OfferState.DECLINED, now=now)
        _let_go(session, row.open_offer.reference, transport, settings, by=by, now=now)
    note(session, gone, "withdraw", by=by, now=now)
    return get_waiting(session, reference)


def _let_go(
    session: Session,
    reference: str,
    transport: TransportDesk,
    settings: Settings,
    *,
    by: str,
    now: datetime,
) -> None:
    visit = get_visit(session, reference).seen_at(now)
    if visit.state is VisitState.HELD:
        cancel_visit(
            session, VisitCommand(reference), transport=transport, settings=settings, by=by, now=now
        )


def _check(session: Session, command: AddWaiting, now: datetime) -> None:
    errors = []
    today = local_date(now)
    policy = get_policy(session, min(command.days, default=today))
    if not command.days:
        errors.append(FieldError("days", "no_day_ticked"))
    elif len(set(command.days)) > policy.waiting_days_max:
        errors.append(FieldError("days", "days_too_many", {"most": policy.waiting_days_max}))
    elif min(command.days) <= today:
        errors.append(FieldError("days", "day_is_past"))
    elif not any(opening(session, day) for day in set(command.days)):
        errors.append(FieldError("days", "days_closed"))
    errors += check_people(command.groups, command.adults, policy)
    wanted = [get_activity(session, wish.code) for wish in command.wishes if wish.code is not None]
    errors += check_wishes(wanted, command.groups, command.language)
    school = find_school(session, command.school)
    if school is None or not school.active:
        errors.append(FieldError("school", "school_unknown"))
    elif count_waiting_of_school(session, command.school) >= WAITING_PER_SCHOOL_MAX:
        errors.append(FieldError("school", "waiting_too_many", {"most": WAITING_PER_SCHOOL_MAX}))
    if errors:
        raise InvalidInput(errors)
