"""Hold, confirm, change, cancel a visit, and count its class in."""

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from bookings.visits.api.answers import arrival_body, difference_body, session_item, visit_body
from bookings.visits.api.bodies import (
    ArrivalBody,
    ChangeBody,
    ConfirmationBody,
    VisitBody,
    arrival_instant,
    groups_of,
)
from bookings.visits.forms import check_contact, page_language_of
from bookings.visits.guards import find_other_times, let_go_expired
from bookings.visits.planner import decode_plan
from bookings.visits.queries import VisitRow
from bookings.visits.rules import pupils_of
from bookings.visits.service import (
    ChangeVisit,
    HoldVisit,
    RecordArrival,
    TransportDesk,
    VisitCommand,
    cancel_visit,
    change_visit,
    confirm_visit,
    hold_visit,
    preview_change,
    record_arrival,
)
from bookings.visits.service.access import CHANGING_ROLES, visit_of_person
from vizium.auth.guards import requires, signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, FieldError, InvalidInput
from vizium.kernel.ids import parse_reference
from vizium.web.api import Call, answer, answer_once

_BY_REFERENCE = "/visits/{reference:str}"


@post("/visits", guards=[signed_in], status_code=201, sync_to_thread=True)
def create_visit(
    data: JSONBody[VisitBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Hold the places of a plan or of stops for 30 minutes."""
    command = _order(data, call, person)
    let_go_expired(database, now=call.now)
    try:
        return answer_once(
            call,
            database,
            lambda session: visit_body(
                hold_visit(session, command, by=person.id, now=call.now),
                lang=call.lang,
                settings=call.settings,
            ),
            status=201,
        )
    except CapacityExceeded as error:
        times = find_other_times(
            database,
            command.sessions,
            pupils=pupils_of(command.groups),
            school=command.school,
            now=call.now,
        )
        alternatives = [session_item(row, call.lang) for row in times]
        raise CapacityExceeded(
            error.code, **{**error.facts, "alternatives": alternatives}
        ) from error


@get(_BY_REFERENCE, guards=[signed_in], sync_to_thread=True)
def show_visit(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One visit."""
    with database.reading() as session:
        visit = visit_of_person(session, reference, person).seen_at(call.now)
    return answer(visit_body(visit, lang=call.lang, settings=call.settings))


@post(_BY_REFERENCE + "/confirmation", guards=[signed_in], status_code=200, sync_to_thread=True)
def create_confirmation(
    reference: FromPath[str],
    *,
    data: JSONBody[ConfirmationBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Confirm a held visit, with its bus money if asked and left."""
    return answer_once(
        call,
        database,
        lambda session: visit_body(
            confirm_visit(
                session,
                VisitCommand(
                    visit_of_person(session, reference, person, changing=True).reference,
                    data.version,
                ),
                transport=transport,
                settings=call.settings,
                by=person.id,
                now=call.now,
            ),
            lang=call.lang,
            settings=call.settings,
        ),
    )


@patch(_BY_REFERENCE, guards=[signed_in], sync_to_thread=True)
def update_visit(  # noqa: PLR0913 - a handler names all that it asks for
    reference: FromPath[str],
    *,
    data: JSONBody[ChangeBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
    preview: FromQuery[bool] = False,
) -> Response[bytes]:
    """Bring other people; `?preview=true` only says what that would do."""
    with database.transaction() as session:
        visit = visit_of_person(session, reference, person, changing=True)
        command = _change(data, visit)
        difference = preview_change(session, command, transport=transport, now=call.now)
        if not preview:
            visit = change_visit(
                session,
                command,
                transport=transport,
                settings=call.settings,
                by=person.id,
                now=call.now,
            )
    return answer(
        {
            "preview": preview,
            "difference": difference_body(difference),
            "visit": visit_body(visit, lang=call.lang, settings=call.settings),
        }
    )


@delete(_BY_REFERENCE, guards=[signed_in], status_code=200, sync_to_thread=True)
def delete_visit(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Cancel a visit; everything that it keeps is released."""
    with database.transaction() as session:
        visit = visit_of_person(session, reference, person, changing=True)
        visit = cancel_visit(
            session,
            VisitCommand(visit.reference),
            transport=transport,
            settings=call.settings,
            by=person.id,
            now=call.now,
        )
    # The first policy asks no fee of anybody.
    body = visit_body(visit, lang=call.lang, settings=call.settings)
    return answer(body | {"fee_cents": 0})


@post(
    _BY_REFERENCE + "/arrival",
    guards=[requires(*CHANGING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def create_arrival(
    reference: FromPath[str],
    *,
    data: JSONBody[ArrivalBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Count a class in; a scan made without a line is a fact and is only flagged."""
    command = RecordArrival(
        reference=parse_reference(reference[:20]) or "",
        pupils=data.pupils,
        adults=data.adults,
        at=arrival_instant(data.at),
        nonce=data.nonce,
        offline=data.offline,
    )
    return answer_once(
        call,
        database,
        lambda session: arrival_body(
            *record_arrival(session, command, transport=transport, by=person.id, now=call.now)
        ),
    )


def _order(data: VisitBody, call: Call, person: Person) -> HoldVisit:
    contact = check_contact(data.contact.name, data.contact.email, data.contact.phone)
    if data.plan is not None:
        _refuse_beside_plan(data)
        planned = decode_plan(data.plan, secret_key=call.settings.secret_key)
        if planned is None:
            raise InvalidInput([FieldError("plan", "plan_unknown")])
        sessions, school = planned.sessions, planned.school
        groups, adults, language = planned.groups, planned.adults, planned.language
    else:
        _refuse_missing(data)
        sessions = tuple(dict.fromkeys(stop.session for stop in data.stops or ()))
        school, groups = data.school or "", groups_of(data.groups or [])
        adults, language = data.adults or 0, data.language or page_language_of(person.language)
    return HoldVisit(
        sessions=sessions,
        school=school,
        groups=groups,
        adults=adults,
        language=language,
        page_language=page_language_of(language),
        contact=contact,
        wants_transport=data.transport,
        owner_person=person.id,
    )


def _refuse_beside_plan(data: VisitBody) -> None:
    beside = ("stops", "school", "groups", "adults", "language")
    errors = [
        FieldError(name, "said_by_plan") for name in beside if getattr(data, name) is not None
    ]
    if errors:
        raise InvalidInput(errors)


def _refuse_missing(data: VisitBody) -> None:
    needed = ("stops", "school", "groups", "adults")
    errors = [FieldError(name, "missing") for name in needed if getattr(data, name) is None]
    if errors:
        raise InvalidInput(errors)


def _change(data: ChangeBody, visit: VisitRow) -> ChangeVisit:
    groups = visit.groups if data.groups is None else groups_of(data.groups)
    adults = visit.adults if data.adults is None else data.adults
    return ChangeVisit(visit.reference, groups, adults, data.version)
