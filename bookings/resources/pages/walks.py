"""How long a class walks between two places: a table of the pairs, and a form for one of them."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.resources.forms import parse_walk
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import (
    get_resource,
    list_galleries,
    list_rooms,
    list_walks,
    standing,
)
from bookings.resources.service import save_walk
from vizium.db.session import Session
from vizium.kernel.errors import Conflict
from vizium.web.once import Exchange

_LUNCH = "lunch"


@get("/staff/resources/walks", sync_to_thread=True, guards=[may_look])
def show_walks(asking: NamedDependency[Exchange]) -> Response[bytes]:
    """The minutes of every pair; `?one=…&other=…` puts a pair into the form."""
    return _ask_walk(asking)


@post("/staff/resources/walks", sync_to_thread=True, guards=[may_edit])
def create_walk(sent: NamedDependency[Exchange]) -> Response[bytes]:
    """Let a class walk so long between two places, or as long as it usually does."""

    def act(session: Session) -> str:
        places = [code for code, _ in _places(session, sent)]
        pair, minutes = parse_walk(sent.form, places)
        said = sent.form.raw("seen")
        seen = int(said) if said.isdecimal() and len(said) < 4 else None
        save_walk(session, pair, minutes, seen=seen, by=sent.by, now=sent.now)
        return "/staff/resources/walks"

    try:
        return sent.once("walk", act, again=lambda: _ask_walk(sent))
    except Conflict:
        return _ask_walk(sent, changed=True)


def _ask_walk(exchange: Exchange, *, changed: bool = False) -> Response[bytes]:
    form = exchange.form
    with exchange.database.reading() as session:
        places, walks = _places(session, exchange), list_walks(session)
    one, other = sorted((form.raw("one"), form.raw("other")))
    names = dict(places)
    return exchange.ask(
        "bookings/resources/walks.html",
        status=409 if changed else 200,
        places=places,
        names=names,
        walks={pair: minutes for pair, minutes in walks.items() if set(pair) <= names.keys()},
        chosen=walks.get((one, other)),
        is_chosen=one in names and other in names,
        changed=changed,
        may_edit=exchange.page.has_role(*EDITORS),
    )


def _places(session: Session, exchange: Exchange) -> list[tuple[str, str]]:
    """Code and title of where a class walks to: rooms, galleries, lunch."""
    lang = exchange.page.lang
    rooms = [(row.code, row.title(lang)) for row in standing(list_rooms(session), exchange.today)]
    galleries = standing(list_galleries(session), exchange.today)
    lunch = get_resource(session, _LUNCH)
    return [
        *rooms,
        *((row.code, row.title(lang)) for row in galleries),
        (lunch.code, lunch.title(lang)),
    ]


WALKS = [show_walks, create_walk]
