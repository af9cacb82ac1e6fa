"""From what people and programs send to orders: values, or every field's error."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bookings.courses.queries import CourseRow, CourseSessionRow, EnrolmentRow
from bookings.courses.rules import (
    CAPACITY_MAX,
    GRADE_MAX,
    HOURS_MAX,
    SESSION_MIN_MAX,
    CompletionMeasure,
    CompletionRule,
    CourseAudience,
)
from bookings.courses.service import (
    CreateCourse,
    Enrol,
    NewSession,
    RecordAttendance,
)
from bookings.programmes.queries import ActivityRow
from vizium.kernel.clock import from_wall, local_date, to_riga
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents
from vizium.kernel.registers import NumberError, parse_email, parse_phone
from vizium.kernel.text import one_line
from vizium.web.forms import Form
from vizium.web.i18n import LANGUAGES

_NAME_LENGTH_MAX = 120
WORKPLACE_LENGTH_MAX = 160
# Fields of an enrolment that travel from page to page.
_TRAVELLING = ("school", "workplace")
_ANSWERS = ("name", "email", "phone", "grade", "pupils")


def travelling(form: Form, *, answers: bool = False) -> list[tuple[str, str]]:
    """The answers given so far, to be carried in a query or in hidden fields."""
    names = (*_TRAVELLING, *(_ANSWERS if answers else ()))
    return [(name, form.raw(name)) for name in names if form.raw(name)]


def parse_enrol(
    form: Form, course: CourseRow, *, page_language: str, owner_person: str | None
) -> Enrol:
    """The whole order of an enrolment.

    Raises:
        InvalidInput: every field's error.
    """
    name = form.text("name", length_max=_NAME_LENGTH_MAX)
    email = form.number("email", parse_email, "")
    phone = form.number("phone", parse_phone, "") if form.raw("phone").strip() else ""
    workplace = form.text("workplace", missing=None, length_max=WORKPLACE_LENGTH_MAX)
    grade, pupils = None, 0
    if course.audience is CourseAudience.CLASSES:
        options = [str(grade) for grade in course.activity.grades]
        grade = int(form.choice("grade", options))
        pupils = form.whole("pupils", least=1, most=course.capacity)
    form.check()
    return Enrol(
        course=course.code,
        name=name,
        email=email,
        phone=phone,
        school=form.raw("school")[:20] or None,
        workplace=workplace,
        grade=grade,
        pupils=pupils,
        page_language=page_language,
        owner_person=owner_person,
        wait=form.flag("wait"),
    )


def check_person(name: str, email: str, phone: str) -> tuple[str, str, str]:
    """Name, address and telephone of an API call; the telephone may be empty.

    Raises:
        InvalidInput: every field's error.
    """
    errors: list[FieldError] = []
    clean = one_line(name)[:_NAME_LENGTH_MAX]
    if not clean:
        errors.append(FieldError("name", "missing"))
    read: dict[str, str] = {"email": "", "phone": ""}
    for field, text, parse in (("email", email, parse_email), ("phone", phone, parse_phone)):
        try:
            read[field] = parse(text) if text.strip() or field == "email" else ""
        except NumberError as error:
            errors.append(FieldError(field, error.reason))
    if errors:
        raise InvalidInput(errors)
    return clean, read["email"], read["phone"]


def parse_course(form: Form, activities: Sequence[ActivityRow], *, now: datetime) -> CreateCourse:
    """A run, without its sessions.

    Raises:
        InvalidInput: every field's error.
    """
    code = form.choice("activity", [row.code for row in activities])
    language = form.choice("language", (*LANGUAGES, "ru"))
    capacity = form.whole("capacity", least=1, most=CAPACITY_MAX)
    hours = form.whole("hours", least=0, most=HOURS_MAX)
    price = form.euro("price", empty=Cents(0))
    measure = CompletionMeasure(form.choice("measure", list(CompletionMeasure)))
    share = form.whole("share", least=1, most=100)
    until = form.date("enrol_until", stand_in=local_date(now))
    if until < local_date(now):
        form.fail("enrol_until", "course_day_is_past")
    form.check()
    return CreateCourse(
        activity=code,
        language=language,
        capacity=capacity,
        hours=hours,
        price_cents=price,
        rule=CompletionRule(measure, share * 100),
        enrol_until=until,
    )


def parse_session(form: Form, *, now: datetime) -> NewSession:
    """A dated session.

    Raises:
        InvalidInput: every field's error.
    """
    day = form.date("day", stand_in=local_date(now))
    at = _wall_time(form, "start")
    minutes = form.whole("minutes", least=15, most=SESSION_MIN_MAX)
    form.check()
    start = from_wall(day, at)
    return NewSession(
        start=start,
        end=start + timedelta(minutes=minutes),
        rooms=tuple(dict.fromkeys(form.all("rooms"))),
        host=form.text("host", missing=None) or None,
    )


def session_form(one: CourseSessionRow) -> Form:
    """The form of a session, filled with where and when it is."""
    start = to_riga(one.start)
    fields = {
        "day_day": [str(start.day)],
        "day_month": [str(start.month)],
        "day_year": [str(start.year)],
        "start": [f"{start:%H.%M}"],
        "minutes": [str(one.minutes)],
        "rooms": list(one.rooms),
        "host": [one.host_code or ""],
    }
    return Form(fields)


def parse_attendance(
    form: Form, course: str, session_id: str, rows: Sequence[EnrolmentRow]
) -> RecordAttendance:
    """Who was present: ticks for educators, counts for classes.

    Raises:
        InvalidInput: every field's error.
    """
    present = {}
    for row in rows:
        name = present_field(row)
        if row.grade is None:
            present[row.reference] = int(form.flag(name))
        else:
            present[row.reference] = form.whole(name, least=0, most=CAPACITY_MAX, empty=0)
    form.check()
    return RecordAttendance(course, session_id, present)


def reason_field(reference: str) -> str:
    """The name of the field that says why the certificate of an enrolment is taken back."""
    return f"reason-{reference[:20]}"


def present_field(row: EnrolmentRow) -> str:
    """The name of the field that says how many of an enrolment are present."""
    return f"p-{row.reference}"


def attendance_form(session_id: str, rows: Sequence[EnrolmentRow]) -> Form:
    """The sheet filled with what is written already."""
    fields = {
        present_field(row): [str(row.came(session_id))] for row in rows if session_id in row.present
    }
    return Form(fields)


def parse_capacity(form: Form) -> int:
    """A new number of places.

    Raises:
        InvalidInput: it is none.
    """
    capacity = form.whole("capacity", least=1, most=CAPACITY_MAX)
    form.check()
    return capacity


def grade_options(course: CourseRow) -> list[int]:
    """The grades that a class may be of."""
    return [grade for grade in course.activity.grades if grade <= GRADE_MAX]


def _wall_time(form: Form, name: str) -> time:
    """A wall time as people type it: ``15.30``, ``15:30``, ``9``."""
    typed = re.fullmatch(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?", form.raw(name).strip())
    if typed is None or int(typed[1]) > 23 or int(typed[2] or 0) > 59:
        form.fail(name, "not_a_time" if form.raw(name).strip() else "missing")
        return time()
    return time(int(typed[1]), int(typed[2] or 0))
