"""A visit's pass and calendar entry, as files."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.queries import VisitRow
from bookings.visits.service.access import may_have_links, visit_of_person
from bookings.visits.service.papers import calendar_file, pass_pdf, pass_png, refuse_pass
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.web.api import Call


@get("/visits/{reference:str}/pass.pdf", guards=[signed_in], sync_to_thread=True)
def show_pass_pdf(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The pass for printing."""
    visit = _visit(reference, call, person, database)
    refuse_pass(visit)
    pdf = pass_pdf(visit, lang=visit.page_language, settings=call.settings, now=call.now)
    return _file(pdf, "application/pdf", f"{visit.reference}.pdf")


@get("/visits/{reference:str}/pass.png", guards=[signed_in], sync_to_thread=True)
def show_pass_png(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The pass's code for a phone."""
    visit = _visit(reference, call, person, database)
    refuse_pass(visit)
    return _file(pass_png(visit, settings=call.settings), "image/png", f"{visit.reference}.png")


@get("/visits/{reference:str}/calendar.ics", guards=[signed_in], sync_to_thread=True)
def show_calendar(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visit for a calendar; its link stands in it for those alone who may change the visit."""
    visit = _visit(reference, call, person, database)
    entry = calendar_file(
        visit,
        lang=visit.page_language,
        settings=call.settings,
        now=call.now,
        with_link=may_have_links(visit, person),
    )
    return _file(entry, "text/calendar", f"{visit.reference}.ics")


def _visit(reference: str, call: Call, person: Person, database: Database) -> VisitRow:
    with database.reading() as session:
        return visit_of_person(session, reference, person).seen_at(call.now)


def _file(content: bytes, media_type: str, filename: str) -> Response[bytes]:
    disposition = f'inline; filename="{filename}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
