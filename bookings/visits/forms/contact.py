"""Who answers for the group, and in which language letters go to them."""

from collections.abc import Callable

from bookings.visits.rules import Contact
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.registers import NumberError, parse_email, parse_phone
from vizium.kernel.text import one_line
from vizium.web.forms import Form
from vizium.web.i18n import DEFAULT_LANGUAGE, LANGUAGES

CONTACT_FIELDS = ("name", "email", "phone")
NAME_LENGTH_MAX = 120


def parse_contact(form: Form) -> Contact:
    """Who answers for the group; errors are noted in the form."""
    return Contact(
        name=form.text("name", length_max=NAME_LENGTH_MAX),
        email=form.number("email", parse_email, ""),
        phone=form.number("phone", parse_phone, ""),
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

    clean_name = one_line(name)[:NAME_LENGTH_MAX]
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
