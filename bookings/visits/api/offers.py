"""What can be visited: published sessions, and plans made of them. Public; writes nothing."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from bookings.programmes.queries import list_activities
from bookings.resources.queries import why_closed
from bookings.visits.api.answers import proposal_body, session_item
from bookings.visits.api.bodies import PlanBody, plan_request
from bookings.visits.planner.request import PlanRequest
from bookings.visits.queries import list_sessions
from bookings.visits.service import TransportDesk, propose_plans
from vizium.db.session import Database, Session
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.web.api import Call, answer, page_of, refuse_unknown
from vizium.web.forms import Form
from vizium.web.templating import short_date

_DAYS = 28
_DAYS_MAX = 120
# How much of a strange code is said back.
_CODE_SHOWN = 20


@get("/sessions", sync_to_thread=True)
def list_session_items(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The timed activities of some days, at most 120; of the next four weeks by default."""
    refuse_unknown(request, "code", "from", "to")
    first = _date(asked, "from", local_date(call.now))
    last = _date(asked, "to", days_after(first, _DAYS))
    if not timedelta() <= last - first <= timedelta(days=_DAYS_MAX):
        asked.fail("to", "days_count", most=_DAYS_MAX)
    asked.check()
    codes = asked.all("code") or None
    with database.reading() as session:
        rows = list_sessions(session, first_day=first, last_day=last, now=call.now, codes=codes)
    return answer(page_of([session_item(row, call.lang) for row in rows]))


@post("/plans", status_code=200, sync_to_thread=True)
def create_plans(
    data: JSONBody[PlanBody],
    call: NamedDependency[Call],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """At most three plans for a class's day, or the changes with which one would fit."""
    request = plan_request(data)
    with database.reading() as session:
        proposal = propose_plans(session, request, transport=transport, now=call.now)
        if not proposal.plans:
            _refuse_unknown_wishes(session, request)
            if not proposal.relaxations:
                _refuse_closed_days(session, request)
        body = proposal_body(session, request, proposal, lang=call.lang, settings=call.settings)
    return answer(body)


def _refuse_unknown_wishes(session: Session, request: PlanRequest) -> None:
    """A code that nobody teaches is a slip of the pen, and no change of the day mends it."""
    wished = {wish.code for wish in request.wishes if wish.code is not None}
    unknown = wished - {row.code for row in list_activities(session)}
    if unknown:
        raise InvalidInput(
            [
                FieldError("wants", "wish_unknown", {"activity": code[:_CODE_SHOWN]})
                for code in sorted(unknown)
            ]
        )


def _refuse_closed_days(session: Session, request: PlanRequest) -> None:
    """Where no change of the wish helps, the days themselves are in the way: never a bare no."""
    reasons = {day: why_closed(session, day) for day in request.dates}
    errors = [
        FieldError("dates", f"day_closed_{reason.value}", {"date": short_date(day)})
        for day, reason in reasons.items()
        if reason is not None
    ]
    if errors:
        raise InvalidInput(errors)


def _date(asked: Form, name: str, otherwise: date) -> date:
    text = asked.raw(name)
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise InvalidInput([FieldError(name, "date_iso")]) from None
