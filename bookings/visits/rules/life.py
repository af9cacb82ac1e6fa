"""The states of a visit and how it goes from one to the next.

```
  (new) -> held <-> held (longer) -----> confirmed -> arrived -> completed
            +--> provisional -----------^  |  |          ^
            |    (the head decides)        |  +-> no_show (a late scan is a fact)
            +--------+---------------------+--> cancelled
            +--------+--> expired -> held (if its places are still free)
```
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from vizium.kernel.clock import local_date


class VisitState(StrEnum):
    """Where a visit stands in its life."""

    HELD = "held"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


_S = VisitState
# Keyed by the state that is left.
MOVES: dict[VisitState, frozenset[VisitState]] = {
    _S.HELD: frozenset({_S.HELD, _S.PROVISIONAL, _S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    _S.PROVISIONAL: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    _S.CONFIRMED: frozenset({_S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.NO_SHOW: frozenset({_S.ARRIVED}),
    _S.ARRIVED: frozenset({_S.COMPLETED}),
    _S.EXPIRED: frozenset({_S.HELD}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
# States in which the visit keeps its places.
KEEPING = frozenset({_S.HELD, _S.PROVISIONAL, _S.CONFIRMED, _S.ARRIVED})
# States that time alone ends.
EXPIRING = frozenset({_S.HELD, _S.PROVISIONAL})


def may_move(before: VisitState, after: VisitState) -> bool:
    """Whether a visit may go from one state to another."""
    return after in MOVES[before]


def state_at(state: VisitState, expires_at: datetime | None, *, now: datetime) -> VisitState:
    """The state that counts now: a hold whose time is over is expired before any sweep runs."""
    if state in EXPIRING and expires_at is not None and expires_at <= now:
        return VisitState.EXPIRED
    return state


def arrival_flags(
    state: VisitState, day: date, *, at: datetime, pupils: int, booked: int
) -> list[str]:
    """What is unusual about a class at the door; reason codes, empty when all is well."""
    flags = []
    if state in {VisitState.CANCELLED, VisitState.EXPIRED}:
        flags.append(state.value)
    if state in {VisitState.HELD, VisitState.PROVISIONAL}:
        flags.append("not_confirmed")
    if state in {VisitState.ARRIVED, VisitState.COMPLETED}:
        flags.append("already_arrived")
    if local_date(at) != day:
        flags.append("other_day")
    if pupils > booked:
        flags.append("more_than_booked")
    return flags


# Unusual, but the class comes in all the same.
HARMLESS_FLAGS = frozenset({"more_than_booked", "clock_ahead"})
# Scanners' clocks differ by less.
CLOCK_AHEAD_MOST = timedelta(minutes=5)
