"""The rule of the list, where a class stands, leaving it; who waits and why, for the staff."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.service import TransportDesk
from bookings.visits.service.access import BY_LINK
from bookings.visits.service.papers import manage_path
from bookings.visits.service.policy import get_policy
from bookings.waiting.queries import (
    WaitingRow,
    get_waiting,
    list_choices,
    list_waiting,
    place_of,
)
from bookings.waiting.rules import WaitingState
from bookings.waiting.service import opens_waiting, waiting_path, withdraw
from bookings.waiting.service.access import as_seen_by
from vizium.auth.guards import opens
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, NotFound
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_BY_LINK_PATH = "/waiting/{reference:str}/{key:str}"


@get("/waiting", sync_to_thread=True)
def show_rule(page: NamedDependency[Page], database: NamedDependency[Database]) -> Response[bytes]:
    """How the list works and who gets what becomes free."""
    with database.reading() as session:
        policy = get_policy(session, local_date(page.now))
    return page.show("bookings/waiting/rule.html", policy=policy)


@get(_BY_LINK_PATH, sync_to_thread=True)
def show_waiting(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Where the class stands; may be bookmarked."""
    return _show(page, database, _open(reference, key, page, database))


@post(_BY_LINK_PATH + "/withdrawal", sync_to_thread=True)
def create_withdrawal(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Leave the list."""
    row = _open(reference, key, page, database)

    try:
        path = once(
            database,
            form,
            scope=f"withdraw:{row.reference}",
            now=page.now,
            act=lambda session: waiting_path(
                withdraw(
                    session,
                    row.reference,
                    transport=transport,
                    settings=page.settings,
                    by=BY_LINK,
                    now=page.now,
                ).reference,
                page.settings,
            ),
        )
    except Conflict as error:
        return _show(page, database, row, refusal=page.say(error), status=409)
    return page.go(path)


@get("/staff/waiting", guards=[opens(Desk.WAITING)], sync_to_thread=True)
def list_waiting_of_staff(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Who waits, and why each offer went to whom."""
    with database.reading() as session:
        rows = list_waiting(session, WaitingState.WAITING, WaitingState.OFFERED)
        choices = list_choices(session)
        policy = get_policy(session, local_date(page.now))
    rows = [as_seen_by(row, person, today=local_date(page.now)) for row in rows]
    return page.show("bookings/waiting/staff.html", rows=rows, choices=choices, policy=policy)


def _show(
    page: Page, database: Database, row: WaitingRow, *, refusal: str = "", status: int = 200
) -> Response[bytes]:
    with database.reading() as session:
        row = get_waiting(session, row.reference)
        place = place_of(session, row)
    offers = [(offer, manage_path(offer.reference, page.settings)) for offer in row.offers]
    return page.show(
        "bookings/waiting/show.html",
        status=status,
        row=row,
        place=place,
        offers=offers,
        refusal=refusal,
        path=waiting_path(row.reference, page.settings),
        key=page.new_key(),
    )


def _open(reference: str, key: str, page: Page, database: Database) -> WaitingRow:
    if not opens_waiting(reference, key, page.settings):
        raise NotFound("waiting")
    with database.reading() as session:
        return get_waiting(session, reference)
