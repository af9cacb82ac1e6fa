"""Count a class in at the door."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from bookings.visits.api.answers import arrival_body
from bookings.visits.api.bodies import ArrivalBody, arrival_instant
from bookings.visits.service import RecordArrival, TransportDesk, record_arrival
from bookings.visits.service.access import CHANGING_ROLES
from vizium.auth.guards import requires
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.ids import parse_reference
from vizium.web.api import Call, answer_once


@post(
    "/visits/{reference:str}/arrival",
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
