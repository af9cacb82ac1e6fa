"""Pages of the staff: every run, a new one, who is enrolled, who completed, lists to take home."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.forms import parse_capacity, parse_course
from bookings.courses.queries import (
    CourseRow,
    CourseWish,
    EnrolmentRow,
    get_course,
    list_courses,
    list_enrolments,
)
from bookings.courses.rules import CompletionMeasure
from bookings.courses.service import (
    ConfirmCompletions,
    confirm_completions,
    create_course,
    publish_course,
    set_capacity,
)
from bookings.courses.service.access import ATTENDING_ROLES, RUNNING_ROLES
from bookings.courses.service.attendance import standings
from bookings.courses.service.papers import hours_words, manage_path, rule_words
from bookings.programmes.queries import ActivityRow, list_activities
from bookings.programmes.rules import ActivityKind
from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page
from vizium.web.sheets import CSV, XLSX, Column, Kind, Sheet, to_csv, to_xlsx


@get("/staff/courses", guards=[opens(Desk.COURSES)], sync_to_thread=True)
def list_courses_of_staff(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Runs that are planned or go on; all of them when asked."""
    everything = asked.flag("all")
    wish = CourseWish(after=None if everything else page.now)
    with database.reading() as session:
        rows = list_courses(session, wish)
    return page.show(
        "bookings/courses/staff_list.html",
        courses=[(row, row.status(page.now)) for row in rows],
        everything=everything,
        may_run=page.has_role(*RUNNING_ROLES),
    )


@get("/staff/courses/new", guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def new_course(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """What a run needs to be made; `activity` in the address chooses one."""
    with database.reading() as session:
        activities = _teachable(session)
    return page.show("bookings/courses/staff_new.html", form=asked, **_choices(activities, page))


@post("/staff/courses", guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def create_course_of_staff(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Make a run; its sessions come next."""
    with database.reading() as session:
        activities = _teachable(session)
    try:
        command = parse_course(form, activities, now=page.now)

        def act(session: Session) -> str:
            made = create_course(session, command, by=person.id, now=page.now)
            return f"/staff/courses/{made.code}"

        return page.go(once(database, form, scope="create-course", now=page.now, act=act))
    except InvalidInput as error:
        template = "bookings/courses/staff_new.html"
        return page.show_again(template, form, error, **_choices(activities, page))


@get("/staff/courses/{code:str}", guards=[opens(Desk.COURSES)], sync_to_thread=True)
def show_course_of_staff(
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One run: its sessions, who is enrolled, how far everybody has come."""
    return _show(page, database, code, Form({}))


@post(
    "/staff/courses/{code:str}/publication",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_publication(
    code: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Open the run to everybody."""

    def act(session: Session) -> str:
        course = publish_course(session, code[:20], by=person.id, now=page.now)
        return f"/staff/courses/{course.code}"

    return page.go(once(database, form, scope=f"publish:{code[:20]}", now=page.now, act=act))


@post(
    "/staff/courses/{code:str}/capacity",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_capacity(
    code: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """More or fewer places; whoever waits is offered what becomes free."""
    try:
        capacity = parse_capacity(form)

        def act(session: Session) -> str:
            course = set_capacity(
                session,
                code[:20],
                capacity,
                settings=page.settings,
                by=person.id,
                now=page.now,
            )
            return f"/staff/courses/{course.code}"

        return page.go(once(database, form, scope=f"capacity:{code[:20]}", now=page.now, act=act))
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _show(page, database, code, form)


@post(
    "/staff/courses/{code:str}/completions",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_completions(
    code: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Confirm those who are ticked; each gets a certificate by mail."""
    chosen = tuple(form.all("who"))
    if not chosen:
        form.fail("who", "nobody_chosen")
        return _show(page, database, code, form)
    command = ConfirmCompletions(code[:20], chosen)

    def act(session: Session) -> str:
        confirm_completions(session, command, settings=page.settings, by=person, now=page.now)
        return f"/staff/courses/{command.course}"

    return page.go(once(database, form, scope=f"complete:{code[:20]}", now=page.now, act=act))


@get("/staff/courses/{code:str}/enrolments.csv", guards=[opens(Desk.COURSES)], sync_to_thread=True)
def show_enrolments_csv(
    code: FromPath[str], page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Who is enrolled, as a Latvian Excel reads it."""
    sheet = _sheet(page, database, code)
    return page.file(to_csv(sheet), CSV, f"{sheet.name}.csv")


@get("/staff/courses/{code:str}/enrolments.xlsx", guards=[opens(Desk.COURSES)], sync_to_thread=True)
def show_enrolments_xlsx(
    code: FromPath[str], page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Who is enrolled, as a workbook."""
    sheet = _sheet(page, database, code)
    return page.file(to_xlsx([sheet]), XLSX, f"{sheet.name}.xlsx")


def _teachable(session: Session) -> list[ActivityRow]:
    """What a run can be made of: for educators first, then programmes, the longest on top."""
    kinds = (ActivityKind.EDUCATOR, ActivityKind.PROGRAMME)
    rows = [row for row in list_activities(session) if row.kind in kinds]
    return sorted(rows, key=lambda row: (kinds.index(row.kind), -row.sessions_count))


def _choices(activities: list[ActivityRow], page: Page) -> dict[str, Any]:
    code = page.words.code
    return {
        "activities": [(row.code, f"{row.code} {row.title(page.lang)}") for row in activities],
        "languages": [(one, code("language", one)) for one in ("lv", "en", "ru")],
        "measures": [(one, code("completion_measure", one)) for one in map(str, CompletionMeasure)],
        "today": local_date(page.now),
        "key": page.new_key(),
    }


def _show(page: Page, database: Database, code: str, form: Form) -> Response[bytes]:
    with database.reading() as session:
        course = get_course(session, code[:20])
        rows = [row.seen_at(page.now) for row in list_enrolments(session, course.code)]
    return page.show(
        "bookings/courses/staff_course.html",
        status=422 if form.errors else 200,
        course=course,
        state=course.status(page.now),
        rows=rows,
        reached=standings(course, rows),
        paths={row.reference: manage_path(row.reference, page.settings) for row in rows},
        hours=hours_words(course.hours, page.words),
        rule=rule_words(course.rule, page.words),
        form=form,
        errors=form.errors,
        is_over=course.is_over(page.now),
        may_run=page.has_role(*RUNNING_ROLES),
        may_attend=page.has_role(*ATTENDING_ROLES),
        key=page.new_key(),
    )


def _sheet(page: Page, database: Database, code: str) -> Sheet:
    with database.reading() as session:
        course = get_course(session, code[:20])
        rows = [row.seen_at(page.now) for row in list_enrolments(session, course.code)]
    t = page.words.t
    columns = [
        Column(t("Reference")),
        Column(t("State")),
        Column(t("Name and surname")),
        Column(t("E-mail")),
        Column(t("Telephone")),
        Column(t("Workplace or school")),
        Column(t("Grade"), Kind.WHOLE),
        Column(t("Places"), Kind.WHOLE),
        Column(t("Sessions attended"), Kind.WHOLE),
        Column(t("Certificate number")),
    ]
    return Sheet(course.code, columns, [_cells(row, course, page) for row in rows])


def _cells(row: EnrolmentRow, course: CourseRow, page: Page) -> tuple[object, ...]:
    attended = sum(row.present.get(one.id, 0) > 0 for one in course.taught)
    return (
        row.reference,
        page.words.code("enrolment_state", row.state.value),
        row.name,
        row.email,
        row.phone,
        row.workplace,
        row.grade,
        row.seats,
        attended,
        row.completion.number if row.completion else None,
    )
