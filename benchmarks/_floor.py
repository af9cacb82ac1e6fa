"""The sample centre in memory: days on which plans are taken, without a database.

Rooms, hosts and their shifts, galleries, ways, pools, machines, activities and the published
timetable are those of `vizium/cli/sample_data`. A plan takes what `takes_of` says, so the calendar
fills as the real one does.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bookings.visits.planner.plan import Plan, StopKind
from bookings.visits.planner.takes import takes_of
from bookings.visits.planner.world import (
    COACH_BAYS,
    ActivityFact,
    GalleryFact,
    HostFact,
    OfferFact,
    PoolFact,
    RoomFact,
    World,
)
from vizium.kernel.clock import CELL, from_wall
from vizium.kernel.money import Cents

_DATA = Path(__file__).parent.parent / "vizium" / "cli" / "sample_data"
_OPENS, _CLOSES = time(9), time(19)
_MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 8, 17, 6, 0, tzinfo=UTC)


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Floor:
    """Days of the centre; `worlds` are keyed by day and change as plans are taken."""

    def __init__(self, days: Iterable[date], *, coach_bays: int | None = None) -> None:
        self._coach_bays = coach_bays
        self._shared: set[str] = set()
        self.worlds: dict[date, World] = {day: self._world(day) for day in days}

    def take(self, plan: Plan) -> None:
        """Take what a plan needs from its day."""
        world = self.worlds[plan.day]
        setups = {code: room.setup for code, room in world.rooms.items()}
        alone = [code for code, gallery in world.galleries.items() if gallery.alone]
        takes = takes_of(plan, setups=setups, alone=alone)
        for take in takes:
            world = self._without(world, take.resource, (take.start, take.end), take.amount)
        for stop in plan.stops:
            if stop.host is not None:
                world = _tired(world, stop.host, stop.end - stop.start)
        self.worlds[plan.day] = world

    def _without(
        self, world: World, code: str, when: tuple[datetime, datetime], amount: int
    ) -> World:
        mask = world.mask(*when)
        if code.startswith("session:"):
            return self._with_fewer_seats(world, code.removeprefix("session:"), amount)
        if code.startswith("alone:"):
            gallery = world.galleries[code.removeprefix("alone:")]
            gallery = replace(gallery, untaken=gallery.untaken & ~mask)
            return replace(world, galleries={**world.galleries, gallery.code: gallery})
        if code in world.pools:
            pool = world.pools[code]
            free = tuple(
                places - amount * (mask >> cell & 1) for cell, places in enumerate(pool.free)
            )
            return replace(world, pools={**world.pools, code: replace(pool, free=free)})
        return _busy(world, code, mask)

    def _with_fewer_seats(self, world: World, session: str, pupils: int) -> World:
        """A session that is not shared is its first school's alone."""
        offer = world.offers[session]
        free = offer.free - pupils if offer.code in self._shared else 0
        return replace(world, offers={**world.offers, session: replace(offer, free=free)})

    def _world(self, day: date) -> World:
        start, end = from_wall(day, _OPENS), from_wall(day, _CLOSES)
        bare = World(day=day, now=NOW, start=start, cells=(end - start) // CELL)
        every = (1 << bare.cells) - 1
        pools = {row["code"]: int(row["capacity"]) for row in _rows("pools") + _rows("galleries")}
        if self._coach_bays is not None:
            pools[COACH_BAYS] = self._coach_bays
        world = replace(
            bare,
            rooms={row["code"]: _room(row, every) for row in _rows("rooms")},
            hosts={row["code"]: _host(row, bare) for row in _rows("hosts")},
            machines={row["code"]: every for row in _rows("machines")},
            galleries={
                row["code"]: GalleryFact(
                    code=row["code"],
                    alone=row["alone"] == "yes",
                    step_free=row["step_free"] == "yes",
                    quiet=row["quiet"] == "yes",
                    untaken=every,
                )
                for row in _rows("galleries")
            },
            walks={
                (row["one"], row["other"]): int(row["minutes"]) * _MINUTE for row in _rows("walks")
            },
            pools={
                code: PoolFact(code=code, capacity=size, free=(size,) * bare.cells)
                for code, size in pools.items()
            },
            activities=_activities(),
        )
        for row in _rows("timetable"):
            if str(day.isoweekday()) in row["weekdays"].split(";"):
                world = self._published(world, row)
        return world

    def _published(self, world: World, row: Mapping[str, str]) -> World:
        """A session of the timetable whose host works that day; its rooms and host are taken."""
        activity, host = world.activities.get(row["activity"]), world.hosts[row["host"]]
        start = from_wall(world.day, time.fromisoformat(row["start"]))
        if activity is None or not host.shift:
            return world
        if row["shared"] == "yes":
            self._shared.add(activity.code)
        rooms = tuple(row["room"].split(";"))
        offer = OfferFact(
            session=f"{world.day}.{activity.code}.{row['start']}",
            code=activity.code,
            start=start,
            end=start + activity.duration,
            free=min(activity.seats_max, sum(world.rooms[room].seats for room in rooms)),
            rooms=rooms,
            host=host.code,
        )
        for room in rooms:
            world = _busy(world, room, world.mask(start - world.rooms[room].setup, offer.end))
        world = _busy(world, host.code, world.mask(start, offer.end))
        world = _tired(world, host.code, activity.duration)
        return replace(world, offers={**world.offers, offer.session: offer})


def _room(row: Mapping[str, str], free: int) -> RoomFact:
    return RoomFact(
        code=row["code"],
        kind=row["kind"],
        seats=int(row["seats"]),
        position=int(row["position"]) if row["position"] else None,
        setup=int(row["setup_min"]) * _MINUTE,
        step_free=row["step_free"] == "yes",
        quiet=row["quiet"] == "yes",
        free=free,
    )


def _host(row: Mapping[str, str], world: World) -> HostFact:
    shift = 0
    for line in _rows("shifts"):
        if line["host"] == row["code"] and str(world.day.isoweekday()) in line["weekdays"]:
            shift |= _hours(world, line["starts"], line["ends"])
            if line["break_starts"]:
                shift &= ~_hours(world, line["break_starts"], line["break_ends"])
    return HostFact(
        code=row["code"],
        skills=frozenset(row["skills"].split(";")),
        languages=frozenset(row["languages"].split(";")),
        shift=shift,
        free=shift,
        minutes_left=int(row["max_minutes_day"]),
    )


def _hours(world: World, starts: str, ends: str) -> int:
    one, other = (from_wall(world.day, time.fromisoformat(wall)) for wall in (starts, ends))
    return world.mask(one, other)


def _activities() -> dict[str, ActivityFact]:
    """What school groups may take; educators' programmes are none of theirs."""
    gallery_of = {row["code"]: row["gallery"] for row in _rows("exhibits")}
    facts = (
        ActivityFact(
            code=row["code"],
            kind=StopKind(row["kind"]),
            grades=frozenset(int(grade) for grade in row["grades"].split(";")),
            languages=frozenset(row["languages"].split(";")),
            areas=frozenset(row["areas"].split(";")),
            subjects=frozenset(row["subjects"].split(";")),
            duration=int(row["duration_min"]) * _MINUTE,
            seats_min=int(row["seats_min"]),
            seats_max=int(row["seats_max"]),
            price_cents=Cents(int(row["price_cents"])),
            room_kind=row["room_kind"],
            skill=row["skill"],
            machines=tuple(filter(None, row["machines"].split(";"))),
            exhibits=frozenset(row["exhibits"].split(";")),
            galleries=frozenset(gallery_of[code] for code in row["exhibits"].split(";")),
            on_request=row["on_request"] == "yes",
        )
        for row in _rows("activities")
        if row["kind"] != "educator"
    )
    return {fact.code: fact for fact in facts}


def _busy(world: World, code: str, mask: int) -> World:
    if code in world.rooms:
        room = world.rooms[code]
        return replace(world, rooms={**world.rooms, code: replace(room, free=room.free & ~mask)})
    if code in world.hosts:
        host = world.hosts[code]
        return replace(world, hosts={**world.hosts, code: replace(host, free=host.free & ~mask)})
    return replace(world, machines={**world.machines, code: world.machines[code] & ~mask})


def _tired(world: World, code: str, worked: timedelta) -> World:
    host = world.hosts[code]
    host = replace(host, minutes_left=host.minutes_left - worked // _MINUTE)
    return replace(world, hosts={**world.hosts, code: host})
