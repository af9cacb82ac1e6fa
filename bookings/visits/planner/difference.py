"""What became different between two plans of one class, stop by stop, for everybody it concerns."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bookings.visits.planner.plan import Plan, Stop, StopKind, order_of


class Change(StrEnum):
    """What happened to a stop; who has to go elsewhere at another hour is told of the hour."""

    MOVED = "moved"
    OTHER_ROOM = "other_room"
    OTHER_HOST = "other_host"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class StopChange:
    """One stop before and after; None where it is new or gone."""

    kind: Change
    before: Stop | None
    after: Stop | None


def difference(before: Plan, after: Plan) -> tuple[StopChange, ...]:
    """The stops that differ, in the order of the day; empty where the days are the same.

    A gallery instead of another at the same hour is another room; a different activity is one stop
    gone and one new. A session that stands where a made stop stood, or the other way round, is told
    by what the class notices: the hour, the room, the host.
    """
    gone = [stop for stop in before.stops if stop not in after.stops]
    new = [stop for stop in after.stops if stop not in before.stops]
    changes = []
    for alike in (_same_hour, _same_thing, _same_purpose):
        for stop in tuple(gone):
            match = next((other for other in new if alike(stop, other)), None)
            if match is not None:
                gone.remove(stop)
                new.remove(match)
                changes.append(StopChange(_kind_of(stop, match), stop, match))
    changes += [StopChange(Change.DROPPED, stop, None) for stop in gone]
    changes += [StopChange(Change.ADDED, None, stop) for stop in new]
    return tuple(sorted(changes, key=lambda change: order_of(_told(change))))


def _told(change: StopChange) -> Stop:
    stop = change.after or change.before
    assert stop is not None
    return stop


_Alike = Callable[[Stop, Stop], bool]


def _same_thing(one: Stop, other: Stop) -> bool:
    return (one.kind, one.code, one.who) == (other.kind, other.code, other.who)


def _same_hour(one: Stop, other: Stop) -> bool:
    return _same_thing(one, other) and one.start == other.start


def _same_purpose(one: Stop, other: Stop) -> bool:
    """Whether one gallery stands for another."""
    are_galleries = one.kind is other.kind is StopKind.GALLERY
    return are_galleries and one.who == other.who and one.start == other.start


def _kind_of(before: Stop, after: Stop) -> Change:
    if (before.start, before.end) != (after.start, after.end):
        return Change.MOVED
    if before.code != after.code or before.rooms != after.rooms:
        return Change.OTHER_ROOM
    if before.session != after.session and before.session and after.session:
        return Change.OTHER_ROOM
    return Change.OTHER_HOST
