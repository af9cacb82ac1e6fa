"""Days on which nobody comes: the centre's closed days and the schools' breaks."""

from collections.abc import Callable
from datetime import date

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
from vizium.db.session import Session
from vizium.kernel.errors import NotFound
from vizium.web.once import Exchange

DayVisits = Callable[[Session, date], list[tuple[str, str]]]
"""The visits of a day that are to come: reference and school; visits lend it (routes)."""

_CLOSURES = "bookings/resources/closures.html"
_CALENDAR = "bookings/resources/calendar.html"


@get("/staff/resources/closures", sync_to_thread=True, guards=[may_look])
def show_closures(
    asking: NamedDependency[Exchange], visits_of_day: NamedDependency[DayVisits]
) -> Response[bytes]:
    """The closed days to come with the visits that stand on them, and a form for another."""
    return _ask_closure(asking, visits_of_day)


@post("/staff/resources/closures", sync_to_thread=True, guards=[may_edit])
def create_closure(
    sent: NamedDependency[Exchange], visits_of_day: NamedDependency[DayVisits]
) -> Response[bytes]:
    """Close a day; its visits stay and are named, so that somebody moves them."""

    def act(session: Session) -> str:
        row = parse_closure(sent.form, today=sent.today)
        save_closure(session, row, by=sent.by, now=sent.now)
        return "/staff/resources/closures"

    return sent.once("closure", act, again=lambda: _ask_closure(sent, visits_of_day))


@post("/staff/resources/closures/{day:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_one_closure(sent: NamedDependency[Exchange], day: FromPath[str]) -> Response[bytes]:
    """Open a closed day again."""
    closed = day_of(day)

    def act(session: Session) -> str:
        remove_closure(session, closed, by=sent.by, now=sent.now)
        return "/staff/resources/closures"

    return sent.once(f"closure:{day}", act)


@get("/staff/resources/calendar", sync_to_thread=True, guards=[may_look])
def show_calendar(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """The schools' breaks to come, and a form for another."""
    return _ask_break(asking)


@post("/staff/resources/calendar", sync_to_thread=True, guards=[may_edit])
def create_break(sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Put a break into the school calendar."""

    def act(session: Session) -> str:
        row = parse_break(sent.form, today=sent.today)
        save_school_break(session, row, by=sent.by, now=sent.now)
        return "/staff/resources/calendar"

    return sent.once("break", act, again=lambda: _ask_break(sent))


@post(
    "/staff/resources/calendar/{kind:str}/{day:str}/removal",
    sync_to_thread=True,
    guards=[may_edit],
)
def remove_break(
    sent: NamedDependency[Exchange], kind: FromPath[str], day: FromPath[str]
) -> Response[bytes]:
    """Take a break out of the school calendar."""
    if kind not in list(BreakKind):
        raise NotFound("day", day=day[:40])
    first_day = day_of(day)

    def act(session: Session) -> str:
        remove_school_break(session, BreakKind(kind), first_day, by=sent.by, now=sent.now)
        return "/staff/resources/calendar"

    return sent.once(f"break:{kind}.{day}", act)


def _ask_closure(exchange: Exchange, visits_of_day: DayVisits) -> Response[bytes]:
    with exchange.database.reading() as session:
        closures = list_closures(session, until=exchange.today)
        visits = {closure.day: visits_of_day(session, closure.day) for closure in closures}
    may_edit = exchange.page.has_role(*EDITORS)
    return exchange.ask(_CLOSURES, closures=closures, visits=visits, may_edit=may_edit)


def _ask_break(exchange: Exchange) -> Response[bytes]:
    with exchange.database.reading() as session:
        breaks = list_school_breaks(session, until=exchange.today)
    return exchange.ask(
        _CALENDAR,
        breaks=[(one, format_grades(one.grades)) for one in breaks],
        kinds=list(BreakKind),
        may_edit=exchange.page.has_role(*EDITORS),
    )


CALENDAR = [
    show_closures,
    create_closure,
    remove_one_closure,
    show_calendar,
    create_break,
    remove_break,
]
