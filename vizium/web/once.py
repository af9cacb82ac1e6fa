"""Do what a form asks once, however often it is sent."""

from collections.abc import Callable
from datetime import datetime

from vizium.db.commands import Answer, begin_command, end_command
from vizium.db.session import Database, Session
from vizium.kernel.ids import fingerprint
from vizium.web.forms import Form

# Fields that differ between two sendings of the same form.
_NOT_CONTENT = frozenset({"_csrf_token"})


def once(
    database: Database, form: Form, *, scope: str, now: datetime, act: Callable[[Session], str]
) -> str:
    """Run `act` in one transaction, or give back what it answered for the same key.

    Args:
        form: holds the hidden field ``key`` that the page minted.
        scope: what is done to what, e.g. ``confirm:VZ-7K3QM9``.
        act: does it and returns the path to go to.

    Returns:
        The path to go to.

    Raises:
        InvalidInput: the key was used for other content.
    """
    key = f"form:{scope}/{form.raw('key')}"
    with database.transaction() as session:
        earlier = begin_command(session, key, fingerprint=_content(form), now=now)
        if earlier is not None:
            return earlier.body.decode()
        path = act(session)
        end_command(session, key, Answer(303, path.encode()))
    return path


def _content(form: Form) -> str:
    fields = sorted((name, *values) for name, values in form.fields.items())
    files = sorted((name, fingerprint(upload.content)) for name, upload in form.uploads.items())
    content = [field for field in fields if field[0] not in _NOT_CONTENT]
    return fingerprint(repr((content, files)).encode())
