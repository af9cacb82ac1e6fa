"""The JSON bodies of calls; a field that stands in none of them is refused."""

from datetime import UTC, date, datetime, time

import msgspec

from bookings.visits.planner import PlanRequest, Wish
from bookings.visits.rules import Group
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


class WishBody(Body, frozen=True, kw_only=True):
    """An activity by its code, or any of a kind."""

    programme: str | None = None
    kind: str | None = None


class PlanBody(Body, frozen=True, kw_only=True):
    """What a class wants of its day."""

    school: str
    dates: list[date]
    groups: list[GroupBody]
    adults: int
    wants: list[WishBody]
    language: str = "lv"
    arrive: str | None = None
    depart: str | None = None
    needs: list[str] = msgspec.field(default_factory=list)


class StopBody(Body, frozen=True, kw_only=True):
    """One published session."""

    session: str


class VisitBody(Body, frozen=True, kw_only=True):
    """A plan, or stops with who comes; and who answers for them."""

    contact: ContactBody
    plan: str | None = None
    stops: list[StopBody] | None = None
    school: str | None = None
    groups: list[GroupBody] | None = None
    adults: int | None = None
    language: str | None = None
    transport: bool = False


class ConfirmationBody(Body, frozen=True, kw_only=True):
    """Nothing is needed; `version` refuses to confirm what changed meanwhile."""

    version: int | None = None


class ChangeBody(Body, frozen=True, kw_only=True):
    """New numbers; what is left out stays."""

    groups: list[GroupBody] | None = None
    adults: int | None = None
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


def plan_request(body: PlanBody) -> PlanRequest:
    """The request to the planner.

    Raises:
        InvalidInput: wishes of nothing, hours that are none.
    """
    errors: list[FieldError] = []
    for wish in body.wants:
        if (wish.programme is None) == (wish.kind is None):
            errors.append(FieldError("wants", "wish_unclear"))
        elif wish.kind is not None and wish.kind not in _ANY_KIND:
            errors.append(FieldError("wants", "kind_unknown", {"kinds": ", ".join(_ANY_KIND)}))
    arrive = _hour("arrive", body.arrive, errors)
    depart = _hour("depart", body.depart, errors)
    if errors:
        raise InvalidInput(errors)
    return PlanRequest(
        school=body.school,
        dates=tuple(dict.fromkeys(body.dates)),
        groups=groups_of(body.groups),
        adults=body.adults,
        language=body.language,
        wishes=tuple(Wish(wish.programme, wish.kind) for wish in body.wants),
        arrive=arrive,
        depart=depart,
    )


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
