"""The JSON bodies of calls; a field that stands in none of them is refused."""

from datetime import date

import msgspec

from bookings.visits.api.bodies import (
    ContactBody,
    GroupBody,
    WishBody,
    check_needs,
    check_wish,
    contact_of,
    groups_of,
    wish_of,
)
from bookings.visits.forms import page_language_of
from bookings.visits.planner.request import Need, Wish
from bookings.waiting.forms import LANGUAGES
from bookings.waiting.service import (
    AddWaiting,
)
from vizium.auth.rules import Person
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.web.api import Body


class WaitingBody(Body, frozen=True, kw_only=True):
    """A class that would come on any of these days; without `wants` it takes any activity."""

    school: str
    dates: list[date]
    groups: list[GroupBody]
    adults: int
    contact: ContactBody
    wants: list[WishBody] = msgspec.field(default_factory=list)
    needs: list[str] = msgspec.field(default_factory=list)
    language: str = "lv"
    transport: bool = False


class AcceptanceBody(Body, frozen=True, kw_only=True):
    """Nothing is needed; with an `approver_email` the head is asked before the visit stands."""

    approver_email: str | None = None


class RefusalBody(Body, frozen=True, kw_only=True):
    """Nothing is needed."""


def waiting_command(body: WaitingBody, person: Person) -> AddWaiting:
    """The class that shall wait.

    Raises:
        InvalidInput: wishes of nothing, an unknown need or language, a contact that is none.
    """
    errors = [error for wish in body.wants for error in check_wish(wish)]
    errors += check_needs(body.needs)
    if body.language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        errors.append(FieldError("language", "language_unknown", {"known": known}))
    if errors:
        raise InvalidInput(errors)
    return AddWaiting(
        school=body.school,
        days=tuple(sorted(set(body.dates))),
        groups=groups_of(body.groups),
        adults=body.adults,
        language=body.language,
        page_language=page_language_of(body.language),
        contact=contact_of(body.contact),
        wishes=tuple(wish_of(one) for one in body.wants) or (Wish(),),
        needs=frozenset(Need(need) for need in body.needs),
        wants_transport=body.transport,
        owner_person=person.id,
    )
