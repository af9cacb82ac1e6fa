"""Order a visit: a plan's signed id, or published sessions with who comes."""

from collections.abc import Callable

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from bookings.visits.api.answers import Json, visit_body
from bookings.visits.api.bodies import (
    VisitBody,
    contact_of,
    funding_of,
    groups_of,
    parties_of,
)
from bookings.visits.api.refusals import in_words, other_plans, other_sessions
from bookings.visits.forms import page_language_of
from bookings.visits.guards import let_go_expired
from bookings.visits.planner.ids import decode_plan
from bookings.visits.service import (
    HoldSessions,
    HoldVisit,
    TransportDesk,
    book_visit,
    hold_order,
)
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import CapacityExceeded, FieldError, InvalidInput
from vizium.web.api import Call, answer_once


@post("/visits", guards=[signed_in], status_code=201, sync_to_thread=True)
def create_visit(
    data: JSONBody[VisitBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Hold the places of a plan or of stops for 30 minutes; with `confirm` keep them for good."""
    order = _planned(data, call, person) if data.plan is not None else _chosen(data, person)

    def act(session: Session) -> Json:
        settings, by, now = call.settings, person.id, call.now
        visit = (
            book_visit(session, order, transport=transport, settings=settings, by=by, now=now)
            if data.confirm
            else hold_order(session, order, by=by, now=now)
        )
        return visit_body(visit, lang=call.lang, settings=settings)

    with in_words(call):
        try:
            return _act_once(call, database, act)
        except CapacityExceeded as error:
            instead = (
                other_plans(call, database, order.request, transport)
                if isinstance(order, HoldVisit)
                else other_sessions(call, database, order)
            )
            raise CapacityExceeded(error.code, **error.facts, **instead) from error


def _act_once(call: Call, database: Database, act: Callable[[Session], Json]) -> Response[bytes]:
    """Places of a hold that is over are free, but somebody has to give them back first."""
    try:
        return answer_once(call, database, act, status=201)
    except CapacityExceeded:
        if not let_go_expired(database, now=call.now):
            raise
    return answer_once(call, database, act, status=201)


def _planned(data: VisitBody, call: Call, person: Person) -> HoldVisit:
    beside = ("stops", "school", "groups", "adults", "language")
    errors = [
        FieldError(name, "said_by_plan") for name in beside if getattr(data, name) is not None
    ]
    if errors:
        raise InvalidInput(errors)
    found = decode_plan(data.plan or "", call.settings.secret_key)
    if found is None:
        raise InvalidInput([FieldError("plan", "plan_unknown")])
    request, plan = found
    contact = contact_of(data.contact)
    return HoldVisit(
        plan=plan,
        request=request,
        contact=contact,
        page_language=page_language_of(request.language),
        wants_transport=data.transport,
        funding=funding_of(data.funding),
        owner_person=person.id,
        parties=parties_of(data.parties, contact),
    )


def _chosen(data: VisitBody, person: Person) -> HoldSessions:
    needed = ("stops", "school", "groups", "adults")
    errors = [FieldError(name, "missing") for name in needed if getattr(data, name) is None]
    if data.parties:
        errors.append(FieldError("parties", "parties_need_a_plan"))
    if errors:
        raise InvalidInput(errors)
    language = data.language or page_language_of(person.language)
    return HoldSessions(
        sessions=tuple(dict.fromkeys(stop.session for stop in data.stops or ())),
        school=data.school or "",
        groups=groups_of(data.groups or []),
        adults=data.adults or 0,
        language=language,
        page_language=page_language_of(language),
        contact=contact_of(data.contact),
        wants_transport=data.transport,
        owner_person=person.id,
        funding=funding_of(data.funding),
    )
