"""Enrol in a course: where from, who, check, done; when it is full, take a turn in the line.

As in a booking the answers travel in the address until a name is asked, and in hidden fields from
there on: nothing is stored before the last button.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.forms import WORKPLACE_LENGTH_MAX, grade_options, parse_enrol, travelling
from bookings.courses.queries import CourseRow
from bookings.courses.rules import CourseAudience
from bookings.courses.service import enrol
from bookings.courses.service.access import BY_LINK, published_course
from bookings.courses.service.papers import manage_path
from bookings.schools.queries import SchoolRow, find_school, search_schools
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded, InvalidInput
from vizium.kernel.text import one_line
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.once import once
from vizium.web.page import Page

_SCHOOLS_SHOWN = 12
# A whole staff room may enrol behind one address.
_ENROLMENTS_PER_PEER = 60
_ENROLMENTS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the answers so far say; `school` is None while none is chosen or it is elsewhere."""

    form: Form
    course: CourseRow
    school: SchoolRow | None
    workplace: str

    @property
    def place(self) -> str:
        """Where the person works, in words."""
        return self.school.name if self.school else self.workplace

    @property
    def is_class(self) -> bool:
        """Whether a class enrols."""
        return self.course.audience is CourseAudience.CLASSES

    def link(self, *without: str, **more: str) -> str:
        """The address of the enrolment without some answers and with others."""
        kept = [pair for pair in travelling(self.form) if pair[0] not in {*without, *more}]
        query = urlencode([*kept, *more.items()])
        return f"/courses/{self.course.code}/enrolment" + (f"?{query}" if query else "")


@get("/courses/{code:str}/enrolment", sync_to_thread=True)
def new_enrolment(
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """The first question without a good answer."""
    answers = _load(database, code, asked)
    if not answers.place and "workplace" in asked.fields:
        asked.fail("workplace", "missing")
    if not answers.place and asked.raw("school"):
        asked.fail("q", "school_unknown")
    if not answers.course.is_open(page.now):
        return page.go(f"/courses/{answers.course.code}")
    if not answers.place:
        return _ask_where(page, database, answers)
    return _ask_who(page, answers, visitor=visitor)


@post("/courses/{code:str}/enrolment", status_code=200, sync_to_thread=True)
def check_enrolment(
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """All answers on one page, before anything is stored."""
    answers = _load(database, code, form)
    if not answers.place:
        return page.go(answers.link())
    try:
        parse_enrol(form, answers.course, page_language=page.lang, owner_person=None)
    except InvalidInput as error:
        return _ask_who(page, answers, error)
    hidden = travelling(form, answers=True)
    template = "bookings/courses/enrol_check.html"
    return page.show(template, answers=answers, form=form, hidden=hidden, key=page.new_key())


@post("/courses/{code:str}/enrolments", sync_to_thread=True)
def create_enrolment(
    code: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """Enrol; when the last place went meanwhile, offer a turn in the line and keep all answers."""
    answers = _load(database, code, form)
    owner = visitor.id if visitor else None
    try:
        order = parse_enrol(form, answers.course, page_language=page.lang, owner_person=owner)
        _count(database, page)

        def act(session: Session) -> str:
            by = owner or BY_LINK
            done = enrol(session, order, settings=page.settings, by=by, now=page.now)
            if not done.is_new:
                return f"/courses/{order.course}/already"
            return manage_path(done.row.reference, page.settings)

        path = once(database, form, scope=f"enrol:{order.course}", now=page.now, act=act)
    except CapacityExceeded as error:
        return _show_full(page, answers, error)
    except InvalidInput as error:
        return _ask_who(page, answers, error)
    return page.go(path)


@get("/courses/{code:str}/already", sync_to_thread=True)
def show_again(
    code: FromPath[str], page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """You stand in this course: the link went to the mail address, not to whoever typed it."""
    with database.reading() as session:
        course = published_course(session, code[:20])
    return page.show("bookings/courses/again.html", course=course)


def _load(database: Database, code: str, form: Form) -> Answers:
    with database.reading() as session:
        course = published_course(session, code[:20])
        register_no = form.raw("school")[:20]
        school = find_school(session, register_no) if register_no else None
    elsewhere = course.audience is CourseAudience.EDUCATORS and school is None
    workplace = one_line(form.raw("workplace"))[:WORKPLACE_LENGTH_MAX] if elsewhere else ""
    return Answers(form, course, school, workplace)


def _count(database: Database, page: Page) -> None:
    with database.transaction() as session:
        use_once(
            session,
            f"enrol:{page.peer}",
            most=_ENROLMENTS_PER_PEER,
            window=_ENROLMENTS_WINDOW,
            now=page.now,
        )


def _ask_where(page: Page, database: Database, answers: Answers) -> Response[bytes]:
    q = answers.form.text("q", missing=None)
    with database.reading() as session:
        found = search_schools(session, q, most=_SCHOOLS_SHOWN) if q else []
    template = "bookings/courses/enrol_where.html"
    form, status = answers.form, 422 if answers.form.errors else 200
    return page.show(
        template, status=status, answers=answers, form=form, errors=form.errors, q=q, found=found
    )


def _ask_who(
    page: Page,
    answers: Answers,
    error: InvalidInput | None = None,
    *,
    visitor: Person | None = None,
) -> Response[bytes]:
    known = {"name": visitor.name, "email": visitor.email} if visitor else {}
    values: dict[str, Any] = {
        "answers": answers,
        "known": known,
        "grades": grade_options(answers.course),
    }
    template = "bookings/courses/enrol_who.html"
    if error is None:
        return page.show(template, form=answers.form, **values)
    return page.show_again(template, answers.form, error, **values)


def _show_full(page: Page, answers: Answers, error: CapacityExceeded) -> Response[bytes]:
    return page.show(
        "bookings/courses/full.html",
        status=409,
        answers=answers,
        free=error.facts["free"],
        waiting=error.facts["waiting"],
        hidden=travelling(answers.form, answers=True),
        key=page.new_key(),
    )
