"""The ways in which one stop of a standing plan may change, the smallest first.

A variant fits the day as far as the day alone tells: rooms, host and places are free, the hour lies
between the buses. Whether it fits the other stops of its plan, only the plan tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from bookings.visits.planner.judge.wishes import meets
from bookings.visits.planner.plan import Plan, Stop, StopKind
from bookings.visits.planner.request import Need, PlanRequest
from bookings.visits.planner.takes import floor_to_cell, setup_start
from bookings.visits.planner.world import (
    LUNCH,
    ActivityFact,
    GalleryFact,
    HostFact,
    RoomFact,
    World,
    are_neighbours,
    is_free,
)
from vizium.kernel.clock import CELL, from_wall

_MINUTE = timedelta(minutes=1)
# Of equal choices of rooms and of hosts at one hour so many are tried: who is free is free.
_CHOICES_MOST = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A changed stop; `shift` is how many minutes its start and its end move together.

    `rank` orders changes of equal shift: 0 the hour alone, 1 the host, 2 the place, 3 both, 4 a
    published session for a made stop or the other way round.
    """

    stop: Stop
    shift: int
    rank: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What variants are made for: the plan with its people, the request and the day.

    By `lunch_late` lunch may lie outside its usual hours.
    """

    plan: Plan
    request: PlanRequest
    world: World
    lunch_late: timedelta = timedelta()

    def has_begun(self, stop: Stop) -> bool:
        """Whether the class is at a stop already: one that a late bus missed has not begun."""
        arrive = self.request.arrive
        is_there = arrive is None or from_wall(self.plan.day, arrive) <= stop.start
        return stop.start < self.world.now and is_there

    def window(self) -> tuple[datetime, datetime]:
        """From when until when stops may stand: between the buses, in the hours, from now on."""
        world, day = self.world, self.plan.day
        ready = self.plan.arrive + world.policy.arrive_early
        if self.request.arrive is not None:
            bus_in = from_wall(day, self.request.arrive)
            ready = max(ready, bus_in + world.policy.arrive_early)
        leave = from_wall(day, self.request.depart) if self.request.depart else world.end
        return max(ready, world.start, world.now), min(leave, world.end)


def lunch_hours(setting: Setting) -> tuple[datetime, datetime]:
    """From when until when a lunch that has to move may lie."""
    policy, day, by = setting.world.policy, setting.plan.day, setting.lunch_late
    return from_wall(day, policy.lunch_from) - by, from_wall(day, policy.lunch_until) + by


def variants_of(setting: Setting, stop: Stop) -> tuple[Variant, ...]:
    """Every way to have the same otherwise: at another hour, elsewhere, with another host."""
    if stop.kind is StopKind.GALLERY:
        found = _gallery_variants(setting, stop)
    elif stop.kind is StopKind.LUNCH:
        found = _lunch_variants(setting, stop)
    else:
        found = _activity_variants(setting, stop, stop.code)
    others = (other for other in found if other != stop)
    return _sorted(stop, others)


def replacements_of(setting: Setting, stop: Stop) -> tuple[Variant, ...]:
    """Every way to have another activity that is meant by the same wish."""
    world, wishes = setting.world, setting.request.wishes
    before = world.activities.get(stop.code)
    if before is None or not stop.is_activity:
        return ()
    shared = [wish for wish in wishes if wish.code is None and meets(before, wish)]
    had = {other.code for other in setting.plan.stops}
    codes = [
        code
        for code, activity in sorted(world.activities.items())
        if code not in had and any(meets(activity, wish) for wish in shared)
    ]
    return _sorted(
        stop, (other for code in codes for other in _activity_variants(setting, stop, code))
    )


def _sorted(before: Stop, stops: Iterator[Stop]) -> tuple[Variant, ...]:
    found = [Variant(stop, shift_of(before, stop), _rank(before, stop)) for stop in stops]
    return tuple(
        sorted(found, key=lambda one: (one.shift, one.rank, one.stop.start, one.stop.rooms))
    )


def shift_of(before: Stop, after: Stop) -> int:
    """Minutes by which a stop moves, and by which it gets shorter or longer."""
    moved = abs(after.start - before.start)
    return (moved + abs((after.end - after.start) - (before.end - before.start))) // _MINUTE


def _rank(before: Stop, after: Stop) -> int:
    if (before.session is None) != (after.session is None):
        return 4
    is_elsewhere = before.rooms != after.rooms or before.code != after.code
    return 2 * is_elsewhere + (before.host != after.host)


def _starts(setting: Setting, stop: Stop, length: timedelta) -> Iterator[datetime]:
    """The hours at which a stop may start; one that has begun stays where it is."""
    if setting.has_begun(stop):
        yield stop.start
        return
    earliest, latest = setting.window()
    start = floor_to_cell(earliest)
    start += CELL if start < earliest else timedelta()
    while start + length <= latest:
        yield start
        start += CELL


def _people(setting: Setting, stop: Stop) -> int:
    return setting.plan.pupils_of(stop) + setting.plan.adults_of(stop)


def _lunch_variants(setting: Setting, stop: Stop) -> Iterator[Stop]:
    length, people = stop.end - stop.start, _people(setting, stop)
    earliest, latest = lunch_hours(setting)
    for start in _starts(setting, stop, length):
        is_timely = earliest <= start <= start + length <= latest
        if is_timely and _has_places(setting.world, LUNCH, start, start + length, people):
            yield replace(stop, start=start, end=start + length)


def _gallery_variants(setting: Setting, stop: Stop) -> Iterator[Stop]:
    """Another hour, a shorter stay, or another gallery."""
    world, people = setting.world, _people(setting, stop)
    galleries = _galleries_for(setting, stop)
    for length in _lengths(setting, stop):
        for start in _starts(setting, stop, length):
            end = start + length
            for gallery in galleries:
                if _is_open(world, gallery, start, end, people):
                    yield replace(stop, code=gallery.code, start=start, end=end)


def _galleries_for(setting: Setting, stop: Stop) -> list[GalleryFact]:
    """The gallery itself; others that the class does not see yet, unless it asked for this one."""
    known = setting.world.galleries
    had = {other.code for other in setting.plan.stops}
    others = [] if stop.code in setting.request.galleries else [*known.keys() - had]
    codes = [stop.code, *sorted(others)]
    return [known[code] for code in codes if code in known and _suits(setting, known[code])]


def _lengths(setting: Setting, stop: Stop) -> Iterator[timedelta]:
    """The stay as it was and every shorter one that is still worth it."""
    policy = setting.world.policy
    length = min(stop.end - stop.start, policy.gallery_most)
    while length >= policy.gallery_min:
        yield length
        length -= CELL


def _is_open(
    world: World, gallery: GalleryFact, start: datetime, end: datetime, people: int
) -> bool:
    is_alone = not gallery.alone or is_free(gallery.untaken, world.mask(start, end))
    return is_alone and _has_places(world, gallery.code, start, end, people)


def _has_places(world: World, pool: str, start: datetime, end: datetime, people: int) -> bool:
    return pool in world.pools and world.free_in(pool, start, end) >= people


def _activity_variants(setting: Setting, stop: Stop, code: str) -> Iterator[Stop]:
    activity = setting.world.activities.get(code)
    if activity is None or not _is_for(setting, stop, activity):
        return
    yield from _in_sessions(setting, stop, code)
    if activity.on_request:
        for start in _starts(setting, stop, activity.duration):
            yield from _made_at(setting, stop, activity, start)


def _is_for(setting: Setting, stop: Stop, activity: ActivityFact) -> bool:
    """Whether an activity takes these pupils at all, at whatever hour."""
    request, pupils = setting.request, setting.plan.pupils_of(stop)
    return (
        request.grades <= activity.grades
        and request.language in activity.languages
        and activity.seats_min <= pupils <= activity.seats_max
        and not activity.exhibits & setting.world.out_of_order
    )


def _in_sessions(setting: Setting, stop: Stop, code: str) -> Iterator[Stop]:
    earliest, latest = setting.window()
    pupils = setting.plan.pupils_of(stop)
    for offer in setting.world.offers.values():
        is_in_time = earliest <= offer.start and offer.end <= latest
        if offer.code == code and is_in_time and offer.free >= pupils:
            rooms = [
                setting.world.rooms[room] for room in offer.rooms if room in setting.world.rooms
            ]
            if all(_suits(setting, room) for room in rooms):
                yield Stop(
                    kind=setting.world.activities[code].kind,
                    code=code,
                    start=offer.start,
                    end=offer.end,
                    who=stop.who,
                    session=offer.session,
                )


def _made_at(
    setting: Setting, stop: Stop, activity: ActivityFact, start: datetime
) -> Iterator[Stop]:
    """The activity for this class alone at an hour, in each choice of rooms and hosts."""
    world, end = setting.world, start + activity.duration
    cells = world.mask(start, end)
    if not all(is_free(world.machines.get(one, 0), cells) for one in activity.machines):
        return
    hosts = [host for host in world.hosts.values() if is_free(host.free, cells)]
    able = [host for host in hosts if _is_able(setting, host, activity)]
    able.sort(key=lambda host: (host.code != stop.host, -host.minutes_left, host.code))
    for rooms in islice(_rooms_at(setting, stop, activity, start), _CHOICES_MOST):
        for host in able[:_CHOICES_MOST]:
            yield Stop(
                kind=activity.kind,
                code=activity.code,
                start=start,
                end=end,
                who=stop.who,
                rooms=rooms,
                host=host.code,
                machines=activity.machines,
            )


def _is_able(setting: Setting, host: HostFact, activity: ActivityFact) -> bool:
    return (
        (not activity.skill or activity.skill in host.skills)
        and setting.request.language in host.languages
        and host.minutes_left >= activity.duration // _MINUTE
    )


def _rooms_at(
    setting: Setting, stop: Stop, activity: ActivityFact, start: datetime
) -> Iterator[tuple[str, ...]]:
    """The rooms it had, then the others: as few and as small as seat everybody."""
    world, pupils = setting.world, setting.plan.pupils_of(stop)
    end = start + activity.duration
    free = [
        room
        for room in world.rooms.values()
        if room.kind == activity.room_kind
        and _suits(setting, room)
        and is_free(room.free, world.mask(setup_start(start, room.setup), end))
    ]
    free.sort(key=lambda room: (room.position or 0, room.code))
    fitting = [
        run
        for run in _runs(free)
        if are_neighbours(run) and sum(one.seats for one in run) >= pupils
    ]
    fitting.sort(key=lambda run: (len(run), sum(one.seats for one in run)))
    codes = [tuple(room.code for room in run) for run in fitting]
    yield from (rooms for rooms in codes if rooms == stop.rooms)
    yield from (rooms for rooms in codes if rooms != stop.rooms)


def _runs(rooms: list[RoomFact]) -> Iterator[tuple[RoomFact, ...]]:
    """Stretches of a row of rooms."""
    for first in range(len(rooms)):
        for end in range(first + 1, len(rooms) + 1):
            yield tuple(rooms[first:end])


def _suits(setting: Setting, place: RoomFact | GalleryFact) -> bool:
    """Whether everybody of the class can be in a place."""
    needs = setting.request.needs
    return (Need.STEP_FREE not in needs or place.step_free) and (
        Need.QUIET not in needs or place.quiet
    )
