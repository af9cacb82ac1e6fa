"""What a school booked, as it was said then: later versions of the catalogue change nothing."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.programmes.queries import get_activity_as_booked
from bookings.visits.pages.visit_link import BY_LINK_PATH, open_visit
from bookings.visits.queries import booked_at
from bookings.visits.service.papers import manage_path
from vizium.db.session import Database
from vizium.kernel.errors import NotFound
from vizium.web.page import Page


@get(BY_LINK_PATH + "/programmes/{code:str}", sync_to_thread=True)
def show_booked_programme(
    reference: FromPath[str],
    key: FromPath[str],
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """An activity of the visit as the catalogue had it when the visit became what it is."""
    visit = open_visit(reference, key, page, database)
    if code not in {stop.code for stop in visit.stops if stop.is_activity}:
        raise NotFound("activity", activity=code[:20])
    with database.reading() as session:
        at = booked_at(session, visit)
        row = get_activity_as_booked(session, code, day=visit.local_date, booked_at=at)
    return page.show(
        "bookings/visits/visit_programme.html",
        row=row,
        visit=visit,
        booked_at=at,
        path=manage_path(visit.reference, page.settings),
    )
