"""The capacity that a plan asks for: one list of takes, for the database and for the judge alike.

```
session:{id}    pupils            from start to end of the stop
room, machine   1                 a room from its set-up on, whole cells
host            1                 from start to end
gallery         pupils, adults    of the subgroups in it
alone:{gallery} 1                 once a cell, however many subgroups are in it
lunch           pupils, adults    of the subgroups that eat
hall            pupils, adults    everybody, from arrival to departure
coach-bays      1                 from arrival to departure, unless the class comes on foot
```
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bookings.resources.rules import Take
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.world import COACH_BAYS, HALL, LUNCH
from vizium.kernel.clock import CELL

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def takes_of(
    plan: Plan,
    *,
    setups: Mapping[str, timedelta],
    alone: Collection[str],
    has_coach: bool = True,
) -> tuple[Take, ...]:
    """The demand of a plan; the takes of one resource may overlap, their amounts add up.

    Args:
        setups: how long a room is set up before a stop, keyed by the room's code.
        alone: the galleries that one group at a time has to itself.
    """
    takes = [take for stop in plan.stops for take in _takes_of_stop(plan, stop, setups)]
    takes += [take for gallery in sorted(alone) for take in _takes_alone(plan, gallery)]
    arrive = floor_to_cell(plan.arrive)
    pupils = sum(subgroup.pupils for subgroup in plan.subgroups)
    adults = sum(subgroup.adults for subgroup in plan.subgroups)
    takes.append(Take(HALL, arrive, plan.leave, pupils + adults))
    if has_coach:
        takes.append(Take(COACH_BAYS, arrive, plan.leave, 1))
    return tuple(takes)


def floor_to_cell(instant: datetime) -> datetime:
    """The start of the cell that an instant lies in."""
    return instant - (instant - _EPOCH) % CELL


def setup_start(start: datetime, setup: timedelta) -> datetime:
    """When a room has to be given over for its set-up: set-up takes whole cells."""
    return start - -(-setup // CELL) * CELL


def _takes_of_stop(plan: Plan, stop: Stop, setups: Mapping[str, timedelta]) -> Iterator[Take]:
    people = plan.pupils_of(stop) + plan.adults_of(stop)
    if stop.kind is StopKind.LUNCH:
        yield Take(LUNCH, stop.start, stop.end, people)
    elif stop.kind is StopKind.GALLERY:
        yield Take(stop.code, stop.start, stop.end, people)
    elif stop.session is not None:
        yield Take(f"session:{stop.session}", stop.start, stop.end, plan.pupils_of(stop))
    else:
        for room in stop.rooms:
            start = setup_start(stop.start, setups.get(room, timedelta()))
            yield Take(room, start, stop.end, 1)
        for code in (*((stop.host,) if stop.host else ()), *stop.machines):
            yield Take(code, stop.start, stop.end, 1)


def _takes_alone(plan: Plan, gallery: str) -> Iterator[Take]:
    """The gallery itself, once for each stretch in which any subgroup is in it."""
    inside = (
        (stop.start, stop.end)
        for stop in plan.stops
        if stop.kind is StopKind.GALLERY and stop.code == gallery
    )
    for start, end in _merged(inside):
        yield Take(f"alone:{gallery}", start, end, 1)


def _merged(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches without the cells that they share, in time order."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        last_cell_end = -(-(end - _EPOCH) // CELL) * CELL + _EPOCH
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last_cell_end))
        else:
            merged.append((start, last_cell_end))
    return merged
