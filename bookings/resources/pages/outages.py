"""What is out of order, who is away: report it, end it, and see which visits it touches."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import parse_outage
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import (
    list_galleries,
    list_hosts,
    list_machines,
    list_open_outages,
    list_rooms,
)
from bookings.resources.service import end_outage, report_outage
from vizium.db.session import Database, Session
from vizium.web.once import Exchange
from vizium.web.page import Page

ExhibitNames = Callable[[Session, str], list[tuple[str, str]]]
"""Code and title of every exhibit in a language; exhibits lend it (routes)."""

_FORM = "bookings/resources/outage.html"


@get("/staff/resources/outages", sync_to_thread=True, guards=[may_look])
def list_outages(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    exhibit_names: NamedDependency[ExhibitNames],
) -> Response[bytes]:
    """What is out of order now or later."""
    with database.reading() as session:
        return page.show(
            "bookings/resources/outages.html",
            outages=list_open_outages(session, now=page.now),
            names=dict(_choices(session, page.lang, exhibit_names)),
            may_edit=page.has_role(*EDITORS),
        )


@get("/staff/resources/outages/new", sync_to_thread=True, guards=[may_edit])
def new_outage(
    asking: NamedDependency[Exchange], exhibit_names: NamedDependency[ExhibitNames]
) -> Response[bytes]:
    """The form for an outage or an absence; `?resource=` chooses beforehand."""
    return _ask_outage(asking, exhibit_names)


@post("/staff/resources/outages", sync_to_thread=True, guards=[may_edit])
def create_outage(
    sent: NamedDependency[Exchange], exhibit_names: NamedDependency[ExhibitNames]
) -> Response[bytes]:
    """Keep it from new visits, then show the visits that have it already."""

    def act(session: Session) -> str:
        command = parse_outage(sent.form, now=sent.now)
        outage = report_outage(session, command, by=sent.by, now=sent.now)
        return f"/staff/replan?outage={outage.id}"

    return sent.once("outage", act, again=lambda: _ask_outage(sent, exhibit_names))


@post("/staff/resources/outages/{outage:str}/end", sync_to_thread=True, guards=[may_edit])
def end_of_outage(sent: NamedDependency[Exchange], outage: FromPath[str]) -> Response[bytes]:
    """It can be used again."""

    def act(session: Session) -> str:
        end_outage(session, outage, by=sent.by, now=sent.now)
        return "/staff/resources/outages"

    return sent.once(f"outage:{outage}", act)


def _ask_outage(exchange: Exchange, exhibit_names: ExhibitNames) -> Response[bytes]:
    with exchange.database.reading() as session:
        choices = _choices(session, exchange.page.lang, exhibit_names)
    return exchange.ask(_FORM, choices=choices)


def _choices(session: Session, lang: str, exhibit_names: ExhibitNames) -> list[tuple[str, str]]:
    """What can be out of order: code and name, hosts first, for they are ill most often."""
    rows: list[Any] = [*list_rooms(session), *list_galleries(session), *list_machines(session)]
    return [
        *((host.code, host.name) for host in list_hosts(session)),
        *((row.code, row.title(lang)) for row in rows),
        *((f"exhibit:{code}", title) for code, title in exhibit_names(session, lang)),
    ]


OUTAGES = [list_outages, new_outage, create_outage, end_of_outage]
