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
from exhibits.registry.queries import get_exhibit, list_galleries
from exhibits.registry.rules import Verdict
from exhibits.registry.service import set_verdict
from vizium.db.session import Database, Session
from vizium.web.i18n import choose_language
from vizium.web.once import Exchange
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
def show_label(asking: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """What the exhibit is, and a form that takes two taps when something is wrong with it."""
    return _ask_label(asking, code)


@post("/exhibits/{code:str}/reports", sync_to_thread=True)
def create_report(sent: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """Take a visitor's report; the same one sent twice counts once."""

    def act(session: Session) -> str:
        command = parse_report(sent.form, code, by=None)
        limit_reports(session, code, peer=sent.page.peer, now=sent.now)
        report_fault(session, command, now=sent.now)
        return f"/exhibits/{code}/thanks"

    return sent.once(f"report:{code}", act, again=lambda: _ask_label(sent, code))


@get("/exhibits/{code:str}/thanks", sync_to_thread=True)
def show_thanks(
    page: NamedDependency[Page], database: NamedDependency[Database], code: FromPath[str]
) -> Response[bytes]:
    """The report has arrived, and what happens with it."""
    with database.reading() as session:
        return page.show("exhibits/thanks.html", exhibit=get_exhibit(session, code))


@get("/staff/exhibits/{code:str}/reports/new", sync_to_thread=True, guards=[may_report])
def new_staff_report(asking: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """The form for a fault that somebody of the staff has seen."""
    return _ask(asking, "report", code)


@post("/staff/exhibits/{code:str}/reports", sync_to_thread=True, guards=[may_report])
def create_staff_report(sent: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """Take a report of the staff."""

    def act(session: Session) -> str:
        report_fault(session, parse_report(sent.form, code, by=sent.by), now=sent.now)
        return f"/staff/exhibits/{code}"

    return sent.once(f"report:{code}", act, again=lambda: _ask(sent, "report", code))


@get("/staff/exhibits/{code:str}/verdict", sync_to_thread=True, guards=[may_work])
def new_verdict(asking: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """The form for what a person says of an exhibit."""
    return _ask(asking, "verdict", code)


@post("/staff/exhibits/{code:str}/verdict", sync_to_thread=True, guards=[may_work])
def create_verdict(sent: NamedDependency[Exchange], code: FromPath[str]) -> Response[bytes]:
    """Keep what a person says of an exhibit."""

    def act(session: Session) -> str:
        verdict, note = parse_verdict(sent.form)
        set_verdict(session, code, verdict, note=note, by=sent.by, now=sent.now)
        return f"/staff/exhibits/{code}"

    return sent.once(f"verdict:{code}", act, again=lambda: _ask(sent, "verdict", code))


@get("/staff/faults/{fault:str}/resolution", sync_to_thread=True, guards=[may_work])
def new_resolution(asking: NamedDependency[Exchange], fault: FromPath[str]) -> Response[bytes]:
    """The form for the work that ends a fault."""
    return _ask_resolution(asking, fault)


@post("/staff/faults/{fault:str}/resolution", sync_to_thread=True, guards=[may_work])
def create_resolution(sent: NamedDependency[Exchange], fault: FromPath[str]) -> Response[bytes]:
    """End a fault."""

    def act(session: Session) -> str:
        row = get_fault(session, fault)
        resolve_fault(session, parse_resolution(sent.form, fault), by=sent.by, now=sent.now)
        return f"/staff/exhibits/{row.exhibit}"

    return sent.once(f"resolve:{fault}", act, again=lambda: _ask_resolution(sent, fault))


def _ask(exchange: Exchange, what: str, code: str) -> Response[bytes]:
    """A form of the staff about an exhibit: a report or a verdict."""
    with exchange.database.reading() as session:
        exhibit = get_exhibit(session, code)
    symptoms, verdicts = list(Symptom), list(Verdict)
    template = f"exhibits/{what}.html"
    return exchange.ask(template, exhibit=exhibit, symptoms=symptoms, verdicts=verdicts)


def _ask_resolution(exchange: Exchange, fault: str) -> Response[bytes]:
    with exchange.database.reading() as session:
        row = get_fault(session, fault)
    return exchange.ask("exhibits/resolution.html", fault=row, verdicts=list(Verdict))


def _ask_label(exchange: Exchange, code: str) -> Response[bytes]:
    with exchange.database.reading() as session:
        exhibit = get_exhibit(session, code)
        gallery = next(row for row in list_galleries(session) if row.code == exhibit.gallery)
    return exchange.ask(
        "exhibits/label.html", exhibit=exhibit, gallery=gallery, symptoms=list(Symptom)
    )


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
