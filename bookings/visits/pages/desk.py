"""The front desk: who comes today, and what a scanned pass opens."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.passes import read_pass
from bookings.visits.queries import list_visits_of_day
from bookings.visits.service.access import CHANGING_ROLES
from vizium.auth.guards import opens
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import parse_reference
from vizium.web.forms import Form
from vizium.web.page import Page


@get("/staff/arrivals", guards=[opens(Desk.ARRIVALS)], sync_to_thread=True)
def list_arrivals_of_day(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Who comes today, the first to start on top; a typed reference opens its visit."""
    reference = parse_reference(asked.raw("q")[:20])
    if reference is not None:
        return page.go(f"/staff/visits/{reference}")
    today = local_date(page.now)
    with database.reading() as session:
        visits = [row.seen_at(page.now) for row in list_visits_of_day(session, today)]
    return page.show(
        "bookings/visits/arrivals.html",
        visits=[visit for visit in visits if visit.is_shown],
        today=today,
        q=asked.raw("q"),
    )


@get("/visits/check-in/{token:str}", sync_to_thread=True)
def show_check_in(
    token: FromPath[str],
    page: NamedDependency[Page],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """What a phone opens from the pass: the desk counts, everybody else is told what it is."""
    facts = read_pass(token, secret_key=page.settings.secret_key)
    if facts is None:
        raise NotFound("pass")
    if visitor is not None and not visitor.roles.isdisjoint(CHANGING_ROLES):
        return page.go(f"/staff/visits/{facts.reference}")
    return page.show("bookings/visits/check_in.html", facts=facts)
