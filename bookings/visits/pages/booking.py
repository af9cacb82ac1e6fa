"""Book a visit, one question a page: day, time, school, class, contact, check.

The answers travel in the address until the contact is asked, and in hidden fields from there on:
every step can be bookmarked, nothing needs a cookie, and no name or telephone gets into a log.
`GET /visits/new` shows the first question that has no good answer yet.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.programmes.queries import ActivityRow, get_activity
from bookings.resources.queries import opening
from bookings.schools.queries import SchoolRow, find_school, search_schools
from bookings.visits.forms import People, parse_contact, parse_order, parse_people, travelling
from bookings.visits.guards import find_other_times, let_go_expired
from bookings.visits.queries import get_sessions, list_sessions
from bookings.visits.rules import (
    SessionRow,
    TransportEstimate,
    check_people,
    check_stops,
    price_of,
    pupils_of,
)
from bookings.visits.service import TransportDesk, hold_visit
from bookings.visits.service.access import BY_LINK
from bookings.visits.service.papers import manage_path
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import CapacityExceeded, InvalidInput
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.once import once
from vizium.web.page import Page

# Two months ahead on one page: most schools plan within them; a link goes further.
_DAYS_SHOWN = 60
_SCHOOLS_SHOWN = 12
_HOLDS_PER_PEER = 60
_HOLDS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the list: whether any of its sessions has places."""

    day: date
    free: int


@dataclass(slots=True)
class Booking:
    """What the answers so far say; what they do not say yet is None."""

    form: Form
    activity: ActivityRow
    stop: SessionRow | None = None
    school: SchoolRow | None = None
    people: People | None = None
    carried: list[tuple[str, str]] = field(default_factory=list)

    def link(self, *without: str, **more: str) -> str:
        """The address of the booking without some answers and with others."""
        kept = [pair for pair in self.carried if pair[0] not in {*without, *more}]
        return "/visits/new?" + urlencode([*kept, *more.items()])


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
    booking = _load(database, asked, page)
    if booking.stop is None:
        return _ask_when(page, database, booking)
    if booking.school is None:
        return _ask_school(page, database, booking)
    if "adults" not in asked.fields or asked.raw("step") == "class":
        return _ask_class(page, booking)
    return _answer_class(page, database, booking, transport=transport, visitor=visitor)


