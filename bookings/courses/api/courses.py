"""Courses and their sessions: what is offered, a new one, publish it, cancel a session."""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bookings.courses.api.answers import course_body
from bookings.courses.api.bodies import (
    CourseBody,
    CourseEmptyBody,
    CourseSessionBody,
    course_command,
    new_session,
)
from bookings.courses.queries import CourseRow, CourseWish, list_courses
from bookings.courses.rules import CourseAudience
from bookings.courses.service import (
    CancelSession,
    MoveSession,
    add_session,
    cancel_session,
    create_course,
    move_session,
    publish_course,
)
from bookings.courses.service.access import RUNNING_ROLES, published_course
from vizium.auth.guards import requires
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.web.api import Call, answer, answer_once, page_of, refuse_unknown
from vizium.web.forms import Form

_BY_CODE = "/courses/{code:str}"


@get("/courses", sync_to_thread=True)
def list_course_items(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The coming courses: programmes for educators, and of several sessions for classes."""
    refuse_unknown(request, "audience", "activity")
    audience = asked.choice("audience", ["", *CourseAudience])
    asked.check()
    wish = CourseWish(
        audience=CourseAudience(audience) if audience else None,
        after=call.now,
        published=True,
        activity=asked.raw("activity"),
    )
    with database.reading() as session:
        rows = [row for row in list_courses(session, wish) if row.taught]
    return answer(page_of([_body(row, call) for row in rows]))


@get(_BY_CODE, sync_to_thread=True)
def show_course(
    code: FromPath[str],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """One course with its sessions and free places."""
    with database.reading() as session:
        course = published_course(session, code[:20], visitor)
    return answer(_body(course, call))


@post("/courses", guards=[requires(*RUNNING_ROLES)], status_code=201, sync_to_thread=True)
def create_course_by_api(
    data: JSONBody[CourseBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Make a run of a catalogue activity; nobody sees it before it is published."""
    command = course_command(data)
    return answer_once(
        call,
        database,
        lambda session: _body(create_course(session, command, by=person.id, now=call.now), call),
        status=201,
    )


@post(
    _BY_CODE + "/publication",
    guards=[requires(*RUNNING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def create_publication(
    code: FromPath[str],
    *,
    data: JSONBody[CourseEmptyBody],  # noqa: ARG001 - an empty object, so that a stray field is refused
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Open a run to everybody."""
    return answer_once(
        call,
        database,
        lambda session: _body(publish_course(session, code[:20], by=person.id, now=call.now), call),
    )


@post(
    _BY_CODE + "/sessions",
    guards=[requires(*RUNNING_ROLES)],
    status_code=201,
    sync_to_thread=True,
)
def create_session(
    code: FromPath[str],
    *,
    data: JSONBody[CourseSessionBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Date one more session; refused where a room or the host is taken."""
    new = new_session(data)
    return answer_once(
        call,
        database,
        lambda session: _body(
            add_session(
                session, code[:20], new, settings=call.settings, by=person.id, now=call.now
            ),
            call,
        ),
        status=201,
    )


@patch(
    _BY_CODE + "/sessions/{session_id:str}",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def update_session(
    code: FromPath[str],
    session_id: FromPath[str],
    *,
    data: JSONBody[CourseSessionBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Move a session to another time, other rooms or another host; may be repeated as it is."""
    command = MoveSession(code[:20], session_id[:26], new_session(data))
    with database.transaction() as session:
        course = move_session(session, command, settings=call.settings, by=person.id, now=call.now)
    return answer(_body(course, call))


@delete(
    _BY_CODE + "/sessions/{session_id:str}",
    guards=[requires(*RUNNING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def delete_session(
    code: FromPath[str],
    session_id: FromPath[str],
    *,
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Cancel a session; `?reason=` stands in the mail to everybody who has a place."""
    reason = asked.text("reason", missing=None)
    asked.check()
    command = CancelSession(code[:20], session_id[:26], reason)
    with database.transaction() as session:
        course = cancel_session(
            session, command, settings=call.settings, by=person.id, now=call.now
        )
    return answer(_body(course, call))


def _body(course: CourseRow, call: Call) -> dict[str, object]:
    return course_body(course, lang=call.lang, now=call.now)
