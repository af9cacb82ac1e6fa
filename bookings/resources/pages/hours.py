"""When hosts work and when the centre is open.

Both are rules of a period; a new one that begins later counts instead of an older one, and one that
was wrong is removed.
"""

from datetime import date

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import WEEKDAYS, parse_hours, parse_shifts
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import get_host, list_opening_rules
from bookings.resources.rules import OpeningRule
from bookings.resources.service import remove_hours, remove_shift, save_hours, save_shifts
from vizium.db.session import Session
from vizium.kernel.errors import NotFound
from vizium.web.once import Exchange

_SHIFTS = "bookings/resources/shifts.html"
_HOURS = "bookings/resources/hours.html"


@get("/staff/resources/shifts/{code:str}", sync_to_thread=True, guards=[may_edit])
def new_shifts(asking: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """The form for when a host works."""
    return _ask_shifts(asking, code)


@post("/staff/resources/shifts/{code:str}", sync_to_thread=True, guards=[may_edit])
def create_shifts(sent: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """Let the host work on the weekdays that were ticked."""

    def act(session: Session) -> str:
        host = get_host(session, code)
        shifts = parse_shifts(sent.form, host.code, today=sent.today)
        save_shifts(session, shifts, by=sent.by, now=sent.now)
        return f"/staff/resources/hosts/{code}"

    return sent.once(f"shifts:{code}", act, again=lambda: _ask_shifts(sent, code))


@post("/staff/resources/shifts/{code:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_one_shift(sent: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """Take a shift off."""
    weekday = sent.form.whole("weekday", least=1, most=7)
    valid_from = day_of(sent.form.raw("valid_from"))
    sent.form.check()

    def act(session: Session) -> str:
        remove_shift(session, code, weekday, valid_from, by=sent.by, now=sent.now)
        return f"/staff/resources/hosts/{code}"

    return sent.once(f"shift:{code}", act)


@get("/staff/resources/hours", sync_to_thread=True, guards=[may_look])
def show_hours(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """The opening hours by period, and a form for a new period."""
    return _ask_hours(asking)


@post("/staff/resources/hours", sync_to_thread=True, guards=[may_edit])
def create_hours(sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Open by these hours in a period."""

    def act(session: Session) -> str:
        rules = parse_hours(sent.form, today=sent.today)
        save_hours(session, rules, by=sent.by, now=sent.now)
        return "/staff/resources/hours"

    return sent.once("hours", act, again=lambda: _ask_hours(sent))


@post("/staff/resources/hours/{first:str}/removal", sync_to_thread=True, guards=[may_edit])
def remove_period(sent: NamedDependency[Exchange], first: FromPath[str]) -> Response[bytes]:
    """Take a period's hours off."""
    valid_from = day_of(first)

    def act(session: Session) -> str:
        remove_hours(session, valid_from, by=sent.by, now=sent.now)
        return "/staff/resources/hours"

    return sent.once(f"hours:{first}", act)


def _ask_shifts(exchange: Exchange, code: str) -> Response[bytes]:
    with exchange.database.reading() as session:
        return exchange.ask(_SHIFTS, host=get_host(session, code), weekdays=WEEKDAYS)


def _ask_hours(exchange: Exchange) -> Response[bytes]:
    with exchange.database.reading() as session:
        rules = list_opening_rules(session, until=exchange.today)
    periods: dict[tuple[date, date], list[OpeningRule]] = {}
    for rule in rules:
        periods.setdefault((rule.valid_from, rule.valid_to), []).append(rule)
    return exchange.ask(
        _HOURS,
        periods=sorted(periods.items()),
        weekdays=WEEKDAYS,
        may_edit=exchange.page.has_role(*EDITORS),
    )


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