@post("/visits/new/check", status_code=200, sync_to_thread=True)
def check_booking(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """All answers on one page, before anything is held."""
    booking = _load(database, form, page)
    if booking.stop is None or booking.school is None:
        return page.go(booking.link())
    try:
        _check_people(booking, page)
    except InvalidInput as error:
        return _ask_class(page, booking, error)
    try:
        parse_contact(form)
        form.choice("transport", ("yes", "no"))
        form.check()
    except InvalidInput as error:
        estimate = _estimate(database, booking, transport, page)
        return page.show_again(
            "bookings/visits/new_contact.html",
            form,
            error,
            booking=booking,
            estimate=estimate,
            known={},
        )
    return _show_check(page, database, booking, transport)


@post("/visits", sync_to_thread=True)
def create_visit(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """Hold the places; when they went meanwhile, show other times and keep all answers."""
    booking = _load(database, form, page)
    if booking.stop is None or booking.school is None:
        return page.go(booking.link())
    owner = visitor.id if visitor else None
    try:
        command = parse_order(form, page_language=page.lang, owner_person=owner)
        with database.transaction() as session:
            use_once(
                session,
                f"hold:{page.peer}",
                most=_HOLDS_PER_PEER,
                window=_HOLDS_WINDOW,
                now=page.now,
            )
        let_go_expired(database, now=page.now)
        path = once(
            database,
            form,
            scope="hold-visit",
            now=page.now,
            act=lambda session: manage_path(
                hold_visit(session, command, by=owner or BY_LINK, now=page.now).reference,
                page.settings,
            ),
        )
    except CapacityExceeded:
        booking.people = parse_people(form)
        return _show_full(page, database, booking)
    except InvalidInput as error:
        return _ask_class(page, booking, error)
    return page.go(path)


def _load(database: Database, form: Form, page: Page) -> Booking:
    with database.reading() as session:
        activity = get_activity(session, form.raw("code"))
        booking = Booking(form, activity, carried=travelling(form))
        if form.raw("session"):
            stop = get_sessions(session, [form.raw("session")], now=page.now)[0]
            booking.stop = stop if stop.code == activity.code else None
        if form.raw("school"):
            booking.school = find_school(session, form.raw("school"))
    return booking


def _check_people(booking: Booking, page: Page) -> People:
    """Note what is wrong with the class, all of it, and keep it if nothing is.

    Raises:
        InvalidInput: every field's error.
    """
    people = parse_people(booking.form)
    booking.form.check()
    assert booking.stop is not None
    errors = check_people(people.groups, people.adults)
    errors += check_stops([booking.stop], people.groups, language=people.language, now=page.now)
    if errors:
        raise InvalidInput(errors)
    booking.people = people
    return people


def _ask_when(page: Page, database: Database, booking: Booking) -> Response[bytes]:
    day = _day(booking.form.raw("day"))
    first = day or _day(booking.form.raw("from")) or local_date(page.now)
    last = first if day else days_after(first, _DAYS_SHOWN)
    with database.reading() as session:
        rows = list_sessions(
            session, first_day=first, last_day=last, now=page.now, codes=[booking.activity.code]
        )
        rows = [row for row in rows if row.start > page.now]
        closed = {one for one in {row.local_date for row in rows} if not opening(session, one)}
    rows = [row for row in rows if row.local_date not in closed]
    if day is not None:
        return page.show("bookings/visits/new_time.html", booking=booking, day=day, rows=rows)
    days = [
        DayRow(one, max(row.free for row in of_day))
        for one, of_day in groupby(rows, key=lambda row: row.local_date)
    ]
    later = days_after(last, 1)
    return page.show("bookings/visits/new_day.html", booking=booking, days=days, later=later)


def _ask_school(page: Page, database: Database, booking: Booking) -> Response[bytes]:
    q = booking.form.text("q", missing=None)
    with database.reading() as session:
        found = search_schools(session, q, most=_SCHOOLS_SHOWN) if q else []
    return page.show(
        "bookings/visits/new_school.html", booking=booking, form=booking.form, q=q, found=found
    )


def _ask_class(page: Page, booking: Booking, error: InvalidInput | None = None) -> Response[bytes]:
    assert booking.stop is not None
    spoken = [(code, page.words.code("language", code)) for code in booking.stop.languages]
    template = "bookings/visits/new_class.html"
    if error is None:
        return page.show(template, booking=booking, form=booking.form, spoken=spoken)
    return page.show_again(template, booking.form, error, booking=booking, spoken=spoken)


def _answer_class(
    page: Page,
    database: Database,
    booking: Booking,
    *,
    transport: TransportDesk,
    visitor: Person | None,
) -> Response[bytes]:
    """The next question when the class is well described and fits, else what is wrong."""
    assert booking.stop is not None
    assert booking.school is not None
    try:
        people = _check_people(booking, page)
    except InvalidInput as error:
        return _ask_class(page, booking, error)
    if booking.stop.free_for(booking.school.register_no) < pupils_of(people.groups):
        return _show_full(page, database, booking)
    return _ask_contact(page, database, booking, transport=transport, visitor=visitor)


def _ask_contact(
    page: Page,
    database: Database,
    booking: Booking,
    *,
    transport: TransportDesk,
    visitor: Person | None,
) -> Response[bytes]:
    estimate = _estimate(database, booking, transport, page)
    known = {"name": visitor.name, "email": visitor.email} if visitor else {}
    return page.show(
        "bookings/visits/new_contact.html",
        booking=booking,
        form=booking.form,
        estimate=estimate,
        known=known,
    )


def _show_check(
    page: Page, database: Database, booking: Booking, transport: TransportDesk
) -> Response[bytes]:
    assert booking.stop is not None
    assert booking.people is not None
    return page.show(
        "bookings/visits/new_check.html",
        booking=booking,
        form=booking.form,
        hidden=travelling(booking.form, contact=True),
        price_cents=price_of([booking.stop], pupils_of(booking.people.groups)),
        estimate=_estimate(database, booking, transport, page),
        key=page.new_key(),
    )


def _show_full(page: Page, database: Database, booking: Booking) -> Response[bytes]:
    """No places: other times, with every answer kept."""
    assert booking.stop is not None
    people = parse_people(booking.form)
    times = find_other_times(
        database,
        [booking.stop.id],
        pupils=pupils_of(people.groups),
        school=booking.form.raw("school"),
        now=page.now,
    )
    kept = [pair for pair in travelling(booking.form, contact=True) if pair[0] != "session"]
    with_contact = bool(booking.form.raw("email"))
    return page.show(
        "bookings/visits/full.html",
        status=409,
        booking=booking,
        times=times,
        kept=kept,
        with_contact=with_contact,
    )


def _estimate(
    database: Database, booking: Booking, transport: TransportDesk, page: Page
) -> TransportEstimate:
    assert booking.stop is not None
    assert booking.school is not None
    assert booking.people is not None
    with database.reading() as session:
        return transport.estimate(
            session,
            register_no=booking.school.register_no,
            day=booking.stop.local_date,
            pupils=pupils_of(booking.people.groups),
            now=page.now,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
