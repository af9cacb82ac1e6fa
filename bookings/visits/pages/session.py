"""One published session before the staff: who has it; close it, cancel it, bring it back.

```
GET  /staff/timetable/{id}                who has it, what was done to it
POST /staff/timetable/{id}/closure        take nobody new         …/opening   take classes again
POST /staff/timetable/{id}/cancellation   it does not take place; its classes need another plan
```
"""

from collections.abc import Callable
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms.timetable import version_seen
from bookings.visits.pages.replan import replan_path
from bookings.visits.pages.timetable import EDITORS
from bookings.visits.queries import SessionRow, get_sessions
from bookings.visits.service.access import CHANGING_ROLES
from bookings.visits.service.timetable import (
    SessionCommand,
    cancel_session,
    close_session,
    list_classes,
    open_session,
    read_session_history,
)
from vizium.auth.guards import opens, requires
from vizium.auth.queries import list_people
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded, Conflict
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

PATH = "/staff/timetable/{session_id:str}"
_SHOW = "bookings/visits/session.html"
_MOVE = "bookings/visits/session_move.html"
EDITING = [requires(*EDITORS)]
_ID_LENGTH_MAX = 80


@dataclass(slots=True)
class Counter:
    """One request about a published session."""

    page: Page
    database: Database
    form: Form
    row: SessionRow

    def show(self, *, refusal: str = "", status: int = 200) -> Response[bytes]:
        """The session as it stands now."""
        page, row = self.page, self.row
        with self.database.reading() as session:
            classes = list_classes(session, row.id, now=page.now)
            history = read_session_history(session, row.id)
            people = {person.id: person.name for person in list_people(session)}
        return page.show(
            _SHOW,
            status=422 if self.form.errors else status,
            row=row,
            classes=[(visit, replan_path(visit)) for visit in classes],
            history=[(act, people.get(act.by, act.by)) for act in history],
            form=self.form,
            errors=self.form.errors,
            refusal=refusal,
            is_past=row.start <= page.now,
            may_edit=page.has_role(*EDITORS),
            may_replan=page.has_role(*CHANGING_ROLES),
            key=page.new_key(),
        )

    def act(self, what: str, act: Callable[[Session, SessionCommand], None]) -> Response[bytes]:
        """Do it once and show the session; refused, the session as it stands and why."""
        page, path = self.page, f"/staff/timetable/{self.row.id}"
        command = SessionCommand(self.row.id, version_seen(self.form))

        def acted(session: Session) -> str:
            act(session, command)
            return path

        scope = f"{what}:{self.row.id}"
        try:
            return page.go(once(self.database, self.form, scope=scope, now=page.now, act=acted))
        except Conflict as error:
            self.row = read_session(self.database, self.row.id, page)
            self.form = Form({})
            return self.show(refusal=why_refused(error, self.row, page), status=409)


@get(PATH, guards=[opens(Desk.TIMETABLE)], sync_to_thread=True)
def show_session(
    session_id: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """One session and the classes that have it."""
    return open_counter(session_id, page, database, asked).show()


@post(PATH + "/closure", guards=EDITING, sync_to_thread=True)
def create_session_closure(
    session_id: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Take nobody new."""
    counter = open_counter(session_id, page, database, form)
    return counter.act(
        "close-session",
        lambda session, command: close_session(session, command, by=person.id, now=page.now),
    )


@post(PATH + "/opening", guards=EDITING, sync_to_thread=True)
def create_session_opening(
    session_id: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Take classes again, also in what was cancelled."""
    counter = open_counter(session_id, page, database, form)
    return counter.act(
        "open-session",
        lambda session, command: open_session(session, command, by=person.id, now=page.now),
    )


@post(PATH + "/cancellation", guards=EDITING, sync_to_thread=True)
def create_session_cancellation(
    session_id: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """It does not take place."""
    counter = open_counter(session_id, page, database, form)
    reason = form.prose("reason", missing="why_missing")
    if form.errors:
        return counter.show()
    return counter.act(
        "cancel-session",
        lambda session, command: cancel_session(
            session, command, reason, by=person.id, now=page.now
        ),
    )


def why_refused(error: Conflict, row: SessionRow, page: Page) -> str:
    """Why it was refused; what is taken is named."""
    if isinstance(error, CapacityExceeded):
        code = str(error.facts.get("resource", ""))
        names = dict(zip(row.rooms, row.places[page.lang].split(", "), strict=False))
        name = row.host if code == row.host_code else names.get(code)
        return page.words.t("%(what)s is taken at this hour by now.", what=name or code)
    return page.say(error)


def open_counter(session_id: str, page: Page, database: Database, form: Form) -> Counter:
    """The session as it stands.

    Raises:
        NotFound: ``session``.
    """
    return Counter(page, database, form, read_session(database, session_id[:_ID_LENGTH_MAX], page))


def read_session(database: Database, session_id: str, page: Page) -> SessionRow:
    """The session as it stands.

    Raises:
        NotFound: ``session``.
    """
    with database.reading() as session:
        return get_sessions(session, [session_id], now=page.now)[0]


SESSION = [
    show_session,
    create_session_closure,
    create_session_opening,
    create_session_cancellation,
]
