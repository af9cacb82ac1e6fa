"""A session of a course, for the staff: date one, the attendance sheet, cancel one."""

from dataclasses import replace
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.forms import (
    attendance_form,
    parse_attendance,
    parse_session,
    present_field,
)
from bookings.courses.queries import (
    CourseRow,
    EnrolmentRow,
    get_course,
    get_session,
    list_enrolments,
)
from bookings.courses.rules import EnrolmentState
from bookings.courses.service import (
    CancelSession,
    add_session,
    cancel_session,
    record_attendance,
)
from bookings.courses.service.access import ATTENDING_ROLES, RUNNING_ROLES
from bookings.resources.queries import list_hosts, list_rooms, standing
from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.once import Exchange
from vizium.web.page import Page

_REASON_LENGTH_MAX = 200
_SESSIONS_PATH = "/staff/courses/{code:str}/sessions"
_SESSION_PATH = _SESSIONS_PATH + "/{session_id:str}"


@get(_SESSIONS_PATH + "/new", guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def new_session(
    code: FromPath[str], page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """When and where the next session is."""
    return ask_session(page, database, code, Form({}))


@post(_SESSIONS_PATH, guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def create_session(code: FromPath[str], sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Date a session, or say which room or host is taken."""

    def act(session: Session) -> str:
        new, settings = parse_session(sent.form, now=sent.now), sent.page.settings
        course = add_session(session, code[:20], new, settings=settings, by=sent.by, now=sent.now)
        return f"/staff/courses/{course.code}"

    def again() -> Response[bytes]:
        error = InvalidInput(sent.form.errors)
        return ask_session(sent.page, sent.database, code, sent.form, error)

    return sent.once(f"session:{code[:20]}", act, again=again)


@get(_SESSION_PATH, guards=[opens(Desk.COURSES)], sync_to_thread=True)
def show_session(
    code: FromPath[str],
    session_id: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The attendance sheet: to be ticked here, or printed and signed."""
    return _show_sheet(page, database, code, session_id)


@post(_SESSION_PATH + "/attendance", guards=[requires(*ATTENDING_ROLES)], sync_to_thread=True)
def create_attendance(
    code: FromPath[str], session_id: FromPath[str], sent: NamedDependency[Exchange]
) -> Response[bytes]:
    """Write down who was present."""

    def act(session: Session) -> str:
        rows = _present(session, code)
        command = parse_attendance(sent.form, code[:20], session_id[:26], rows)
        record_attendance(session, command, by=sent.by, now=sent.now)
        return f"/staff/courses/{command.course}/sessions/{command.session}"

    again = partial(_show_sheet, sent.page, sent.database, code, session_id, sent.form)
    return sent.once(f"attendance:{session_id[:26]}", act, again=again)


@post(_SESSION_PATH + "/cancellation", guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def create_cancellation(
    code: FromPath[str], session_id: FromPath[str], sent: NamedDependency[Exchange]
) -> Response[bytes]:
    """Cancel the session; everybody who has a place is told why."""

    def act(session: Session) -> str:
        reason = sent.form.text("reason", missing=None, length_max=_REASON_LENGTH_MAX)
        sent.form.check()
        command, settings = CancelSession(code[:20], session_id[:26], reason), sent.page.settings
        course = cancel_session(session, command, settings=settings, by=sent.by, now=sent.now)
        return f"/staff/courses/{course.code}"

    again = partial(_show_sheet, sent.page, sent.database, code, session_id, sent.form)
    return sent.once(f"cancel-session:{session_id[:26]}", act, again=again)


def ask_session(
    page: Page,
    database: Database,
    code: str,
    form: Form,
    error: InvalidInput | None = None,
    *,
    moved: str | None = None,
) -> Response[bytes]:
    """The form of a session; `moved` is the id of one that stands and shall be elsewhere."""
    with database.reading() as session:
        course = get_course(session, code[:20])
        today = local_date(page.now)
        rooms = standing(list_rooms(session), today)
        hosts = standing(list_hosts(session), today)
    able = [
        host
        for host in hosts
        if course.language in host.languages
        and (not course.activity.skill or course.activity.skill in host.skills)
    ]
    values: dict[str, Any] = {
        "course": course,
        "moved": moved,
        "rooms": rooms,
        "hosts": [("", page.words.t("no host yet")), *((host.code, host.name) for host in able)],
        "key": page.new_key(),
    }
    template = "bookings/courses/staff_session_new.html"
    if error is None:
        return page.show(template, form=form, **values)
    names = {room.code: room.title(page.lang) for room in rooms}
    names |= {host.code: host.name for host in hosts}
    return page.show_again(template, form, _in_words(error, names), **values)


def _in_words(error: InvalidInput, names: dict[str, str]) -> InvalidInput:
    """The same error with the name of a room or a host instead of its code."""

    def named(facts: dict[str, object]) -> dict[str, object]:
        code = str(facts.get("resource", ""))
        return facts | {"resource": names.get(code, code)} if code else facts

    return InvalidInput([replace(one, facts=named(one.facts)) for one in error.errors])


def _present(session: Session, code: str) -> list[EnrolmentRow]:
    enrolled = frozenset({EnrolmentState.ENROLLED})
    return list_enrolments(session, code[:20], states=enrolled)


def _show_sheet(
    page: Page, database: Database, code: str, session_id: str, form: Form | None = None
) -> Response[bytes]:
    with database.reading() as session:
        course: CourseRow = get_course(session, code[:20])
        one = get_session(session, course.code, session_id[:26])
        rows = _present(session, code)
    form = form or attendance_form(one.id, rows)
    return page.show(
        "bookings/courses/staff_session.html",
        status=422 if form.errors else 200,
        course=course,
        one=one,
        rows=[(row, present_field(row)) for row in rows],
        form=form,
        errors=form.errors,
        is_written=any(one.id in row.present for row in rows),
        is_past=one.end <= page.now,
        may_attend=page.has_role(*ATTENDING_ROLES),
        may_run=page.has_role(*RUNNING_ROLES),
        key=page.new_key(),
    )
