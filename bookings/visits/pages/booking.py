"""Book one timed activity, one question a page: day, time, school, class, contact, check.

The answers travel in the address until the contact is asked, and in hidden fields from there on:
every step can be bookmarked, nothing needs a cookie, and no name or telephone gets into a log.
`GET /visits/new` shows the first question that has no good answer yet.
"""

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.visits.forms import parse_contact, parse_order, parse_people
from bookings.visits.pages.booking_steps import (
    answer_class,
    ask_class,
    ask_school,
    ask_when,
    check_class,
    estimate_of,
    load_booking,
    show_check,
    show_full,
)
from bookings.visits.pages.holding import hold_once
from bookings.visits.queries import VisitRow
from bookings.visits.service import TransportDesk, hold_sessions
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded, InvalidInput
from vizium.web.forms import Form
from vizium.web.page import Page


@get("/visits/new", sync_to_thread=True)
def new_visit(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """The first question without a good answer."""
    if not asked.raw("code"):
        return page.go("/programmes")
    booking = load_booking(database, asked, page)
    if booking.stop is None:
        return ask_when(page, database, booking)
    if booking.school is None:
        return ask_school(page, database, booking)
    if "adults" not in asked.fields or asked.raw("step") == "class":
        return ask_class(page, booking)
    return answer_class(page, database, booking, transport=transport, visitor=visitor)


@post("/visits/new/check", status_code=200, sync_to_thread=True)
def check_booking(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """All answers on one page, before anything is held."""
    booking = load_booking(database, form, page)
    if booking.stop is None or booking.school is None:
        return page.go(booking.link())
    try:
        check_class(booking, page)
    except InvalidInput as error:
        return ask_class(page, booking, error)
    try:
        parse_contact(form)
        form.choice("transport", ("yes", "no"))
        form.check()
    except InvalidInput as error:
        estimate = estimate_of(database, booking, transport, page)
        return page.show_again(
            "bookings/visits/new_contact.html",
            form,
            error,
            booking=booking,
            estimate=estimate,
            known={},
        )
    return show_check(page, database, booking, transport)


@post("/visits", sync_to_thread=True)
def create_visit(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """Hold the places; when they went meanwhile, show other times and keep all answers."""
    booking = load_booking(database, form, page)
    if booking.stop is None or booking.school is None:
        return page.go(booking.link())
    owner = visitor.id if visitor else None

    def hold(session: Session, by: str) -> VisitRow:
        return hold_sessions(session, command, by=by, now=page.now)

    try:
        command = parse_order(form, page_language=page.lang, owner_person=owner)
        path = hold_once(page, database, form, visitor=visitor, hold=hold)
    except CapacityExceeded:
        booking.people = parse_people(form)
        return show_full(page, database, booking)
    except InvalidInput as error:
        return ask_class(page, booking, error)
    return page.go(path)
