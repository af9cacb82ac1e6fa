"""Join the list, see where a class stands, answer an offer, leave."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bookings.visits.service import TransportDesk
from bookings.waiting.api.answers import Json, waiting_body
from bookings.waiting.api.bodies import (
    AcceptanceBody,
    RefusalBody,
    WaitingBody,
    waiting_command,
)
from bookings.waiting.queries import PlaceRow, WaitingRow, place_of
from bookings.waiting.service import (
    AcceptOffer,
    accept_offer,
    add_waiting,
    decline_offer,
    withdraw,
)
from bookings.waiting.service.access import (
    as_seen_by,
    list_waiting_of_person,
    may_have_links,
    waiting_of_person,
)
from vizium.auth.guards import signed_in
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError, InvalidInput, NotFound
from vizium.web.api import Call, answer, answer_once, page_of, refuse_unknown

_BY_REFERENCE = "/waiting/{reference:str}"


@get("/waiting", guards=[signed_in], sync_to_thread=True)
def list_waiting_items(
    request: Request[Any, Any, Any],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The classes of this person and school that wait or have an offer; the staff's: all."""
    refuse_unknown(request)
    with database.reading() as session:
        rows = list_waiting_of_person(session, person)
        bodies = [_shown(row, None, call, person) for row in rows]
    return answer(page_of(bodies))


@post("/waiting", guards=[signed_in], status_code=201, sync_to_thread=True)
def create_waiting_item(
    data: JSONBody[WaitingBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Put a class on the list; the offer, when there is one, comes by mail."""
    command = waiting_command(data, person)

    def add(session: Session) -> Json:
        with _in_terms_of_the_call():
            row = add_waiting(session, command, settings=call.settings, by=person.id, now=call.now)
        return waiting_body(row, place_of(session, row), call.settings)

    return answer_once(call, database, add, status=201)


@get(_BY_REFERENCE, guards=[signed_in], sync_to_thread=True)
def show_waiting_item(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Where a class stands, with its offers."""
    with database.reading() as session:
        row = waiting_of_person(session, reference, person)
        body = _shown(row, place_of(session, row), call, person)
    return answer(body)


@delete(_BY_REFERENCE, guards=[signed_in], status_code=200, sync_to_thread=True)
def delete_waiting_item(
    reference: FromPath[str],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Leave the list; a day that is held for the class goes back. May be repeated as it is."""

    def leave(session: Session) -> Json:
        row = waiting_of_person(session, reference, person, changing=True)
        gone = withdraw(
            session,
            row.reference,
            transport=transport,
            settings=call.settings,
            by=person.id,
            now=call.now,
        )
        return waiting_body(gone, place_of(session, gone), call.settings)

    if call.key:
        return answer_once(call, database, leave)
    with database.transaction() as session:
        body = leave(session)
    return answer(body)


@post(_BY_REFERENCE + "/acceptance", guards=[signed_in], status_code=200, sync_to_thread=True)
def create_acceptance(
    reference: FromPath[str],
    *,
    data: JSONBody[AcceptanceBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Take the day that is offered: its visit is confirmed, or waits for the head."""

    def accept(session: Session, row: WaitingRow) -> WaitingRow:
        return accept_offer(
            session,
            AcceptOffer(row.reference, data.approver_email),
            transport=transport,
            settings=call.settings,
            by=person.id,
            now=call.now,
        )

    return _answer_offer(reference, call, person, database, accept)


@post(_BY_REFERENCE + "/refusal", guards=[signed_in], status_code=200, sync_to_thread=True)
def create_refusal(
    reference: FromPath[str],
    *,
    data: JSONBody[RefusalBody],
    call: NamedDependency[Call],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Give the offered day up and wait for the others."""
    _ = data

    def refuse(session: Session, row: WaitingRow) -> WaitingRow:
        return decline_offer(
            session,
            row.reference,
            transport=transport,
            settings=call.settings,
            by=person.id,
            now=call.now,
        )

    return _answer_offer(reference, call, person, database, refuse)


def _shown(row: WaitingRow, place: PlaceRow | None, call: Call, person: Person) -> Json:
    """Staff who only look see no more of the contact than they need, and no links."""
    seen = as_seen_by(row, person, today=local_date(call.now))
    return waiting_body(seen, place, call.settings, linked=may_have_links(row, person))


def _answer_offer(
    reference: str,
    call: Call,
    person: Person,
    database: Database,
    act: Callable[[Session, WaitingRow], WaitingRow],
) -> Response[bytes]:
    def answered(session: Session) -> Json:
        row = act(session, waiting_of_person(session, reference, person, changing=True))
        return waiting_body(row, place_of(session, row), call.settings)

    return answer_once(call, database, answered)


@contextmanager
def _in_terms_of_the_call() -> Iterator[None]:
    """Name the fields as the body does."""
    try:
        yield
    except NotFound as error:
        raise InvalidInput([FieldError("wants", "wish_unknown", error.facts)]) from error
    except InvalidInput as error:
        names = {"days": "dates", "wishes": "wants"}
        raise InvalidInput(
            [replace(one, field=names.get(one.field, one.field)) for one in error.errors]
        ) from error
