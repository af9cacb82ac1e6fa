"""When hosts work and when the centre is open.

Both are rules of a period; a new one that begins later counts instead of an older one, and one that
was wrong is removed.
"""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import WEEKDAYS, parse_hours, parse_shifts
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import get_host, list_opening_rules
from bookings.resources.rules import OpeningRule
from bookings.resources.service import remove_hours, remove_shift, save_hours, save_shifts
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput, NotFound
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_SHIFTS = "bookings/resources/shifts.html"
_HOURS = "bookings/resources/hours.html"


@get("/staff/resources/shifts/{code:str}", sync_to_thread=True, guards=[may_edit])
def new_shifts(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """The form for when a host works."""
    with database.reading() as session:
        return page.show(_SHIFTS, form=asked, host=get_host(session, code), weekdays=WEEKDAYS)


@post("/staff/resources/shifts/{code:str}", sync_to_thread=True, guards=[may_edit])
def create_shifts(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    code: FromPath[str],
) -> Response[bytes]:
    """Let the host work on the weekdays that were ticked."""
    with database.reading() as session:
        host = get_host(session, code)
    try:
        shifts = parse_shifts(form, host.code, today=local_date(page.now))
    except InvalidInput as error:
        return page.show_again(_SHIFTS, form, error, host=host, weekdays=WEEKDAYS)

    def act(session: Session) -> str:
        save_shifts(session, shifts, by=person.id, now=page.now)
        return f"/staff/resources/hosts/{code}"

    return page.go(once(database, form, scope=f"shifts:{code}", now=page.now, act=act))


@post("/staff/resources/shifts/{code:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_one_shift(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    code: FromPath[str],
) -> Response[bytes]:
    """Take a shift off."""
    weekday = form.whole("weekday", least=1, most=7)
    valid_from = day_of(form.raw("valid_from"))
    form.check()

    def act(session: Session) -> str:
        remove_shift(session, code, weekday, valid_from, by=person.id, now=page.now)
        return f"/staff/resources/hosts/{code}"

    return page.go(once(database, form, scope=f"shift:{code}", now=page.now, act=act))


@get("/staff/resources/hours", sync_to_thread=True, guards=[may_look])
def show_hours(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The opening hours by period, and a form for a new period."""
    return page.show(_HOURS, form=asked, **_hours(page, database))


@post("/staff/resources/hours", sync_to_thread=True, guards=[may_edit])
def create_hours(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Open by these hours in a period."""
    try:
        rules = parse_hours(form, today=local_date(page.now))
    except InvalidInput as error:
        return page.show_again(_HOURS, form, error, **_hours(page, database))

    def act(session: Session) -> str:
        save_hours(session, rules, by=person.id, now=page.now)
        return "/staff/resources/hours"

    return page.go(once(database, form, scope="hours", now=page.now, act=act))


@post("/staff/resources/hours/{first:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_period(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    first: FromPath[str],
) -> Response[bytes]:
    """Take a period's hours off."""
    valid_from = day_of(first)

    def act(session: Session) -> str:
        remove_hours(session, valid_from, by=person.id, now=page.now)
        return "/staff/resources/hours"

    return page.go(once(database, form, scope=f"hours:{first}", now=page.now, act=act))


def _hours(page: Page, database: Database) -> dict[str, Any]:
    with database.reading() as session:
        rules = list_opening_rules(session, until=local_date(page.now))
    periods: dict[tuple[date, date], list[OpeningRule]] = {}
    for rule in rules:
        periods.setdefault((rule.valid_from, rule.valid_to), []).append(rule)
    return {
        "periods": sorted(periods.items()),
        "weekdays": WEEKDAYS,
        "may_edit": page.has_role(*EDITORS),
    }


def day_of(text: str) -> date:
    """A day in an address or a hidden field; a strange one is nothing of ours."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("day", day=text[:40]) from None


HOURS = [
    new_shifts,
    create_shifts,
    remove_one_shift,
    show_hours,
    create_hours,
    remove_period,
]
