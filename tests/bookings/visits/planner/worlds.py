"""A made-up day of the centre for the planner's tests: a Tuesday, its rooms, people and sessions.

```
room-a 20 | room-b 20 | room-c 18 | room-d 18      four classrooms in a row
laboratory 24, workshop-1 24 (machines), workshop-2 24 (stairs), show-hall 120 (loud)
09:00 schools may come in ... 19:00 the centre closes; hosts work 09:00-17:00
```
`given_world()`, `given_request()` and `given_plan()` belong together: the plan fits the request in
that world. The small functions below them change a world the way a day changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.world import (
    COACH_BAYS,
    HALL,
    LUNCH,
    ActivityFact,
    DayPolicy,
    GalleryFact,
    HostFact,
    OfferFact,
    PoolFact,
    RoomFact,
    World,
)
from bookings.visits.rules import Group
from vizium.kernel.clock import CELL, from_wall
from vizium.kernel.money import Cents

# A Tuesday with nothing special about it, four weeks after `NOW`.
DAY = date(2027, 3, 30)
NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SCHOOL = "3213900123"
POLICY = DayPolicy()

# code: kind, seats, position, step-free, quiet
_ROOMS: dict[str, tuple[str, int, int | None, bool, bool]] = {
    "room-a": ("classroom", 20, 1, True, True),
    "room-b": ("classroom", 20, 2, True, True),
    "room-c": ("classroom", 18, 3, True, True),
    "room-d": ("classroom", 18, 4, True, True),
    "show-hall": ("show-hall", 120, None, True, False),
    "laboratory": ("laboratory", 24, None, True, True),
    "workshop-1": ("workshop", 24, None, True, False),
    "workshop-2": ("workshop", 24, None, False, True),
}
# code: skills, languages
_HOSTS: dict[str, tuple[str, str]] = {
    "h-01": ("show physics", "lv en ru"),
    "h-02": ("show chemistry", "lv en ru"),
    "h-03": ("show physics making", "lv en ru"),
    "h-04": ("chemistry nature", "lv en"),
    "h-05": ("early-years nature", "lv en ru"),
    "h-06": ("early-years health", "lv ru"),
    "h-07": ("coding maths", "lv en"),
    "h-08": ("coding maths", "lv en"),
    "h-09": ("making coding physics", "lv en ru"),
    "h-11": ("geography health nature", "lv en ru"),
}
# code: capacity, alone, step-free, quiet
_GALLERIES: dict[str, tuple[int, bool, bool, bool]] = {
    "g-body": (75, False, True, True),
    "g-small": (60, True, True, True),
    "g-smart": (70, False, True, True),
    "g-physics": (90, False, True, False),
    "g-geo": (80, False, True, True),
    "g-human": (70, False, True, True),
    "g-sim": (60, False, False, False),
}
_POOLS = {HALL: 400, LUNCH: 60, COACH_BAYS: 6}
_MACHINES = ("m-print-1", "m-print-2", "m-laser", "m-solder-1", "m-solder-2", "m-solder-3")
# Longer ways than `DayPolicy.walk`, in minutes; the pair in order.
_WALKS = {("g-geo", "workshop-1"): 10, ("g-small", "lunch"): 10, ("laboratory", "room-a"): 2}


def _activity(
    code: str,
    grades: range,
    room_kind: str,
    skill: str,
    subject: str,
    *,
    seats: tuple[int, int] = (8, 36),
    **changes: Any,
) -> ActivityFact:
    kinds = {"T": StopKind.PROGRAMME, "W": StopKind.WORKSHOP, "S": StopKind.SHOW}
    kind = kinds[code[0]]
    return ActivityFact(
        **{
            "code": code,
            "kind": kind,
            "grades": frozenset(grades),
            "languages": frozenset({"lv", "en"}),
            "areas": frozenset({"technology" if subject == "computing" else "science"}),
            "subjects": frozenset({subject}),
            "duration": timedelta(minutes=30 if kind is StopKind.SHOW else 60),
            "seats_min": seats[0],
            "seats_max": seats[1],
            "price_cents": Cents(500),
            "room_kind": room_kind,
            "skill": skill,
            **changes,
        }
    )


ACTIVITIES = (
    _activity("T-01", range(2), "classroom", "early-years", "natural-science", seats=(6, 36)),
    _activity("T-03", range(3, 7), "laboratory", "chemistry", "chemistry", seats=(8, 24)),
    _activity("T-04", range(7, 13), "laboratory", "nature", "biology", seats=(8, 24)),
    _activity("T-07", range(5, 10), "classroom", "coding", "computing", seats=(8, 38)),
    _activity("T-08", range(10, 13), "classroom", "coding", "computing"),
    _activity(
        "T-16",
        range(10, 13),
        "classroom",
        "maths",
        "mathematics",
        exhibits=frozenset({"ex-071"}),
        galleries=frozenset({"g-sim"}),
    ),
    _activity("T-17", range(4, 13), "classroom", "geography", "geography", seats=(8, 60)),
    _activity(
        "T-18",
        range(1, 10),
        "classroom",
        "health",
        "sport-health",
        exhibits=frozenset({"ex-041", "ex-042"}),
        galleries=frozenset({"g-body"}),
    ),
    _activity(
        "W-01",
        range(5, 13),
        "workshop",
        "making",
        "design-technology",
        seats=(6, 24),
        machines=("m-solder-1", "m-solder-2"),
    ),
    _activity(
        "W-02",
        range(5, 13),
        "workshop",
        "making",
        "design-technology",
        seats=(6, 24),
        machines=("m-print-1",),
    ),
    _activity("W-03", range(2, 10), "workshop", "making", "visual-art", seats=(6, 24)),
    _activity(
        "S-01", range(4, 13), "show-hall", "show", "chemistry", seats=(1, 120), on_request=False
    ),
    _activity("S-02", range(13), "show-hall", "show", "physics", seats=(1, 120), on_request=False),
    _activity("S-03", range(8, 13), "show-hall", "show", "physics", seats=(1, 120)),
)
# session: wall time, rooms, host, places still free; the activity's code stands before the dot.
OFFERS: dict[str, tuple[str, str, str, int]] = {
    "S-01.10": ("10:00", "show-hall", "h-01", 80),
    "S-02.11": ("11:15", "show-hall", "h-02", 120),
    "S-01.13": ("13:15", "show-hall", "h-02", 100),
    "S-02.15": ("15:00", "show-hall", "h-03", 60),
    "T-07.10": ("10:15", "room-c room-d", "h-07", 14),
    "W-03.12": ("12:15", "workshop-2", "h-09", 24),
}


def at(wall: str, day: date = DAY) -> datetime:
    """The instant of a wall time ``HH:MM`` in Latvia."""
    return from_wall(day, time.fromisoformat(wall))


def given_world(
    day: date = DAY,
    *,
    opens: str = "09:00",
    closes: str = "19:00",
    shift: tuple[str, str] = ("09:00", "17:00"),
    offers: Mapping[str, tuple[str, str, str, int]] = OFFERS,
    activities: Iterable[ActivityFact] = ACTIVITIES,
    **changes: Any,
) -> World:
    """A day with everything free but the published sessions; `changes` replace whole fields."""
    bare = World(
        day=day,
        now=NOW,
        start=at(opens, day),
        cells=(at(closes, day) - at(opens, day)) // CELL,
        activities={activity.code: activity for activity in activities},
        walks={pair: timedelta(minutes=minutes) for pair, minutes in _WALKS.items()},
        policy=POLICY,
    )
    every = (1 << bare.cells) - 1
    world = replace(
        bare,
        rooms={code: _room(code, every) for code in _ROOMS},
        hosts={
            code: _host(code, bare.mask(at(shift[0], day), at(shift[1], day))) for code in _HOSTS
        },
        machines=dict.fromkeys(_MACHINES, every),
        galleries={code: _gallery(code, every) for code in _GALLERIES},
        pools={code: _pool(code, size, bare.cells) for code, size in _sizes().items()},
    )
    for session, line in offers.items():
        world = _with_offer(world, session, line)
    return replace(world, **changes)


def _room(code: str, free: int) -> RoomFact:
    kind, seats, position, step_free, quiet = _ROOMS[code]
    return RoomFact(
        code=code,
        kind=kind,
        seats=seats,
        position=position,
        setup=timedelta(minutes=15),
        step_free=step_free,
        quiet=quiet,
        free=free,
    )


def _host(code: str, shift: int) -> HostFact:
    skills, languages = _HOSTS[code]
    return HostFact(
        code=code,
        skills=frozenset(skills.split()),
        languages=frozenset(languages.split()),
        shift=shift,
        free=shift,
        minutes_left=300,
    )


def _gallery(code: str, untaken: int) -> GalleryFact:
    _, alone, step_free, quiet = _GALLERIES[code]
    return GalleryFact(code=code, alone=alone, step_free=step_free, quiet=quiet, untaken=untaken)


def _sizes() -> dict[str, int]:
    return _POOLS | {code: line[0] for code, line in _GALLERIES.items()}


def _pool(code: str, capacity: int, cells: int) -> PoolFact:
    return PoolFact(code=code, capacity=capacity, free=(capacity,) * cells)


def _with_offer(world: World, session: str, line: tuple[str, str, str, int]) -> World:
    wall, rooms, host, free = line
    activity = world.activities[session.partition(".")[0]]
    offer = OfferFact(
        session=session,
        code=activity.code,
        start=at(wall, world.day),
        end=at(wall, world.day) + activity.duration,
        free=free,
        rooms=tuple(rooms.split()),
        host=host,
    )
    for room in offer.rooms:
        world = _busy(world, room, offer.start - world.rooms[room].setup, offer.end)
    world = _busy(world, host, offer.start, offer.end)
    return replace(world, offers={**world.offers, session: offer})


def taken(world: World, code: str, start: str, end: str) -> World:
    """A room, host, machine or gallery of one group at a time that somebody else has."""
    return _busy(world, code, at(start, world.day), at(end, world.day))


def crowded(world: World, pool: str, start: str, end: str, *, free: int) -> World:
    """A pool with only so many places left for a while."""
    mask = world.mask(at(start, world.day), at(end, world.day))
    before = world.pools[pool]
    cells = tuple(
        min(free, left) if mask >> cell & 1 else left for cell, left in enumerate(before.free)
    )
    return replace(world, pools={**world.pools, pool: replace(before, free=cells)})


def ill(world: World, host: str) -> World:
    """A day on which a host does not work."""
    absent = replace(world.hosts[host], shift=0, free=0)
    return replace(world, hosts={**world.hosts, host: absent})


def shut(world: World, code: str) -> World:
    """A day on which a room, machine or gallery is out of order."""
    if code in world.galleries:
        return crowded(_busy(world, code, world.start, world.end), code, "00:00", "23:45", free=0)
    return _busy(world, code, world.start, world.end)


def broken(world: World, exhibit: str) -> World:
    """A day on which an exhibit is out of order."""
    return replace(world, out_of_order=world.out_of_order | {exhibit})


def _busy(world: World, code: str, start: datetime, end: datetime) -> World:
    keep = ~world.mask(start, end)
    if code in world.rooms:
        room = world.rooms[code]
        return replace(world, rooms={**world.rooms, code: replace(room, free=room.free & keep)})
    if code in world.hosts:
        host = world.hosts[code]
        minutes = host.minutes_left - (end - start) // timedelta(minutes=1)
        changed = replace(host, free=host.free & keep, minutes_left=minutes)
        return replace(world, hosts={**world.hosts, code: changed})
    if code in world.machines:
        return replace(world, machines={**world.machines, code: world.machines[code] & keep})
    gallery = replace(world.galleries[code], untaken=world.galleries[code].untaken & keep)
    return replace(world, galleries={**world.galleries, code: gallery})


def given_request(**changes: Any) -> PlanRequest:
    """A class of 27 of grade 5 that wants a programme, a show and lunch from 09:30 to 14:30."""
    return PlanRequest(
        **{
            "schools": (SCHOOL,),
            "dates": (DAY,),
            "groups": (Group(5, 27),),
            "adults": 3,
            "language": "lv",
            "wishes": (Wish(code="T-07"), Wish(kind="show")),
            "needs": frozenset({Need.LUNCH}),
            "arrive": time(9, 30),
            "depart": time(14, 30),
            **changes,
        }
    )


def given_stop(code: str, start: str, end: str, day: date = DAY, **changes: Any) -> Stop:
    """A stop; its kind is seen from its code, as in T-07, W-01, S-01, g-body, ``lunch``."""
    kinds = {"T": StopKind.PROGRAMME, "W": StopKind.WORKSHOP, "S": StopKind.SHOW}
    kinds |= {"g": StopKind.GALLERY, "l": StopKind.LUNCH}
    return Stop(kind=kinds[code[0]], code=code, start=at(start, day), end=at(end, day), **changes)


def given_plan(day: date = DAY, **changes: Any) -> Plan:
    """A plan that fits `given_request` in `given_world`, undivided:

    T-07 made for the class in rooms A and B by h-08, the show S-02, lunch, a gallery.
    """
    stops = (
        given_stop("T-07", "09:45", "10:45", day, rooms=("room-a", "room-b"), host="h-08"),
        given_stop("S-02", "11:15", "11:45", day, session="S-02.11"),
        given_stop("lunch", "12:00", "12:30", day),
        given_stop("g-smart", "12:45", "13:45", day),
    )
    return Plan(
        **{
            "day": day,
            "arrive": at("09:30", day),
            "leave": at("14:00", day),
            "subgroups": (Subgroup(27, 3),),
            "stops": stops,
            **changes,
        }
    )


def given_split_plan(**changes: Any) -> Plan:
    """A plan of two subgroups that rotate between T-03 in the laboratory and a gallery.

    It fits ``given_request(wishes=(Wish(code="T-03"), Wish(kind="show")))``.
    """
    first = {"rooms": ("laboratory",), "host": "h-04"}
    stops = (
        given_stop("T-03", "09:45", "10:45", who=(0,), **first),
        given_stop("g-smart", "09:45", "10:40", who=(1,)),
        given_stop("g-smart", "11:00", "11:55", who=(0,)),
        given_stop("T-03", "11:00", "12:00", who=(1,), **first),
        given_stop("lunch", "12:15", "12:45", who=(0, 1)),
        given_stop("S-01", "13:15", "13:45", who=(0, 1), session="S-01.13"),
    )
    return given_plan(
        **{"subgroups": (Subgroup(14, 2), Subgroup(13, 1)), "stops": stops, **changes}
    )
