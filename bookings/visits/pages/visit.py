"""The page of one visit, opened by its signed link: confirm, hold longer, change, cancel, pass."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms import change_form, parse_people
from bookings.visits.guards import let_go_expired
from bookings.visits.queries import VisitRow, VisitWish, get_sessions, list_arrivals, list_visits
from bookings.visits.service import (
    ChangeVisit,
    TransportDesk,
    VisitCommand,
    cancel_visit,
    change_visit,
    confirm_visit,
    extend_hold,
    preview_change,
)
from bookings.visits.service.access import BY_LINK, visit_by_link
from bookings.visits.service.papers import calendar_file, manage_path, pass_pdf, refuse_pass
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_BY_LINK_PATH = "/visits/{reference:str}/{key:str}"


@get("/visits", guards=[signed_in], sync_to_thread=True)
def list_my_visits(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visits of the person's school, or those that the person booked; the newest first."""
    wish = VisitWish(school=person.school) if person.school else VisitWish(owner=person.id)
    with database.reading() as session:
        rows = [row.seen_at(page.now) for row in list_visits(session, wish)]
    visits = [(row, manage_path(row.reference, page.settings)) for row in reversed(rows)]
    return page.show("bookings/visits/my_visits.html", visits=visits)


@get(_BY_LINK_PATH, sync_to_thread=True)
def show_visit(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Where the visit stands and what can be done; may be bookmarked."""
    with database.reading() as session:
        visit = visit_by_link(session, reference, key, page.settings).seen_at(page.now)
        arrivals = list_arrivals(session, visit.id)
    return page.show(
        "bookings/visits/visit.html",
        visit=visit,
        arrivals=arrivals,
        path=manage_path(visit.reference, page.settings),
        key=page.new_key(),
    )


@post(_BY_LINK_PATH + "/confirmation", sync_to_thread=True)
def create_confirmation(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Confirm a held visit."""
    visit = _open(reference, key, page, database)
    return _act_once(
        page,
        database,
        form,
        scope=f"confirm:{visit.reference}",
        act=lambda session: confirm_visit(
            session,
            VisitCommand(visit.reference),
            transport=transport,
            settings=page.settings,
            by=BY_LINK,
            now=page.now,
        ),
    )


@post(_BY_LINK_PATH + "/extension", sync_to_thread=True)
def create_extension(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Hold for half an hour more, or again."""
    visit = _open(reference, key, page, database)
    let_go_expired(database, now=page.now)
    return _act_once(
        page,
        database,
        form,
        scope=f"extend:{visit.reference}",
        act=lambda session: extend_hold(
            session, VisitCommand(visit.reference), by=BY_LINK, now=page.now
        ),
    )


@post(_BY_LINK_PATH + "/cancellation", sync_to_thread=True)
def create_cancellation(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Give the places back."""
    visit = _open(reference, key, page, database)
    return _act_once(
        page,
        database,
        form,
        scope=f"cancel:{visit.reference}",
        act=lambda session: cancel_visit(
            session,
            VisitCommand(visit.reference),
            transport=transport,
            settings=page.settings,
            by=BY_LINK,
            now=page.now,
        ),
    )


@get(_BY_LINK_PATH + "/change", sync_to_thread=True)
def new_change(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """New numbers; when they are given, what they would change, and the button that does it."""
    visit = _open(reference, key, page, database)
    if "adults" not in asked.fields:
        return _ask_numbers(page, database, visit, change_form(visit))
    try:
        command = _change(asked, visit)
        with database.reading() as session:
            difference = preview_change(session, command, transport=transport, now=page.now)
    except InvalidInput as error:
        asked.errors = list(error.errors)
        return _ask_numbers(page, database, visit, asked)
    return page.show(
        "bookings/visits/change_check.html",
        visit=visit,
        form=asked,
        difference=difference,
        path=manage_path(visit.reference, page.settings),
        key=page.new_key(),
    )


@post(_BY_LINK_PATH + "/change", sync_to_thread=True)
def create_change(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Change the numbers; when there is no room for so many, the visit stays as it was."""
    visit = _open(reference, key, page, database)
    try:
        command = _change(form, visit)
        path = once(
            database,
            form,
            scope=f"change:{visit.reference}",
            now=page.now,
            act=lambda session: manage_path(
                change_visit(
                    session,
                    command,
                    transport=transport,
                    settings=page.settings,
                    by=BY_LINK,
                    now=page.now,
                ).reference,
                page.settings,
            ),
        )
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _ask_numbers(page, database, visit, form)
    except CapacityExceeded as error:
        form.fail("groups", "places_free", free=int(str(error.facts["free"])) + visit.pupils)
        return _ask_numbers(page, database, visit, form)
    return page.go(path)


@get(_BY_LINK_PATH + "/pass.pdf", sync_to_thread=True)
def show_pass(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The pass for printing, in the language of the page."""
    visit = _open(reference, key, page, database)
    refuse_pass(visit)
    pdf = pass_pdf(visit, lang=page.lang, settings=page.settings, now=page.now)
    return _file(pdf, "application/pdf", f"{visit.reference}.pdf")


@get(_BY_LINK_PATH + "/calendar.ics", sync_to_thread=True)
def show_calendar(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visit for a calendar, in the language of the page."""
    visit = _open(reference, key, page, database)
    entry = calendar_file(visit, lang=page.lang, settings=page.settings, now=page.now)
    return _file(entry, "text/calendar", f"{visit.reference}.ics")


def _act_once(
    page: Page,
    database: Database,
    form: Form,
    *,
    scope: str,
    act: Callable[[Session], VisitRow],
) -> Response[bytes]:
    """Do what a button on the visit's page asks once, and show the page again."""

    def acted(session: Session) -> str:
        return manage_path(act(session).reference, page.settings)

    return page.go(once(database, form, scope=scope, now=page.now, act=acted))


def _open(reference: str, key: str, page: Page, database: Database) -> VisitRow:
    with database.reading() as session:
        return visit_by_link(session, reference, key, page.settings).seen_at(page.now)


def _change(form: Form, visit: VisitRow) -> ChangeVisit:
    people = parse_people(form, language=visit.language)
    form.check()
    return ChangeVisit(visit.reference, people.groups, people.adults)


def _ask_numbers(page: Page, database: Database, visit: VisitRow, form: Form) -> Response[bytes]:
    with database.reading() as session:
        stops = get_sessions(session, [stop.session for stop in visit.stops], now=page.now)
    taken = [set(stop.grades) for stop in stops]
    return page.show(
        "bookings/visits/change.html",
        status=422 if form.errors else 200,
        visit=visit,
        form=form,
        errors=form.errors,
        grades=sorted(set.intersection(*taken)),
        path=manage_path(visit.reference, page.settings),
    )


def _file(content: bytes, media_type: str, filename: str) -> Response[bytes]:
    disposition = f'inline; filename="{filename}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
