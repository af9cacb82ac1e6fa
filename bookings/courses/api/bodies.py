"""The JSON bodies of calls; a field that stands in none of them is refused."""

from datetime import UTC, date, datetime

import msgspec

from bookings.courses.forms import check_person
from bookings.courses.rules import USUAL_SHARE_BP, CompletionMeasure, CompletionRule
from bookings.courses.service import CreateCourse, Enrol, NewSession
from vizium.auth.rules import Person
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.text import one_line
from vizium.web.api import Body
from vizium.web.forms import YEARS
from vizium.web.i18n import DEFAULT_LANGUAGE, LANGUAGES


class CourseSessionBody(Body, frozen=True, kw_only=True):
    """A dated session; instants carry their offset."""

    start: datetime
    end: datetime
    rooms: list[str] = msgspec.field(default_factory=list)
    host: str | None = None


class CourseBody(Body, frozen=True, kw_only=True):
    """A run of an activity; what is left out follows from the activity and the sessions."""

    activity: str
    language: str = "lv"
    capacity: int | None = None
    hours: int | None = None
    price_cents: int | None = None
    measure: CompletionMeasure = CompletionMeasure.SESSIONS
    share_bp: int = USUAL_SHARE_BP
    enrol_until: date | None = None
    sessions: list[CourseSessionBody] = msgspec.field(default_factory=list)


class EnrolmentBody(Body, frozen=True, kw_only=True):
    """An educator (`school` or `workplace`), or a class (`school`, `grade`, `pupils`)."""

    name: str
    email: str
    phone: str = ""
    school: str | None = None
    workplace: str = ""
    grade: int | None = None
    pupils: int = 0
    language: str = "lv"
    wait: bool = False


class CourseEmptyBody(Body, frozen=True, kw_only=True):
    """Nothing is needed."""


class CoursePresenceBody(Body, frozen=True, kw_only=True):
    """How many of an enrolment were present: 0 or 1 educator, or pupils counted."""

    enrolment: str
    present: int


class CourseAttendanceBody(Body, frozen=True, kw_only=True):
    """The attendance of a session."""

    present: list[CoursePresenceBody]


class CourseCompletionsBody(Body, frozen=True, kw_only=True):
    """Who completed, by reference."""

    enrolments: list[str]


class CourseRevocationBody(Body, frozen=True, kw_only=True):
    """Why a certificate counts no longer."""

    reason: str


def new_session(body: CourseSessionBody) -> NewSession:
    """The session as a value, its instants UTC.

    Raises:
        InvalidInput: an instant has no offset, or lies in another century.
    """
    for name, instant in (("start", body.start), ("end", body.end)):
        if instant.tzinfo is None:
            raise InvalidInput([FieldError(name, "instant_without_offset")])
        if instant.year not in YEARS:
            raise InvalidInput([FieldError(name, "not_a_date")])
    rooms = tuple(dict.fromkeys(body.rooms))
    return NewSession(body.start.astimezone(UTC), body.end.astimezone(UTC), rooms, body.host)


def course_command(body: CourseBody) -> CreateCourse:
    """The run to be made."""
    return CreateCourse(
        activity=body.activity,
        language=body.language,
        capacity=body.capacity,
        hours=body.hours,
        price_cents=body.price_cents,
        rule=CompletionRule(body.measure, body.share_bp),
        enrol_until=body.enrol_until,
        sessions=tuple(new_session(one) for one in body.sessions),
    )


def enrol_command(body: EnrolmentBody, code: str, person: Person) -> Enrol:
    """The enrolment to be made.

    Raises:
        InvalidInput: what is wrong with the person.
    """
    name, email, phone = check_person(body.name, body.email, body.phone)
    return Enrol(
        course=code,
        name=name,
        email=email,
        phone=phone,
        school=body.school,
        workplace=one_line(body.workplace)[:160],
        grade=body.grade,
        pupils=body.pupils,
        page_language=body.language if body.language in LANGUAGES else DEFAULT_LANGUAGE,
        owner_person=person.id,
        wait=body.wait,
    )
