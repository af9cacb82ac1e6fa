"""The quick booking of one timed activity: what travels from page to page, and the whole order."""

from bookings.visits.forms.contact import CONTACT_FIELDS, parse_contact
from bookings.visits.forms.people import GRADES, parse_people
from bookings.visits.service import HoldSessions
from vizium.web.forms import Form

# Fields of the booking that travel from page to page, besides the pupils of each grade.
_TRAVELLING = ("code", "session", "school", "adults", "language")
_CONTACT = (*CONTACT_FIELDS, "transport")


def travelling(form: Form, *, contact: bool = False) -> list[tuple[str, str]]:
    """The answers given so far, to be carried in a query or in hidden fields."""
    names = [*_TRAVELLING, *(f"g{grade}" for grade in GRADES), *(_CONTACT if contact else ())]
    return [(name, form.raw(name)) for name in names if form.raw(name)]


def parse_order(form: Form, *, page_language: str, owner_person: str | None) -> HoldSessions:
    """The whole order of a booking.

    Raises:
        InvalidInput: every field's error.
    """
    people = parse_people(form)
    contact = parse_contact(form)
    transport = form.choice("transport", ("yes", "no"))
    form.check()
    return HoldSessions(
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
