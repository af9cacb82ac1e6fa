"""The centre's resources on one page, and a form for each room, gallery, pool, machine and host.

Each form says which edition of the row it shows; who saves over somebody else's change sees what
stands now, with their own answers kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.forms import (
    LANGUAGES,
    parse_gallery,
    parse_host,
    parse_machine,
    parse_pool,
    parse_room,
)
from bookings.resources.guards import EDITORS, may_edit, may_look
from bookings.resources.queries import (
    edition,
    get_gallery,
    get_host,
    get_machine,
    get_resource,
    get_room,
    list_configurations,
    list_fuller,
    list_galleries,
    list_hosts,
    list_machines,
    list_open_outages,
    list_pools,
    list_rooms,
    list_shifts,
)
from bookings.resources.service import (
    add_host,
    save_gallery,
    save_host,
    save_machine,
    save_pool,
    save_room,
)
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

Row = Any
"""A row of the kind that a form is about."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of resource is shown, read from a form and saved."""

    template: str
    get_row: Callable[[Session, str], Row]
    parse: Callable[[Session, Form, Row], Row]
    save: Callable[..., bool]
    more: Callable[[Session, Row, datetime], dict[str, Any]]


def _no_more(_session: Session, _row: Row, _now: datetime) -> dict[str, Any]:
    return {}


def _fuller(session: Session, row: Row, now: datetime) -> dict[str, Any]:
    return {"fuller": list_fuller(session, row.code, row.capacity, now=now)}


def _of_machine(session: Session, _row: Row, _now: datetime) -> dict[str, Any]:
    return {"rooms": list_rooms(session)}


def _of_host(session: Session, row: Row, now: datetime) -> dict[str, Any]:
    today = local_date(now)
    outages = list_open_outages(session, now=now)
    return {
        "shifts": list_shifts(session, row.code, until=today),
        "absences": [outage for outage in outages if outage.resource == row.code],
        **_known(session),
    }


def _known(session: Session) -> dict[str, Any]:
    skills = {skill for host in list_hosts(session) for skill in host.skills}
    return {"skills": sorted(skills), "languages": LANGUAGES}


KINDS = {
    "rooms": Kind(
        "bookings/resources/room.html",
        get_room,
        lambda _, form, row: parse_room(form, row),
        save_room,
        _no_more,
    ),
    "galleries": Kind(
        "bookings/resources/gallery.html",
        get_gallery,
        lambda _, form, row: parse_gallery(form, row),
        save_gallery,
        _fuller,
    ),
    "pools": Kind(
        "bookings/resources/pool.html",
        get_resource,
        lambda _, form, row: parse_pool(form, row),
        save_pool,
        _fuller,
    ),
    "machines": Kind(
        "bookings/resources/machine.html",
        get_machine,
        lambda session, form, row: parse_machine(
            form, row, [room.code for room in list_rooms(session)]
        ),
        save_machine,
        _of_machine,
    ),
    "hosts": Kind(
        "bookings/resources/host.html",
        get_host,
        lambda _, form, row: parse_host(form, row.code),
        save_host,
        _of_host,
    ),
}


@get("/staff/resources", sync_to_thread=True, guards=[may_look])
def show_resources(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Everything that can be taken, and what is out of order."""
    with database.reading() as session:
        return page.show(
            "bookings/resources/list.html",
            rooms=list_rooms(session),
            configurations=list_configurations(session),
            galleries=list_galleries(session),
            pools=list_pools(session),
            machines=list_machines(session),
            hosts=list_hosts(session),
            outages=list_open_outages(session, now=page.now),
            may_edit=page.has_role(*EDITORS),
        )


@get("/staff/resources/{kind:str}/{code:str}", sync_to_thread=True, guards=[may_look])
def show_resource(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    """One resource, as a form for those who may change it."""
    of = _kind(kind)
    with database.reading() as session:
        return page.show(of.template, form=asked, **_values(session, page, of, code))


@post("/staff/resources/{kind:str}/{code:str}", sync_to_thread=True, guards=[may_edit])
def change_resource(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    *,
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    """Save one resource, unless somebody has changed it meanwhile."""
    of = _kind(kind)
    with database.reading() as session:
        values = _values(session, page, of, code)
        try:
            row = of.parse(session, form, of.get_row(session, code))
        except InvalidInput as error:
            values["seen"] = form.raw("seen")
            return page.show_again(of.template, form, error, **values)

    def act(session: Session) -> str:
        of.save(session, row, seen=form.raw("seen"), by=person.id, now=page.now)
        return f"/staff/resources/{kind}/{code}"

    try:
        return page.go(once(database, form, scope=f"resource:{code}", now=page.now, act=act))
    except Conflict:
        values["changed"] = True
        return page.show(of.template, status=409, form=form, **values)


@get("/staff/resources/new-host", sync_to_thread=True, guards=[may_edit])
def new_host(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The form for a new host."""
    with database.reading() as session:
        known = _known(session)
    return page.show("bookings/resources/host_new.html", form=asked, **known)


@post("/staff/resources/new-host", sync_to_thread=True, guards=[may_edit])
def create_host(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Take on a host; the next step is when the host works."""
    try:
        row = parse_host(form, "")
    except InvalidInput as error:
        with database.reading() as session:
            known = _known(session)
        return page.show_again("bookings/resources/host_new.html", form, error, **known)

    def act(session: Session) -> str:
        added = add_host(session, row, by=person.id, now=page.now)
        return f"/staff/resources/shifts/{added.code}"

    return page.go(once(database, form, scope="host", now=page.now, act=act))


def _kind(word: str) -> Kind:
    if word not in KINDS:
        raise NotFound("resource", resource=word)
    return KINDS[word]


def _values(session: Session, page: Page, of: Kind, code: str) -> dict[str, Any]:
    row = of.get_row(session, code)
    return {
        "row": row,
        "seen": edition(row),
        "changed": False,
        "may_edit": page.has_role(*EDITORS),
        **of.more(session, row, page.now),
    }


THINGS = [show_resources, show_resource, change_resource, new_host, create_host]
