"""The pages of a quick booking: what each asks and shows."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from litestar import Response

from bookings.programmes.queries import ActivityRow, get_activity
from bookings.resources.queries import opening
from bookings.schools.queries import SchoolRow, find_school, search_schools
from bookings.visits.forms import People, parse_people, travelling
from bookings.visits.guards import find_other_times
from bookings.visits.planner.plan import StopKind
from bookings.visits.queries import get_sessions, list_sessions
from bookings.visits.rules import (
    SessionRow,
    TransportEstimate,
    check_people,
    check_stops,
    price_of,
    pupils_of,
)
from bookings.visits.service import TransportDesk
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.page import Page

# Two months ahead on one page: most schools plan within them; a link goes further.
_DAYS_SHOWN = 60
_SCHOOLS_SHOWN = 12


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

    def waiting(self, day: date) -> str:
        """Where the class asks to be told when places of a day come free."""
        told = [pair for pair in self.carried if pair[0] not in {"session", "email", "name"}]
        return "/waiting/new?" + urlencode([*told, ("day", day.isoformat())])


def load_booking(database: Database, form: Form, page: Page) -> Booking:
    """The answers so far, with what they name."""
    with database.reading() as session:
        activity = get_activity(session, form.raw("code"))
        booking = Booking(form, activity, carried=travelling(form))
        if form.raw("session"):
            stop = get_sessions(session, [form.raw("session")], now=page.now)[0]
            booking.stop = stop if stop.code == activity.code else None
        if form.raw("school"):
            booking.school = find_school(session, form.raw("school"))
    return booking


def check_class(booking: Booking, page: Page) -> People:
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


def ask_when(page: Page, database: Database, booking: Booking) -> Response[bytes]:
    """The days of the activity, or the times of a day."""
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


def ask_school(page: Page, database: Database, booking: Booking) -> Response[bytes]:
    """Which school."""
    q = booking.form.text("q", missing=None)
    with database.reading() as session:
        found = search_schools(session, q, most=_SCHOOLS_SHOWN) if q else []
    return page.show(
        "bookings/visits/new_school.html", booking=booking, form=booking.form, q=q, found=found
    )


def ask_class(page: Page, booking: Booking, error: InvalidInput | None = None) -> Response[bytes]:
    """Who comes, in which language."""
    assert booking.stop is not None
    spoken = [(code, page.words.code("language", code)) for code in booking.stop.languages]
    template = "bookings/visits/new_class.html"
    if error is None:
        return page.show(template, booking=booking, form=booking.form, spoken=spoken)
    return page.show_again(template, booking.form, error, booking=booking, spoken=spoken)


def answer_class(
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
        people = check_class(booking, page)
    except InvalidInput as error:
        return ask_class(page, booking, error)
    if booking.stop.free_for(booking.school.register_no) < pupils_of(people.groups):
        return show_full(page, database, booking)
    return _ask_contact(page, database, booking, transport=transport, visitor=visitor)


def _ask_contact(
    page: Page,
    database: Database,
    booking: Booking,
    *,
    transport: TransportDesk,
    visitor: Person | None,
) -> Response[bytes]:
    estimate = estimate_of(database, booking, transport, page)
    known = {"name": visitor.name, "email": visitor.email} if visitor else {}
    return page.show(
        "bookings/visits/new_contact.html",
        booking=booking,
        form=booking.form,
        estimate=estimate,
        known=known,
    )


def show_check(
    page: Page, database: Database, booking: Booking, transport: TransportDesk
) -> Response[bytes]:
    """Every answer on one page."""
    assert booking.stop is not None
    assert booking.people is not None
    return page.show(
        "bookings/visits/new_check.html",
        booking=booking,
        form=booking.form,
        hidden=travelling(booking.form, contact=True),
        price_cents=price_of([booking.stop], pupils_of(booking.people.groups)),
        estimate=estimate_of(database, booking, transport, page),
        key=page.new_key(),
    )


def show_full(page: Page, database: Database, booking: Booking) -> Response[bytes]:
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


def estimate_of(
    database: Database, booking: Booking, transport: TransportDesk, page: Page
) -> TransportEstimate:
    """What the fund would give for the bus today."""
    assert booking.stop is not None
    assert booking.school is not None
    assert booking.people is not None
    with database.reading() as session:
        return transport.estimate(
            session,
            register_no=booking.school.register_no,
            day=booking.stop.local_date,
            pupils=pupils_of(booking.people.groups),
            programmes=int(booking.stop.kind == StopKind.PROGRAMME),
            now=page.now,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
