"""The JSON bodies of calls; a field that stands in none of them is refused."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import msgspec

from bookings.visits.forms import check_contact
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.rules import Contact, Funding, Group, Party, merge_groups
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.web.api import Body

_ANY_KIND = ("programme", "workshop", "show")
# A clock that was never set says 1970; nothing that counts time says more than this.
_YEAR_FIRST, _YEAR_LAST = 1970, 2199


class GroupBody(Body, frozen=True, kw_only=True):
    """Pupils of one grade; 0 is preschool."""

    grade: int
    pupils: int


class ContactBody(Body, frozen=True, kw_only=True):
    """The teacher who answers for the group."""

    name: str
    email: str
    phone: str = ""


class PartyBody(Body, frozen=True, kw_only=True):
    """One school of a joint group; its contact is asked for when the visit is ordered."""

    school: str
    groups: list[GroupBody]
    adults: int
    contact: ContactBody | None = None


class WishBody(Body, frozen=True, kw_only=True):
    """An activity by its code, or any of a kind, of a subject, of a learning area."""

    programme: str | None = None
    kind: str | None = None
    subject: str | None = None
    area: str | None = None


class PlanBody(Body, frozen=True, kw_only=True):
    """What a class wants of its day; `parties` instead of school, groups and adults for several."""

    dates: list[date]
    school: str | None = None
    groups: list[GroupBody] | None = None
    adults: int | None = None
    parties: list[PartyBody] | None = None
    wants: list[WishBody] = msgspec.field(default_factory=list)
    galleries: list[str] = msgspec.field(default_factory=list)
    language: str = "lv"
    arrive: str | None = None
    depart: str | None = None
    needs: list[str] = msgspec.field(default_factory=list)


class StopBody(Body, frozen=True, kw_only=True):
    """One published session."""

    session: str


class VisitBody(Body, frozen=True, kw_only=True):
    """A plan, or stops with who comes; and who answers for them.

    `confirm`: hold and confirm in this one call, or neither.
    """

    contact: ContactBody
    plan: str | None = None
    stops: list[StopBody] | None = None
    school: str | None = None
    groups: list[GroupBody] | None = None
    adults: int | None = None
    language: str | None = None
    parties: list[PartyBody] = msgspec.field(default_factory=list)
    transport: bool = False
    funding: str = Funding.OWN.value
    confirm: bool = False


class ConfirmationBody(Body, frozen=True, kw_only=True):
    """Nothing is needed; `version` refuses to confirm what changed meanwhile.

    With an `approver_email` the head is asked first, and the visit is provisional until then.
    """

    version: int | None = None
    approver_email: str | None = None


class ChangeBody(Body, frozen=True, kw_only=True):
    """What shall be otherwise; what is left out stays.

    `parties` are all schools that come, the leading one first: who is new comes along, who is left
    out stays at home; a lone one comes alone. They say who comes, so groups and adults need not.
    """

    groups: list[GroupBody] | None = None
    adults: int | None = None
    plan: str | None = None
    parties: list[PartyBody] | None = None
    contact: ContactBody | None = None
    funding: str | None = None
    version: int | None = None


class ArrivalBody(Body, frozen=True, kw_only=True):
    """What the door counted."""

    pupils: int
    adults: int
    nonce: str
    at: datetime | None = None
    offline: bool = False


def groups_of(bodies: list[GroupBody]) -> tuple[Group, ...]:
    """The groups as values."""
    return tuple(Group(body.grade, body.pupils) for body in bodies)


def arrival_instant(at: datetime | None) -> datetime | None:
    """The instant of a scan, UTC.

    Raises:
        InvalidInput: it has no offset, or lies where no scanner's clock can be.
    """
    if at is None:
        return None
    if at.tzinfo is None:
        raise InvalidInput([FieldError("at", "instant_without_offset")])
    if not _YEAR_FIRST <= at.year <= _YEAR_LAST:
        raise InvalidInput([FieldError("at", "not_an_instant")])
    return at.astimezone(UTC)


def contact_of(body: ContactBody) -> Contact:
    """The contact as a value.

    Raises:
        InvalidInput: every field's error.
    """
    return check_contact(body.name, body.email, body.phone)


def parties_of(bodies: list[PartyBody], leading: Contact | None = None) -> tuple[Party, ...]:
    """The schools of a joint group; the leading one's contact is the visit's own.

    Raises:
        InvalidInput: a school says nobody who answers for it.
    """
    nobody = Contact("", "", "")
    parties = []
    for number, body in enumerate(bodies):
        contact = leading if number == 0 else nobody
        if body.contact is not None:
            contact = contact_of(body.contact)
        elif number and leading is not None:
            raise InvalidInput([FieldError(f"parties.{number}.contact", "missing")])
        parties.append(Party(body.school, groups_of(body.groups), body.adults, contact or nobody))
    return tuple(parties)


def funding_of(text: str) -> Funding:
    """Who pays.

    Raises:
        InvalidInput: ``funding_unknown``.
    """
    try:
        return Funding(text)
    except ValueError:
        known = ", ".join(Funding)
        raise InvalidInput([FieldError("funding", "funding_unknown", {"known": known})]) from None


def plan_request(body: PlanBody) -> PlanRequest:
    """The request to the planner.

    Raises:
        InvalidInput: wishes of nothing, hours that are none, no school.
    """
    errors = [error for wish in body.wants for error in check_wish(wish)]
    errors += _check_people(body)
    errors += check_needs(body.needs)
    arrive = _hour("arrive", body.arrive, errors)
    depart = _hour("depart", body.depart, errors)
    if errors:
        raise InvalidInput(errors)
    parties = parties_of(body.parties or [])
    return PlanRequest(
        schools=tuple(party.school for party in parties) or (body.school or "",),
        dates=tuple(dict.fromkeys(body.dates)),
        groups=merge_groups(parties) if parties else groups_of(body.groups or []),
        adults=sum(party.adults for party in parties) if parties else body.adults or 0,
        language=body.language,
        wishes=tuple(wish_of(one) for one in body.wants),
        galleries=tuple(dict.fromkeys(body.galleries)),
        needs=frozenset(Need(need) for need in body.needs),
        arrive=arrive,
        depart=depart,
    )


def wish_of(body: WishBody) -> Wish:
    """The wish as a value."""
    return Wish(body.programme, body.kind, body.subject, body.area)


def check_needs(needs: Sequence[str]) -> list[FieldError]:
    """Whether each is a need that a day can meet."""
    known = set(Need)
    if all(need in known for need in needs):
        return []
    return [FieldError("needs", "need_unknown", {"known": ", ".join(Need)})]


def check_wish(wish: WishBody) -> list[FieldError]:
    """Whether it names one activity or one kind, subject or area, and not several at once."""
    wider = (wish.kind, wish.subject, wish.area)
    says_kind = any(one is not None for one in wider)
    if (wish.programme is None) != says_kind:
        return [FieldError("wants", "wish_unclear")]
    if wish.kind is not None and wish.kind not in _ANY_KIND:
        return [FieldError("wants", "kind_unknown", {"kinds": ", ".join(_ANY_KIND)})]
    return []


def _check_people(body: PlanBody) -> list[FieldError]:
    """One school says who comes, several say it one by one: never both."""
    alone = {"school": body.school, "groups": body.groups, "adults": body.adults}
    if body.parties:
        said = [name for name, value in alone.items() if value is not None]
        return [FieldError(name, "said_by_parties") for name in said]
    return [FieldError(name, "missing") for name, value in alone.items() if value is None]


def _hour(field: str, text: str | None, errors: list[FieldError]) -> time | None:
    if text is None:
        return None
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        hour = None
    if hour is None or hour.tzinfo is not None:
        errors.append(FieldError(field, "not_a_time"))
        return None
    return hour
