"""Pages of the staff: every run, a new one, who is enrolled, who completed, lists to take home."""

from datetime import date

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
from vizium.web.forms import Form
from vizium.web.once import Exchange
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
def new_course(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """What a run needs to be made; `activity` in the address chooses one."""
    return _ask_course(asking)


@post("/staff/courses", guards=[requires(*RUNNING_ROLES)], sync_to_thread=True)
def create_course_of_staff(sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Make a run; its sessions come next."""

    def act(session: Session) -> str:
        command = parse_course(sent.form, _teachable(session), now=sent.now)
        made = create_course(session, command, by=sent.by, now=sent.now)
        return f"/staff/courses/{made.code}"

    return sent.once("create-course", act, again=lambda: _ask_course(sent))


@get("/staff/courses/{code:str}", guards=[opens(Desk.COURSES)], sync_to_thread=True)
def show_course_of_staff(
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One run: its sessions, who is enrolled, how far everybody has come."""
    return show_course_again(page, database, code, Form({}))


@post(
    "/staff/courses/{code:str}/publication",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_publication(code: FromPath[str], sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Open the run to everybody."""

    def act(session: Session) -> str:
        course = publish_course(session, code[:20], by=sent.by, now=sent.now)
        return f"/staff/courses/{course.code}"

    return sent.once(f"publish:{code[:20]}", act)


@post(
    "/staff/courses/{code:str}/capacity",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_capacity(code: FromPath[str], sent: NamedDependency[Exchange]) -> Response[bytes]:
    """More or fewer places; whoever waits is offered what becomes free."""

    def act(session: Session) -> str:
        capacity, settings = parse_capacity(sent.form), sent.page.settings
        course = set_capacity(
            session, code[:20], capacity, settings=settings, by=sent.by, now=sent.now
        )
        return f"/staff/courses/{course.code}"

    return sent.once(f"capacity:{code[:20]}", act, again=lambda: _show_again(sent, code))


@post(
    "/staff/courses/{code:str}/completions",
    guards=[requires(*RUNNING_ROLES)],
    sync_to_thread=True,
)
def create_completions(
    code: FromPath[str], person: NamedDependency[Person], sent: NamedDependency[Exchange]
) -> Response[bytes]:
    """Confirm those who are ticked; each gets a certificate by mail."""

    def act(session: Session) -> str:
        chosen = tuple(sent.form.all("who"))
        if not chosen:
            sent.form.fail("who", "nobody_chosen")
        sent.form.check()
        command = ConfirmCompletions(code[:20], chosen)
        settings = sent.page.settings
        confirm_completions(session, command, settings=settings, by=person, now=sent.now)
        return f"/staff/courses/{command.course}"

    return sent.once(f"complete:{code[:20]}", act, again=lambda: _show_again(sent, code))


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


def _ask_course(exchange: Exchange) -> Response[bytes]:
    page, code = exchange.page, exchange.page.words.code
    with exchange.database.reading() as session:
        activities = _teachable(session)
    return exchange.ask(
        "bookings/courses/staff_new.html",
        activities=[(row.code, f"{row.code} {row.title(page.lang)}") for row in activities],
        languages=[(one, code("language", one)) for one in ("lv", "en", "ru")],
        measures=[(one, code("completion_measure", one)) for one in map(str, CompletionMeasure)],
        today=exchange.today,
        key=page.new_key(),
    )


def _show_again(exchange: Exchange, code: str) -> Response[bytes]:
    return show_course_again(exchange.page, exchange.database, code, exchange.form)


def show_course_again(page: Page, database: Database, code: str, form: Form) -> Response[bytes]:
    """The page of a run, with what is wrong in a form of it."""
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
        Column(t("Revoked"), Kind.DAY),
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
        _revoked_on(row),
    )


def _revoked_on(row: EnrolmentRow) -> date | None:
    if row.completion is None or row.completion.revocation is None:
        return None
    return local_date(row.completion.revocation.revoked_at)
