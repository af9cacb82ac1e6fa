"""The sign-in form, and those in which administrators say who may do what."""

import re

from vizium.auth.rules import STAFF_ROLES, Role
from vizium.auth.service import ChangePerson, NewPerson
from vizium.kernel.registers import parse_email
from vizium.web.forms import Form
from vizium.web.i18n import LANGUAGES


def parse_sign_in(form: Form) -> tuple[str, str]:
    """The address, and the path to go to afterwards (ours only).

    Raises:
        InvalidInput: the address is missing or not one.
    """
    email = form.number("email", parse_email, "")
    form.check()
    return email.lower(), safe_path(form.raw("next"))


def safe_path(path: str) -> str:
    """A path of this site without its language, or the start: never another host."""
    local = path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/"
    for prefix in ("/lv", "/en"):
        if local == prefix or local.startswith(prefix + "/"):
            local = local.removeprefix(prefix) or "/"
    return local[:300] if local.isprintable() and not local.startswith("//") else "/"


def parse_invitation(form: Form) -> NewPerson:
    """Who shall work here.

    Raises:
        InvalidInput: every field's error.
    """
    email = form.number("email", parse_email, "")
    name, language, roles = _about(form)
    form.check()
    return NewPerson(email.lower(), name, roles, language)


def parse_person(form: Form, person_id: str) -> ChangePerson:
    """What a person shall be called and may do.

    Raises:
        InvalidInput: every field's error.
    """
    name, language, roles = _about(form)
    form.check()
    return ChangePerson(person_id, version_seen(form), name, language, roles)


def version_seen(form: Form) -> int:
    """The version that the form shows; a form without one shows none."""
    seen = form.raw("version")
    return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else 0


def _about(form: Form) -> tuple[str, str, frozenset[Role]]:
    name = form.text("name")
    language = form.choice("language", LANGUAGES)
    chosen = frozenset(role for role in STAFF_ROLES if role.value in form.all("roles"))
    return name, language, chosen
