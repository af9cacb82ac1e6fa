"""Pages of the staff: who comes today, how many came, every visit."""

from datetime import date

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms import parse_arrival
from bookings.visits.passes import read_pass
from bookings.visits.queries import (
    VisitRow,
    VisitWish,
    list_arrivals,
    list_visits,
    list_visits_of_day,
)
from bookings.visits.rules import arrival_flags
from bookings.visits.service import TransportDesk, record_arrival
from bookings.visits.service.access import CHANGING_ROLES, visit_of_person
from bookings.visits.service.papers import manage_path
from vizium.auth.guards import requires, staff_only
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput, NotFound
from vizium.kernel.ids import parse_reference
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_VISITS_SHOWN = 100


@get("/staff/arrivals", guards=[staff_only], sync_to_thread=True)
def list_arrivals_of_day(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Who comes today, the first to start on top; a typed reference opens its visit."""
    reference = parse_reference(asked.raw("q")[:20])
    if reference is not None:
        return page.go(f"/staff/visits/{reference}")
    today = local_date(page.now)
    with database.reading() as session:
        visits = [row.seen_at(page.now) for row in list_visits_of_day(session, today)]
    return page.show(
        "bookings/visits/arrivals.html",
        visits=[visit for visit in visits if visit.is_kept or visit.state == "completed"],
        today=today,
        q=asked.raw("q"),
    )


@get("/staff/visits", guards=[staff_only], sync_to_thread=True)
def list_visits_of_staff(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Visits from a day on."""
    try:
        day = date.fromisoformat(asked.raw("day"))
    except ValueError:
        day = local_date(page.now)
    with database.reading() as session:
        rows = list_visits(session, VisitWish(first_day=day), most=_VISITS_SHOWN)
    return page.show(
        "bookings/visits/visits.html", visits=[row.seen_at(page.now) for row in rows], day=day
    )


@get("/staff/visits/{reference:str}", guards=[staff_only], sync_to_thread=True)
def show_visit_of_staff(
    reference: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One visit, and the question how many came."""
    with database.reading() as session:
        visit = visit_of_person(session, reference, person)
    return _show(page, database, visit, Form({}))


@get("/visits/check-in/{token:str}", sync_to_thread=True)
def show_check_in(
    token: FromPath[str],
    page: NamedDependency[Page],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """What a phone opens from the pass: the desk counts, everybody else is told what it is."""
    facts = read_pass(token, secret_key=page.settings.secret_key)
    if facts is None:
        raise NotFound("pass")
    if visitor is not None and not visitor.roles.isdisjoint(CHANGING_ROLES):
        return page.go(f"/staff/visits/{facts.reference}")
    return page.show("bookings/visits/check_in.html", facts=facts)


@post(
    "/staff/visits/{reference:str}/arrival",
    guards=[requires(*CHANGING_ROLES)],
    sync_to_thread=True,
)
def create_arrival(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Count a class in."""
    with database.reading() as session:
        visit = visit_of_person(session, reference, person, changing=True)
    try:
        command = parse_arrival(form, visit.reference)
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _show(page, database, visit, form)
    path = once(
        database,
        form,
        scope=f"arrive:{visit.reference}",
        now=page.now,
        act=lambda session: (
            "/staff/visits/"
            + record_arrival(session, command, transport=transport, by=person.id, now=page.now)[
                0
            ].reference
        ),
    )
    return page.go(path)


def _show(page: Page, database: Database, visit: VisitRow, form: Form) -> Response[bytes]:
    with database.reading() as session:
        arrivals = list_arrivals(session, visit.id)
    seen = visit.seen_at(page.now)
    flags = arrival_flags(
        seen.state, seen.local_date, at=page.now, pupils=seen.pupils, booked=seen.pupils
    )
    return page.show(
        "bookings/visits/staff_visit.html",
        status=422 if form.errors else 200,
        visit=seen,
        arrivals=arrivals,
        flags=flags,
        form=form,
        errors=form.errors,
        path=manage_path(seen.reference, page.settings),
        may_count=page.has_role(*CHANGING_ROLES),
        key=page.new_key(),
    )
