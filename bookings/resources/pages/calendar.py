"""Days on which nobody comes: the centre's closed days and the schools' breaks."""

from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import parse_break, parse_closure
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.pages.hours import day_of
from bookings.resources.queries import list_closures, list_school_breaks
from bookings.resources.rules import BreakKind, format_grades
from bookings.resources.service import (
    remove_closure,
    remove_school_break,
    save_closure,
    save_school_break,
)
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput, NotFound
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

DayVisits = Callable[[Session, date], list[tuple[str, str]]]
"""The visits of a day that are to come: reference and school; visits lend it (routes)."""

_CLOSURES = "bookings/resources/closures.html"
_CALENDAR = "bookings/resources/calendar.html"


@get("/staff/resources/closures", sync_to_thread=True, guards=[may_look])
def show_closures(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    visits_of_day: NamedDependency[DayVisits],
) -> Response[bytes]:
    """The closed days to come with the visits that stand on them, and a form for another."""
    return page.show(_CLOSURES, form=asked, **_closures(page, database, visits_of_day))


@post("/staff/resources/closures", sync_to_thread=True, guards=[may_edit])
def create_closure(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    visits_of_day: NamedDependency[DayVisits],
) -> Response[bytes]:
    """Close a day; its visits stay and are named, so that somebody moves them."""
    try:
        row = parse_closure(form, today=local_date(page.now))
    except InvalidInput as error:
        values = _closures(page, database, visits_of_day)
        return page.show_again(_CLOSURES, form, error, **values)

    def act(session: Session) -> str:
        save_closure(session, row, by=person.id, now=page.now)
        return "/staff/resources/closures"

    return page.go(once(database, form, scope="closure", now=page.now, act=act))


@post("/staff/resources/closures/{day:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_one_closure(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    day: FromPath[str],
) -> Response[bytes]:
    """Open a closed day again."""
    closed = day_of(day)

    def act(session: Session) -> str:
        remove_closure(session, closed, by=person.id, now=page.now)
        return "/staff/resources/closures"

    return page.go(once(database, form, scope=f"closure:{day}", now=page.now, act=act))


@get("/staff/resources/calendar", sync_to_thread=True, guards=[may_look])
def show_calendar(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The schools' breaks to come, and a form for another."""
    return page.show(_CALENDAR, form=asked, **_breaks(page, database))


@post("/staff/resources/calendar", sync_to_thread=True, guards=[may_edit])
def create_break(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Put a break into the school calendar."""
    try:
        row = parse_break(form, today=local_date(page.now))
    except InvalidInput as error:
        return page.show_again(_CALENDAR, form, error, **_breaks(page, database))

    def act(session: Session) -> str:
        save_school_break(session, row, by=person.id, now=page.now)
        return "/staff/resources/calendar"

    return page.go(once(database, form, scope="break", now=page.now, act=act))


@post(
    "/staff/resources/calendar/{kind:str}/{day:str}/removal",
    sync_to_thread=True,
    guards=[may_edit],
)
def remove_break(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    *,
    kind: FromPath[str],
    day: FromPath[str],
) -> Response[bytes]:
    """Take a break out of the school calendar."""
    if kind not in list(BreakKind):
        raise NotFound("day", day=day[:40])
    first_day = day_of(day)

    def act(session: Session) -> str:
        remove_school_break(session, BreakKind(kind), first_day, by=person.id, now=page.now)
        return "/staff/resources/calendar"

    return page.go(once(database, form, scope=f"break:{kind}.{day}", now=page.now, act=act))


def _closures(page: Page, database: Database, visits_of_day: DayVisits) -> dict[str, Any]:
    with database.reading() as session:
        closures = list_closures(session, until=local_date(page.now))
        visits = {closure.day: visits_of_day(session, closure.day) for closure in closures}
    return {"closures": closures, "visits": visits, "may_edit": page.has_role(*EDITORS)}


def _breaks(page: Page, database: Database) -> dict[str, Any]:
    with database.reading() as session:
        breaks = list_school_breaks(session, until=local_date(page.now))
    return {
        "breaks": [(one, format_grades(one.grades)) for one in breaks],
        "kinds": list(BreakKind),
        "may_edit": page.has_role(*EDITORS),
    }


CALENDAR = [
    show_closures,
    create_closure,
    remove_one_closure,
    show_calendar,
    create_break,
    remove_break,
]
