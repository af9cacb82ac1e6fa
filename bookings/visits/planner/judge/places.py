"""Each place: the rooms that are taken for a class, the galleries, and whether all can be there."""

from collections.abc import Iterator

from bookings.visits.planner.judge.case import Case
from bookings.visits.planner.plan import Stop, StopKind
from bookings.visits.planner.request import Need
from bookings.visits.planner.takes import setup_start
from bookings.visits.planner.violations import Violation, found
from bookings.visits.planner.world import (
    ActivityFact,
    GalleryFact,
    Mask,
    RoomFact,
    are_neighbours,
    is_free,
)


def check_rooms(case: Case) -> Iterator[Violation]:
    """The rooms made ready for a class exist, suit the activity, combine and seat the pupils."""
    for index, stop in case.made:
        unknown = tuple(room for room in stop.rooms if room not in case.world.rooms)
        if unknown or not stop.rooms:
            yield found("room_unknown", index, rooms=unknown)
            continue
        rooms = tuple(case.world.rooms[room] for room in stop.rooms)
        yield from _check_fitness(case, index, stop, rooms)


def _check_fitness(
    case: Case, index: int, stop: Stop, rooms: tuple[RoomFact, ...]
) -> Iterator[Violation]:
    activity = case.world.activities.get(stop.code)
    if activity is not None:
        yield from _check_kind(index, activity, rooms)
    if not are_neighbours(rooms):
        yield found("rooms_not_neighbours", index, rooms=stop.rooms)
    seats, pupils = sum(room.seats for room in rooms), case.plan.pupils_of(stop)
    if seats < pupils:
        yield found("room_too_small", index, rooms=stop.rooms, seats=seats, pupils=pupils)


def _check_kind(
    index: int, activity: ActivityFact, rooms: tuple[RoomFact, ...]
) -> Iterator[Violation]:
    others = tuple(room.code for room in rooms if room.kind != activity.room_kind)
    if others:
        yield found("wrong_room_kind", index, rooms=others, wanted=activity.room_kind)


def check_rooms_free(case: Case) -> Iterator[Violation]:
    """Nobody else is in the rooms, this plan's other stops included, from their set-up on."""
    # Keyed by the room: what is left of it after the stops before.
    left = {code: room.free for code, room in case.world.rooms.items()}
    for index, stop in case.made:
        for code in stop.rooms:
            room = case.world.rooms.get(code)
            if room is not None:
                yield from _check_room_free(case, index, room, left[code])
                ready = setup_start(stop.start, room.setup)
                left[code] &= ~case.world.mask(ready, stop.end)


def _check_room_free(case: Case, index: int, room: RoomFact, left: Mask) -> Iterator[Violation]:
    stop = case.plan.stops[index]
    ready = setup_start(stop.start, room.setup)
    if not is_free(left, case.mask(stop)):
        yield found("room_taken", index, room=room.code, start=stop.start, end=stop.end)
    elif not is_free(left, case.world.mask(ready, stop.start)):
        yield found("setup_missing", index, room=room.code, start=ready, end=stop.start)


def check_galleries_known(case: Case) -> Iterator[Violation]:
    """The gallery exists, and a gallery of one group at a time is not another's."""
    for index, stop in case.galleries:
        gallery = case.world.galleries.get(stop.code)
        if gallery is None:
            yield found("gallery_unknown", index, gallery=stop.code)
        elif gallery.alone and not is_free(gallery.untaken, case.mask(stop)):
            facts = {"gallery": stop.code, "start": stop.start, "end": stop.end}
            yield found("gallery_taken", index, **facts)


def check_needs(case: Case) -> Iterator[Violation]:
    """Who needs a way without steps, or quiet, finds it at every stop."""
    for index, stop in case.ahead:
        places = _places(case, stop)
        if Need.STEP_FREE in case.request.needs:
            steps = tuple(place.code for place in places if not place.step_free)
            if steps:
                yield found("not_step_free", index, places=steps)
        if Need.QUIET in case.request.needs:
            loud = tuple(place.code for place in places if not place.quiet)
            if loud:
                yield found("not_quiet", index, places=loud)


def _places(case: Case, stop: Stop) -> list[RoomFact | GalleryFact]:
    """What is known of the places of a stop."""
    world = case.world
    if stop.kind is StopKind.GALLERY:
        return [world.galleries[stop.code]] if stop.code in world.galleries else []
    return [world.rooms[room] for room in case.rooms(stop) if room in world.rooms]
