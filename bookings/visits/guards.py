"""What stands before an order: room that is free in truth, and other times when there is none.

Both open transactions of their own, so that an order never mixes with the housekeeping before it.
"""

from collections.abc import Sequence
from datetime import datetime

from bookings.visits.queries import get_sessions, has_expired_holds, list_alternatives
from bookings.visits.rules import SessionRow
from bookings.visits.service import sweep_expired_hold
from vizium.db.session import Database

# More holds than end in one moment; the sweep of the worker takes the rest.
_LET_GO_MOST = 20


def let_go_expired(database: Database, *, now: datetime) -> bool:
    """Give back the places of holds whose time is over; whether there were any."""
    with database.reading() as session:
        over = has_expired_holds(session, now=now)
    for _ in range(_LET_GO_MOST if over else 0):
        with database.transaction() as session:
            if not sweep_expired_hold(session, now=now):
                break
    return over


def find_other_times(
    database: Database, sessions: Sequence[str], *, pupils: int, school: str, now: datetime
) -> list[SessionRow]:
    """Times with enough places, instead of those that were too full."""
    with database.reading() as session:
        wanted = get_sessions(session, sessions, now=now)
        return [
            row
            for one in wanted
            if not one.takes(pupils, school=school) or len(wanted) == 1
            for row in list_alternatives(session, one, pupils=pupils, school=school, now=now)
        ]
