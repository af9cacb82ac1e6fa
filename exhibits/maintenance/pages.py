"""The label on an exhibit and its fault report for everybody; the technician's forms for staff."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from exhibits.maintenance.forms import parse_report, parse_resolution, parse_verdict
from exhibits.maintenance.guards import may_report, may_work
from exhibits.maintenance.queries import get_fault
from exhibits.maintenance.rules import Symptom
from exhibits.maintenance.service import limit_reports, report_fault, resolve_fault
from exhibits.registry.queries import ExhibitRow, get_exhibit, list_galleries
from exhibits.registry.rules import Verdict
from exhibits.registry.service import set_verdict
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.i18n import choose_language
from vizium.web.once import once
from vizium.web.page import Page


@get("/x/{code:str}", sync_to_thread=True, include_in_schema=False)
def follow_label(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """The address in the QR code on an exhibit: to its page in the visitor's language."""
    lang = choose_language(request.headers.get("accept-language", ""))
    database: Database = request.app.state.database
    with database.reading() as session:
        exhibit = get_exhibit(session, code.lower())
    headers = {"location": f"/{lang}/exhibits/{exhibit.code}", "vary": "accept-language"}
    return Response(b"", status_code=303, headers=headers)


@get("/exhibits/{code:str}", sync_to_thread=True)
def show_label(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """What the exhibit is, and a form that takes two taps when something is wrong with it."""
    with database.reading() as session:
        return page.show("exhibits/label.html", form=asked, **_label(session, code))


@post("/exhibits/{code:str}/reports", sync_to_thread=True)
def create_report(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """Take a visitor's report; the same one sent twice counts once."""
    try:
        command = parse_report(form, code, by=None)
    except InvalidInput as error:
        with database.reading() as session:
            return page.show_again("exhibits/label.html", form, error, **_label(session, code))

    def act(session: Session) -> str:
        limit_reports(session, code, peer=page.peer, now=page.now)
        report_fault(session, command, now=page.now)
        return f"/exhibits/{code}/thanks"

    return page.go(once(database, form, scope=f"report:{code}", now=page.now, act=act))


@get("/exhibits/{code:str}/thanks", sync_to_thread=True)
def show_thanks(
    page: NamedDependency[Page], database: NamedDependency[Database], code: FromPath[str]
) -> Response[bytes]:
    """The report has arrived, and what happens with it."""
    with database.reading() as session:
        return page.show("exhibits/thanks.html", exhibit=get_exhibit(session, code))


@get(
    "/staff/exhibits/{code:str}/reports/new",
    sync_to_thread=True,
    guards=[may_report],
)
def new_staff_report(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """The form for a fault that somebody of the staff has seen."""
    with database.reading() as session:
        exhibit = get_exhibit(session, code)
    return page.show("exhibits/report.html", form=asked, exhibit=exhibit, symptoms=list(Symptom))


@post("/staff/exhibits/{code:str}/reports", sync_to_thread=True, guards=[may_report])
def create_staff_report(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    code: FromPath[str],
) -> Response[bytes]:
    """Take a report of the staff."""
    try:
        command = parse_report(form, code, by=person.id)
    except InvalidInput as error:
        values: dict[str, Any] = {"exhibit": _exhibit(database, code), "symptoms": list(Symptom)}
        return page.show_again("exhibits/report.html", form, error, **values)

    def act(session: Session) -> str:
        report_fault(session, command, now=page.now)
        return f"/staff/exhibits/{code}"

    return page.go(once(database, form, scope=f"report:{code}", now=page.now, act=act))


@get("/staff/exhibits/{code:str}/verdict", sync_to_thread=True, guards=[may_work])
def new_verdict(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    code: FromPath[str],
) -> Response[bytes]:
    """The form for what a person says of an exhibit."""
    values: dict[str, Any] = {"exhibit": _exhibit(database, code), "verdicts": list(Verdict)}
    return page.show("exhibits/verdict.html", form=asked, **values)


@post("/staff/exhibits/{code:str}/verdict", sync_to_thread=True, guards=[may_work])
def create_verdict(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    code: FromPath[str],
) -> Response[bytes]:
    """Keep what a person says of an exhibit."""
    try:
        verdict, note = parse_verdict(form)
    except InvalidInput as error:
        values: dict[str, Any] = {"exhibit": _exhibit(database, code), "verdicts": list(Verdict)}
        return page.show_again("exhibits/verdict.html", form, error, **values)

    def act(session: Session) -> str:
        set_verdict(session, code, verdict, note=note, by=person.id, now=page.now)
        return f"/staff/exhibits/{code}"

    return page.go(once(database, form, scope=f"verdict:{code}", now=page.now, act=act))


@get("/staff/faults/{fault:str}/resolution", sync_to_thread=True, guards=[may_work])
def new_resolution(
    page: NamedDependency[Page],
    asked: NamedDependency[Form],
    database: NamedDependency[Database],
    fault: FromPath[str],
) -> Response[bytes]:
    """The form for the work that ends a fault."""
    with database.reading() as session:
        row = get_fault(session, fault)
    return page.show("exhibits/resolution.html", form=asked, fault=row, verdicts=list(Verdict))


@post("/staff/faults/{fault:str}/resolution", sync_to_thread=True, guards=[may_work])
def create_resolution(
    page: NamedDependency[Page],
    form: NamedDependency[Form],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    fault: FromPath[str],
) -> Response[bytes]:
    """End a fault."""
    with database.reading() as session:
        row = get_fault(session, fault)
    try:
        command = parse_resolution(form, fault)
    except InvalidInput as error:
        values: dict[str, Any] = {"fault": row, "verdicts": list(Verdict)}
        return page.show_again("exhibits/resolution.html", form, error, **values)

    def act(session: Session) -> str:
        resolve_fault(session, command, by=person.id, now=page.now)
        return f"/staff/exhibits/{row.exhibit}"

    return page.go(once(database, form, scope=f"resolve:{fault}", now=page.now, act=act))


def _exhibit(database: Database, code: str) -> ExhibitRow:
    with database.reading() as session:
        return get_exhibit(session, code)


def _label(session: Session, code: str) -> dict[str, Any]:
    exhibit = get_exhibit(session, code)
    gallery = next(row for row in list_galleries(session) if row.code == exhibit.gallery)
    return {"exhibit": exhibit, "gallery": gallery, "symptoms": list(Symptom)}


PAGES = [
    show_label,
    create_report,
    show_thanks,
    new_staff_report,
    create_staff_report,
    new_verdict,
    create_verdict,
    new_resolution,
    create_resolution,
]
ROOT = [follow_label]
