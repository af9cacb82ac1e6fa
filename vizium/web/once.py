"""Do what a form asks once, however often it is sent.

```
exchange.ask(template, …)               the form: the first time, or again with what was wrong (422)
exchange.once(scope, act, again=…)      read it, do it, go on (303); or ask again
```
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from litestar import Response
from litestar.di import NamedDependency

from vizium.db.commands import Answer, begin_command, end_command
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.kernel.ids import fingerprint
from vizium.web.forms import Form
from vizium.web.page import Page

# Fields that differ between two sendings of the same form.
_NOT_CONTENT = frozenset({"_csrf_token"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request about a form: its page, what was answered, and the database that it changes."""

    page: Page
    form: Form
    database: Database

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self.page.now

    @property
    def today(self) -> date:
        """The day of the request in Latvia."""
        return local_date(self.page.now)

    @property
    def by(self) -> str:
        """Who asks; only guarded routes act in somebody's name."""
        assert self.page.person is not None, "the route has a guard"
        return self.page.person.id

    def ask(self, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
        """The form; once there are errors, with every answer kept and every error said (422)."""
        form, errors = self.form, self.form.errors
        return self.page.show(
            template, status=422 if errors else status, form=form, errors=errors, **values
        )

    def once(
        self,
        scope: str,
        act: Callable[[Session], str],
        *,
        again: Callable[[], Response[bytes]] | None = None,
    ) -> Response[bytes]:
        """Do what the form asks in one transaction, once, and go on to where `act` says.

        Args:
            scope: what is done to what, see `once`.
            act: reads the form, does it, and returns the path to go to.
            again: asks again; the form then holds its errors.

        Raises:
            InvalidInput: something is wrong with the form and there is no `again`.
        """
        try:
            path = once(self.database, self.form, scope=scope, now=self.now, act=act)
        except InvalidInput as error:
            if again is None:
                raise
            self.form.errors = list(error.errors)
            # Nothing was done under this key, or something else was: the form gets a new one.
            self.form.fields = {n: one for n, one in self.form.fields.items() if n != "key"}
            return again()
        return self.page.go(path)


def provide_sent(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Exchange:
    """The `sent` dependency of a handler that gets a form."""
    return Exchange(page, form, database)


def provide_asking(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Exchange:
    """The `asking` dependency of a handler that shows one; the address may fill it in."""
    return Exchange(page, asked, database)


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
