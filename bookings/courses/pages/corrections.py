"""Put right what was dated or issued: move a session, take a certificate back."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.forms import parse_session, reason_field, session_form
from bookings.courses.pages.sheet import ask_session
from bookings.courses.pages.staff import show_course_again
from bookings.courses.queries import get_session
from bookings.courses.service import (
    MoveSession,
    RevokeCertificate,
    move_session,
    revoke_certificate,
)
from bookings.courses.service.access import RUNNING_ROLES
from vizium.auth.guards import requires
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_MOVE_PATH = "/staff/courses/{code:str}/sessions/{session_id:str}/move"


@get(_MOVE_PATH, guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def new_move(
    code: FromPath[str],
    session_id: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """When and where the session shall be instead."""
    with database.reading() as session:
        one = get_session(session, code[:20], session_id[:26])
    return ask_session(page, database, code, session_form(one), moved=one.id)


@post(_MOVE_PATH, guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def create_move(
    code: FromPath[str],
    session_id: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Move the session; everybody who has a place is told, and the calendars follow."""
    try:
        to = parse_session(form, now=page.now)
        command = MoveSession(code[:20], session_id[:26], to)

        def act(session: Session) -> str:
            course = move_session(
                session, command, settings=page.settings, by=person.id, now=page.now
            )
            return f"/staff/courses/{course.code}"

        scope = f"move-session:{command.session}"
        return page.go(once(database, form, scope=scope, now=page.now, act=act))
    except InvalidInput as error:
        return ask_session(page, database, code, form, error, moved=session_id[:26])


@post(
    "/staff/courses/{code:str}/enrolments/{reference:str}/revocation",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_revocation(
    code: FromPath[str],
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Take a certificate back; whoever had it is told why."""
    reason = form.prose(reason_field(reference), missing="why_missing")
    if form.errors:
        return show_course_again(page, database, code, form)
    command = RevokeCertificate(code[:20], reference[:20], reason)

    def act(session: Session) -> str:
        revoke_certificate(session, command, settings=page.settings, by=person, now=page.now)
        return f"/staff/courses/{command.course}"

    scope = f"revoke:{command.reference}"
    return page.go(once(database, form, scope=scope, now=page.now, act=act))
