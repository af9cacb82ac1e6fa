"""The centre's things on one page; a form to add one and to change one.

Each form says which edition of the row it shows; who saves over somebody else's change sees what
stands now, with their own answers kept.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.pages.kinds import KINDS, Kind, known, may_be_added
from bookings.resources.queries import (
    edition,
    list_fuller,
    list_galleries,
    list_hosts,
    list_machines,
    list_open_outages,
    list_pools,
    list_rooms,
    list_shifts,
    standing,
)
from bookings.resources.rules import configurations
from bookings.resources.service import add_thing, save_thing
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict
from vizium.web.once import Exchange
from vizium.web.page import Page

_FORM = "bookings/resources/thing.html"
_NEW = "bookings/resources/thing_new.html"


@get("/staff/resources", sync_to_thread=True, guards=[may_look])
def show_resources(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Everything that can be taken, and what is out of order."""
    today = local_date(page.now)
    with database.reading() as session:
        rooms = list_rooms(session)
        return page.show(
            "bookings/resources/list.html",
            today=today,
            rooms=rooms,
            room_titles={room.code: room.title(page.lang) for room in rooms},
            configurations=configurations(standing(rooms, today)),
            galleries=list_galleries(session),
            pools=list_pools(session),
            machines=list_machines(session),
            hosts=list_hosts(session),
            outages=list_open_outages(session, now=page.now),
            may_edit=page.has_role(*EDITORS),
            **known(session, today),
        )


@get("/staff/resources/new/{kind:str}", sync_to_thread=True, guards=[may_edit])
def new_thing(asking: NamedDependency[Exchange], kind: FromPath[str]) -> Response[bytes]:
    """The form for another room, gallery, machine or host."""
    return _ask_new(asking, kind)


@post("/staff/resources/new/{kind:str}", sync_to_thread=True, guards=[may_edit])
def create_thing(sent: NamedDependency[Exchange], kind: FromPath[str]) -> Response[bytes]:
    """Add it; a host's next step is when the host works."""
    of = may_be_added(kind)

    def act(session: Session) -> str:
        row = of.parse(session, sent.form, of.blank, sent.today)
        added = add_thing(session, row, by=sent.by, now=sent.now)
        return of.after.format(code=added.code)

    return sent.once(f"new:{kind}", act, again=lambda: _ask_new(sent, kind))


@get("/staff/resources/{kind:str}/{code:str}", sync_to_thread=True, guards=[may_look])
def show_resource(
    asking: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """One thing, as a form for those who may change it."""
    return show_thing(asking, kind, code)


@post("/staff/resources/{kind:str}/{code:str}", sync_to_thread=True, guards=[may_edit])
def change_resource(
    sent: NamedDependency[Exchange], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Save one thing, unless somebody has changed it meanwhile."""
    of = KINDS.of(kind)

    def act(session: Session) -> str:
        row = of.parse(session, sent.form, of.get_row(session, code), sent.today)
        save_thing(session, row, seen=sent.form.raw("seen"), by=sent.by, now=sent.now)
        return f"/staff/resources/{kind}/{code}"

    try:
        return sent.once(f"resource:{code}", act, again=lambda: show_thing(sent, kind, code))
    except Conflict:
        return show_thing(sent, kind, code, changed=True)


def show_thing(
    exchange: Exchange, kind: str, code: str, *, changed: bool = False
) -> Response[bytes]:
    """A thing's page; `changed`: somebody else has saved it meanwhile (409).

    The form keeps the edition that its reader saw, but after a conflict it carries the present one:
    saving again is then deliberate.
    """
    of, page = KINDS.of(kind), exchange.page
    with exchange.database.reading() as session:
        row = of.get_row(session, code)
        seen = exchange.form.raw("seen") if page.sent and not changed else ""
        return exchange.ask(
            _FORM,
            status=409 if changed else 200,
            kind=kind,
            row=row,
            seen=seen or edition(row),
            changed=changed,
            may_edit=page.has_role(*EDITORS),
            today=exchange.today,
            **_more(session, exchange, of, row),
        )


def _more(session: Session, exchange: Exchange, of: Kind, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the kind
    """What stands beside the form: who has more than there is, absences, shifts, words."""
    outages = list_open_outages(session, now=exchange.now)
    return {
        "of": of,
        "fuller": [] if row.retired_from else list_fuller(session, row.code, now=exchange.now),
        "absences": [outage for outage in outages if outage.resource == row.code],
        "shifts": list_shifts(session, row.code, until=exchange.today),
        **known(session, exchange.today),
    }


def _ask_new(exchange: Exchange, kind: str) -> Response[bytes]:
    of = may_be_added(kind)
    with exchange.database.reading() as session:
        return exchange.ask(_NEW, kind=kind, of=of, **known(session, exchange.today))


THINGS = [show_resources, new_thing, create_thing, show_resource, change_resource]
