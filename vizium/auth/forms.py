"""The sign-in form."""

from vizium.kernel.registers import parse_email
from vizium.web.forms import Form


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
