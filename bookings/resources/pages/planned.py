"""What becomes of a thing from a day on: another capacity, or nothing at all: it is retired.

Before a thing is retired, the page lists the visits and sessions that have it afterwards. They keep
it; somebody moves them. Until somebody takes the change back, nobody new gets it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import parse_planned, parse_retirement
from bookings.resources.guards import may_edit
from bookings.resources.pages.kinds import KINDS, may_be_added
from bookings.resources.pages.things import show_thing
from bookings.resources.queries import Planned, UseRow, change_at, edition, list_uses
from bookings.resources.service import plan_change
from vizium.db.session import Session
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.web.once import Exchange

NameUsers = Callable[[Session, Sequence[UseRow], str, datetime], dict[str, tuple[str, str]]]
"""Words and address of who has something, keyed by owner, in a language; lent by routes."""

_RETIREMENT = "bookings/resources/retirement.html"
_THING = "/staff/resources/{kind:str}/{code:str}"


@post(f"{_THING}/plan", sync_to_thread=True, guards=[may_edit])
def create_plan(
    sent: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Another capacity from a day on, unless more is taken then."""
    _counted(kind)

    def act(session: Session) -> str:
        planned = parse_planned(sent.form, today=sent.today)
        return _plan(session, sent, kind, code, planned)

    return _once(sent, kind, code, act)


@post(f"{_THING}/plan/removal", sync_to_thread=True, guards=[may_edit])
def remove_plan(
    sent: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Take the change back: it is in use again, as many as before."""
    return _once(sent, kind, code, lambda session: _plan(session, sent, kind, code, None))


@get(f"{_THING}/retirement", sync_to_thread=True, guards=[may_edit])
def new_retirement(
    asking: NamedDependency[Exchange],
    name_users: NamedDependency[NameUsers],
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    """From which day on; once that is said, who has it afterwards."""
    return _ask_retirement(asking, name_users, kind, code)


@post(f"{_THING}/retirement", sync_to_thread=True, guards=[may_edit])
def create_retirement(
    sent: NamedDependency[Exchange],
    name_users: NamedDependency[NameUsers],
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    """Retire it from a day on; what is booked stays."""
    may_be_added(kind)

    def act(session: Session) -> str:
        planned = parse_retirement(sent.form, today=sent.today)
        return _plan(session, sent, kind, code, planned)

    return _once(sent, kind, code, act, again=lambda: _ask_retirement(sent, name_users, kind, code))


def _plan(session: Session, sent: Exchange, kind: str, code: str, planned: Planned | None) -> str:
    row, seen = KINDS.of(kind).get_row(session, code), sent.form.raw("seen")
    plan_change(session, row, planned, seen=seen, by=sent.by, now=sent.now)
    return f"/staff/resources/{kind}/{code}"


def _once(
    sent: Exchange,
    kind: str,
    code: str,
    act: Callable[[Session], str],
    *,
    again: Callable[[], Response[bytes]] | None = None,
) -> Response[bytes]:
    """As every form of a thing: refused where somebody else has changed the thing meanwhile."""
    try:
        asks = again or (lambda: show_thing(sent, kind, code))
        return sent.once(f"plan:{code}", act, again=asks)
    except Conflict:
        return show_thing(sent, kind, code, changed=True)


def _ask_retirement(
    exchange: Exchange, name_users: NameUsers, kind: str, code: str
) -> Response[bytes]:
    of, form = may_be_added(kind), exchange.form
    planned = None
    if form.raw("from_day") and not form.errors:
        try:
            planned = parse_retirement(form, today=exchange.today)
        except InvalidInput as error:
            form.errors = list(error.errors)
    with exchange.database.reading() as session:
        row = of.get_row(session, code)
        values: dict[str, Any] = {"kind": kind, "row": row, "seen": edition(row)}
        uses = list_uses(session, code, since=change_at(planned.day)) if planned else []
        names = name_users(session, uses, exchange.page.lang, exchange.now)
        return exchange.ask(_RETIREMENT, planned=planned, uses=uses, names=names, **values)


def _counted(word: str) -> None:
    if not KINDS.of(word).is_counted:
        raise NotFound("resource", resource=word)


PLANNED = [create_plan, remove_plan, new_retirement, create_retirement]
