"""Enrol, accept an offer, withdraw; attendance, completion, certificate."""

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bookings.courses.api.answers import enrolment_body
from bookings.courses.api.bodies import (
    CourseAttendanceBody,
    CourseCompletionsBody,
    CourseEmptyBody,
    CourseRevocationBody,
    EnrolmentBody,
    enrol_command,
)
from bookings.courses.queries import (
    CourseRow,
    EnrolmentRow,
    count_before,
    get_course,
    list_enrolments,
)
from bookings.courses.rules import EnrolmentState
from bookings.courses.service import (
    ConfirmCompletions,
    EnrolmentCommand,
    RecordAttendance,
    RevokeCertificate,
    accept_offer,
    confirm_completions,
    enrol,
    record_attendance,
    revoke_certificate,
    withdraw_enrolment,
)
from bookings.courses.service.access import (
    ATTENDING_ROLES,
    RUNNING_ROLES,
    enrolment_of_person,
)
from bookings.courses.service.papers import calendar_file, certificate_pdf
from vizium.auth.guards import opens, requires, signed_in
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict
from vizium.web.api import Call, answer, answer_once, page_of

_ENROLMENTS = "/courses/{code:str}/enrolments"
_BY_REFERENCE = _ENROLMENTS + "/{reference:str}"


@post(_ENROLMENTS, guards=[signed_in], status_code=201, sync_to_thread=True)
def create_enrolment(
    code: FromPath[str],
    *,
    data: JSONBody[EnrolmentBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Enrol an educator or a class; `wait` takes a turn in the line when the course is full."""
    command = enrol_command(data, code[:20], person)

    def act(session: Session) -> object:
        done = enrol(session, command, settings=call.settings, by=person.id, now=call.now)
        if not done.is_new:
            raise Conflict("already_enrolled", state=done.row.state.value)
        return _body(session, done.row, call)

    return answer_once(call, database, act, status=201)


@get(_ENROLMENTS, guards=[opens(Desk.COURSES)], sync_to_thread=True)
def list_enrolment_items(
    code: FromPath[str],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Who is enrolled: by name, those who wait by their turn."""
    with database.reading() as session:
        course = get_course(session, code[:20])
        rows = [row.seen_at(call.now) for row in list_enrolments(session, course.code)]
        items = [_body_of(session, row, course, call) for row in rows]
    return answer(page_of(items))


@get(_BY_REFERENCE, guards=[signed_in], sync_to_thread=True)
def show_enrolment(
    code: FromPath[str],
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One enrolment: its state, attendance and completion."""
    with database.reading() as session:
        row = enrolment_of_person(session, code[:20], reference, person).seen_at(call.now)
        return answer(_body(session, row, call))


@post(_BY_REFERENCE + "/acceptance", guards=[signed_in], status_code=200, sync_to_thread=True)
def create_acceptance(
    code: FromPath[str],
    reference: FromPath[str],
    *,
    data: JSONBody[CourseEmptyBody],  # noqa: ARG001 - an empty object, so that a stray field is refused
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Take the place that was offered."""

    def act(session: Session) -> object:
        row = enrolment_of_person(session, code[:20], reference, person, changing=True)
        command = EnrolmentCommand(row.reference)
        taken = accept_offer(session, command, settings=call.settings, by=person.id, now=call.now)
        return _body(session, taken, call)

    return answer_once(call, database, act)


@delete(_BY_REFERENCE, guards=[signed_in], status_code=200, sync_to_thread=True)
def delete_enrolment(
    code: FromPath[str],
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Give the place or the turn up; it goes to whoever waits."""
    with database.transaction() as session:
        row = enrolment_of_person(session, code[:20], reference, person, changing=True)
        command = EnrolmentCommand(row.reference)
        gone = withdraw_enrolment(
            session, command, settings=call.settings, by=person.id, now=call.now
        )
        body = _body(session, gone, call)
    return answer(body)


@post(
    "/courses/{code:str}/sessions/{session_id:str}/attendance",
    guards=[requires(*ATTENDING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def create_attendance(
    code: FromPath[str],
    session_id: FromPath[str],
    *,
    data: JSONBody[CourseAttendanceBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Write down who was present; the same again replaces it."""
    present = {one.enrolment: one.present for one in data.present}
    command = RecordAttendance(code[:20], session_id[:26], present)

    def act(session: Session) -> object:
        rows = record_attendance(session, command, by=person.id, now=call.now)
        course = get_course(session, command.course)
        return page_of([_body_of(session, row, course, call) for row in rows])

    return answer_once(call, database, act)


@post(
    "/courses/{code:str}/completions",
    guards=[requires(*RUNNING_ROLES)],
    status_code=201,
    sync_to_thread=True,
)
def create_completions(
    code: FromPath[str],
    *,
    data: JSONBody[CourseCompletionsBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Confirm who completed, by the rule of the course; each gets a certificate by mail."""
    command = ConfirmCompletions(code[:20], tuple(dict.fromkeys(data.enrolments)))

    def act(session: Session) -> object:
        rows = confirm_completions(
            session, command, settings=call.settings, by=person, now=call.now
        )
        course = get_course(session, command.course)
        return page_of([_body_of(session, row, course, call) for row in rows])

    return answer_once(call, database, act, status=201)


@post(
    _BY_REFERENCE + "/revocation",
    guards=[requires(*RUNNING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def create_revocation(
    code: FromPath[str],
    reference: FromPath[str],
    *,
    data: JSONBody[CourseRevocationBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Take a certificate back; the reason is mailed to who had it."""

    def act(session: Session) -> object:
        row = enrolment_of_person(session, code[:20], reference, person, changing=True)
        command = RevokeCertificate(row.run, row.reference, data.reason)
        gone = revoke_certificate(session, command, settings=call.settings, by=person, now=call.now)
        return _body(session, gone, call)

    return answer_once(call, database, act)


@get(_BY_REFERENCE + "/certificate.pdf", guards=[signed_in], sync_to_thread=True)
def show_certificate(
    code: FromPath[str],
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The certificate for printing."""
    with database.reading() as session:
        row = enrolment_of_person(session, code[:20], reference, person)
    pdf = certificate_pdf(row, lang=row.page_language, settings=call.settings)
    return Response(pdf, media_type="application/pdf")


@get(_BY_REFERENCE + "/calendar.ics", guards=[signed_in], sync_to_thread=True)
def show_calendar(
    code: FromPath[str],
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """All sessions for a calendar."""
    with database.reading() as session:
        row = enrolment_of_person(session, code[:20], reference, person).seen_at(call.now)
        course = get_course(session, row.run)
    entries = calendar_file(row, course, settings=call.settings, now=call.now)
    return Response(entries, media_type="text/calendar")


def _body(session: Session, row: EnrolmentRow, call: Call) -> dict[str, object]:
    return _body_of(session, row, get_course(session, row.run), call)


def _body_of(
    session: Session, row: EnrolmentRow, course: CourseRow, call: Call
) -> dict[str, object]:
    waits = row.state is EnrolmentState.WAITING
    place = count_before(session, row) + 1 if waits else None
    return enrolment_body(row, course, place=place, settings=call.settings)
