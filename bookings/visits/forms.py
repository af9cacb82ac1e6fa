"""From what people and programs send to orders: values, or every field's error."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bookings.visits.queries import VisitRow
from bookings.visits.rules import GRADE_MAX, POLICY, PUPILS_MAX, Contact, Group
from bookings.visits.service import HoldVisit, RecordArrival
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.registers import NumberError, parse_email, parse_phone
from vizium.kernel.text import one_line
from vizium.web.forms import Form
from vizium.web.i18n import DEFAULT_LANGUAGE, LANGUAGES

GRADES = tuple(range(GRADE_MAX + 1))
_NAME_LENGTH_MAX = 120
# Fields of the booking that travel from page to page, besides the pupils of each grade.
_TRAVELLING = ("code", "session", "school", "adults", "language")
_CONTACT = ("name", "email", "phone", "transport")


@dataclass(frozen=True, slots=True)
class People:
    """Who comes, as the group page asks it."""

    groups: tuple[Group, ...]
    adults: int
    language: str


def travelling(form: Form, *, contact: bool = False) -> list[tuple[str, str]]:
    """The answers given so far, to be carried in a query or in hidden fields."""
    names = [*_TRAVELLING, *(f"g{grade}" for grade in GRADES), *(_CONTACT if contact else ())]
    return [(name, form.raw(name)) for name in names if form.raw(name)]


def change_form(visit: VisitRow) -> Form:
    """The group page filled with a visit's numbers."""
    fields = {f"g{group.grade}": [str(group.pupils)] for group in visit.groups}
    return Form(fields | {"adults": [str(visit.adults)]})


def parse_people(form: Form, *, language: str | None = None) -> People:
    """Pupils by grade, adults, language (unless it stands); errors are noted in the form."""
    groups = tuple(_groups(form))
    if not groups:
        form.fail("groups", "pupils_missing")
    adults = form.whole("adults", least=0, most=POLICY.adults_max)
    return People(groups, adults, language or form.text("language"))


def parse_contact(form: Form) -> Contact:
    """Who answers for the group; errors are noted in the form."""
    return Contact(
        name=form.text("name", length_max=_NAME_LENGTH_MAX),
        email=form.number("email", parse_email, ""),
        phone=form.number("phone", parse_phone, ""),
    )


def parse_order(form: Form, *, page_language: str, owner_person: str | None) -> HoldVisit:
    """The whole order of a booking.

    Raises:
        InvalidInput: every field's error.
    """
    people = parse_people(form)
    contact = parse_contact(form)
    transport = form.choice("transport", ("yes", "no"))
    form.check()
    return HoldVisit(
        sessions=(form.raw("session"),),
        school=form.raw("school"),
        groups=people.groups,
        adults=people.adults,
        language=people.language,
        page_language=page_language,
        contact=contact,
        wants_transport=transport == "yes",
        owner_person=owner_person,
    )


def parse_arrival(form: Form, reference: str) -> RecordArrival:
    """How many came, as the front desk counts.

    Raises:
        InvalidInput: every field's error.
    """
    pupils = form.whole("pupils", least=1, most=PUPILS_MAX)
    adults = form.whole("adults", least=0, most=PUPILS_MAX)
    form.check()
    return RecordArrival(
        reference=reference,
        pupils=pupils,
        adults=adults,
        at=None,
        nonce=form.raw("key"),
        any_day=form.flag("any_day"),
    )


def check_contact(name: str, email: str, phone: str) -> Contact:
    """The contact of an API call; the telephone may be empty.

    Raises:
        InvalidInput: every field's error, under ``contact.…``.
    """
    errors: list[FieldError] = []

    def read(field: str, text: str, parse: Callable[[str], str]) -> str:
        try:
            return parse(text)
        except NumberError as error:
            errors.append(FieldError(f"contact.{field}", error.reason))
            return ""

    clean_name = one_line(name)[:_NAME_LENGTH_MAX]
    if not clean_name:
        errors.append(FieldError("contact.name", "missing"))
    contact = Contact(
        clean_name,
        read("email", email, parse_email),
        read("phone", phone, parse_phone) if phone.strip() else "",
    )
    if errors:
        raise InvalidInput(errors)
    return contact


def page_language_of(language: str) -> str:
    """The language of letters for a visit in a language."""
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def _groups(form: Form) -> Iterator[Group]:
    for grade in GRADES:
        pupils = form.whole(f"g{grade}", least=0, most=PUPILS_MAX, empty=0)
        if pupils:
            yield Group(grade, pupils)
