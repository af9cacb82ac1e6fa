"""Show, confirm, change, cancel a visit."""

from collections.abc import Callable

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from bookings.visits.api.answers import Json, difference_body, visit_body
from bookings.visits.api.bodies import (
    ChangeBody,
    ConfirmationBody,
    contact_of,
    funding_of,
    groups_of,
    parties_of,
)
from bookings.visits.api.refusals import in_words
from bookings.visits.planner.ids import decode_plan
from bookings.visits.queries import VisitRow
from bookings.visits.service import (
    ChangeVisit,
    RequestVisit,
    TransportDesk,
    VisitCommand,
    cancel_visit,
    change_visit,
    confirm_visit,
    preview_change,
    request_visit,
)
from bookings.visits.service.access import (
    as_seen_by,
    may_have_links,
    visit_of_person,
)
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.web.api import Call, answer, answer_once

_BY_REFERENCE = "/visits/{reference:str}"


@get(_BY_REFERENCE, guards=[signed_in], sync_to_thread=True)
def show_visit(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """One visit; staff who only look see no more of its contact than they need, and no links."""
    with database.reading() as session:
        visit = visit_of_person(session, reference, person).seen_at(call.now)
    shown = as_seen_by(visit, person, now=call.now)
    linked = may_have_links(visit, person)
    return answer(visit_body(shown, lang=call.lang, settings=call.settings, linked=linked))


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
    """Confirm a held visit, with its bus money if asked and left; or ask the head first."""

    def confirm(session: Session) -> Json:
        visit = visit_of_person(session, reference, person, changing=True)
        settings, by, now = call.settings, person.id, call.now
        if data.approver_email is not None:
            asked = RequestVisit(visit.reference, data.version, data.approver_email)
            visit = request_visit(session, asked, settings=settings, by=by, now=now)
        else:
            command = VisitCommand(visit.reference, data.version, read=visit)
            visit = confirm_visit(
                session, command, transport=transport, settings=settings, by=by, now=now
            )
        return visit_body(visit, lang=call.lang, settings=call.settings)

    return answer_once(call, database, confirm)


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
    """Change who comes, the plan, the contact; `?preview=true` only says what that would do."""

    def change(session: Session) -> Json:
        visit = visit_of_person(session, reference, person, changing=True)
        command = _change(data, visit, call)
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
        return {
            "preview": preview,
            "difference": difference_body(difference, call.lang),
            "visit": visit_body(visit, lang=call.lang, settings=call.settings),
        }

    with in_words(call):
        if preview:
            with database.reading() as session:
                return answer(change(session))
        return _once_where_asked(call, database, change)


@delete(_BY_REFERENCE, guards=[signed_in], status_code=200, sync_to_thread=True)
def delete_visit(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Cancel a visit; everything that it keeps is released, and the fee is said."""

    def cancel(session: Session) -> Json:
        visit = visit_of_person(session, reference, person, changing=True)
        cancelled = cancel_visit(
            session,
            VisitCommand(visit.reference, read=visit),
            transport=transport,
            settings=call.settings,
            by=person.id,
            now=call.now,
        )
        return visit_body(cancelled, lang=call.lang, settings=call.settings)

    return _once_where_asked(call, database, cancel)


def _once_where_asked(
    call: Call, database: Database, act: Callable[[Session], Json]
) -> Response[bytes]:
    """PATCH and DELETE may be repeated as they are; with a key they are also answered alike."""
    if call.key:
        return answer_once(call, database, act)
    with database.transaction() as session:
        body = act(session)
    return answer(body)


def _change(data: ChangeBody, visit: VisitRow, call: Call) -> ChangeVisit:
    plan, request = None, None
    if data.plan is not None:
        found = decode_plan(data.plan, call.settings.secret_key)
        coming = visit.schools
        if data.parties:
            coming = tuple(party.school for party in data.parties)
        if found is None or found[0].schools != coming:
            raise InvalidInput([FieldError("plan", "plan_unknown")])
        request, plan = found
    contact = None if data.contact is None else contact_of(data.contact)
    leading = contact or visit.contact
    return ChangeVisit(
        reference=visit.reference,
        groups=None if data.groups is None else groups_of(data.groups),
        adults=data.adults,
        version=data.version,
        plan=plan,
        request=request,
        contact=contact,
        funding=None if data.funding is None else funding_of(data.funding),
        parties=None if data.parties is None else parties_of(data.parties, leading),
    )
