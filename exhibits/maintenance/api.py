"""Fault reports over JSON; open to everybody, like the label on the exhibit."""

from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from exhibits.maintenance.queries import get_fault
from exhibits.maintenance.rules import Symptom
from exhibits.maintenance.service import ReportFault, limit_reports, report_fault
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.text import clean_text
from vizium.web.api import Body, Call, answer_once


class ReportBody(Body, frozen=True):
    """What somebody saw."""

    symptom: Symptom = Symptom.OTHER
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


@post("/exhibits/{code:str}/reports", sync_to_thread=True, status_code=201)
def create_report(
    call: NamedDependency[Call],
    visitor: NamedDependency[Person | None],
    database: NamedDependency[Database],
    data: JSONBody[ReportBody],
    code: FromPath[str],
) -> Response[bytes]:
    """Merge a report into the exhibit's open fault, or open one."""
    by = visitor.id if visitor is not None and visitor.is_staff else None

    def act(session: Session) -> dict[str, object]:
        if by is None:
            limit_reports(session, code, peer=call.peer, now=call.now)
        command = ReportFault(code, data.symptom, clean_text(data.note), by)
        fault = get_fault(session, report_fault(session, command, now=call.now))
        return {
            "fault": fault.id,
            "exhibit": fault.exhibit,
            "state": fault.state,
            "opened_at": fault.opened_at,
            "reports": fault.reports,
        }

    return answer_once(call, database, act, status=201)


API = [create_report]
