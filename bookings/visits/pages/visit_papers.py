"""The papers of a visit under its signed link, and the list of visits of a person who signed in."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.pages.visit_link import BY_LINK_PATH, open_visit
from bookings.visits.queries import VisitWish, list_visits
from bookings.visits.service.access import may_have_links
from bookings.visits.service.papers import calendar_file, manage_path, pass_pdf, refuse_pass
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.web.page import Page


@get("/visits", guards=[signed_in], sync_to_thread=True)
def list_my_visits(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visits of the person's school, or those that the person booked; the newest first.

    A school that comes along sees its visit and who arranges it, but not the link that changes it.
    """
    wish = VisitWish(school=person.school) if person.school else VisitWish(owner=person.id)
    with database.reading() as session:
        rows = [row.seen_at(page.now) for row in list_visits(session, wish)]
    visits = [
        (row, manage_path(row.reference, page.settings) if may_have_links(row, person) else "")
        for row in reversed(rows)
    ]
    return page.show("bookings/visits/my_visits.html", visits=visits)


@get(BY_LINK_PATH + "/pass.pdf", sync_to_thread=True)
def show_pass(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The pass for printing, in the language of the page."""
    visit = open_visit(reference, key, page, database)
    refuse_pass(visit)
    pdf = pass_pdf(visit, lang=page.lang, settings=page.settings, now=page.now)
    return _file(pdf, "application/pdf", f"{visit.reference}.pdf")


@get(BY_LINK_PATH + "/calendar.ics", sync_to_thread=True)
def show_calendar(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visit for a calendar, in the language of the page."""
    visit = open_visit(reference, key, page, database)
    entry = calendar_file(visit, lang=page.lang, settings=page.settings, now=page.now)
    return _file(entry, "text/calendar", f"{visit.reference}.ics")


def _file(content: bytes, media_type: str, filename: str) -> Response[bytes]:
    disposition = f'inline; filename="{filename}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
