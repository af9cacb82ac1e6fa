"""What a caller hears when a plan does not fit (any more): why, in words, and what fits instead."""

from collections.abc import Iterator
from contextlib import contextmanager

from bookings.visits.api.answers import Json, proposal_body, session_item, violation_sentence
from bookings.visits.guards import find_other_times
from bookings.visits.planner.request import PlanRequest
from bookings.visits.rules import pupils_of
from bookings.visits.service import HoldSessions, TransportDesk, propose_plans
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.api import Call


@contextmanager
def in_words(call: Call) -> Iterator[None]:
    """Give each violation of a refused plan its sentence."""
    try:
        yield
    except Conflict as error:
        for said in _violations(error):
            said["detail"] = violation_sentence(said, call.lang)
        raise


def other_plans(
    call: Call, database: Database, request: PlanRequest, transport: TransportDesk
) -> Json:
    """Days that fit the same request now, or the smallest changes with which one does."""
    try:
        with database.reading() as session:
            proposal = propose_plans(session, request, transport=transport, now=call.now)
            body = proposal_body(session, request, proposal, lang=call.lang, settings=call.settings)
    except InvalidInput:
        return {"alternatives": []}
    return {"alternatives": body["plans"], "relaxations": body["relaxations"]}


def other_sessions(call: Call, database: Database, command: HoldSessions) -> Json:
    """Other times of the same activities with enough places."""
    times = find_other_times(
        database,
        command.sessions,
        pupils=pupils_of(command.groups),
        school=command.school,
        now=call.now,
    )
    return {"alternatives": [session_item(row, call.lang) for row in times]}


def _violations(error: Conflict) -> list[Json]:
    said = error.facts.get("violations", [])
    assert isinstance(said, list)
    return said
