"""The excursion sheet for the head's signature, by the teacher's link and by the head's."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.schools.queries import find_school
from bookings.visits.pages.approval import APPROVAL_PATH, open_approval
from bookings.visits.pages.visit_link import BY_LINK_PATH, open_visit
from bookings.visits.queries import VisitRow
from bookings.visits.service.excursion import excursion_pdf
from vizium.db.session import Database
from vizium.web.page import Page


@get(BY_LINK_PATH + "/excursion.pdf", sync_to_thread=True)
def show_excursion(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The sheet for the teacher, also before the visit is confirmed: the head decides by it."""
    return _answer(open_visit(reference, key, page, database), page, database)


@get(APPROVAL_PATH + "/excursion.pdf", sync_to_thread=True)
def show_excursion_to_head(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The sheet for the head."""
    return _answer(open_approval(reference, key, page, database), page, database)


def _answer(visit: VisitRow, page: Page, database: Database) -> Response[bytes]:
    with database.reading() as session:
        school = find_school(session, visit.school)
    place = school.place if school else ""
    pdf = excursion_pdf(visit, place=place, lang=page.lang, now=page.now)
    disposition = f'inline; filename="{visit.reference}-excursion.pdf"'
    headers = {"content-disposition": disposition}
    return Response(pdf, media_type="application/pdf", headers=headers)
