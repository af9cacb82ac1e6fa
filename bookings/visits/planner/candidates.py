"""What may happen when: every way to meet a wish on one day, with its possible starts as a mask.

The search never asks the world again: all that depends on the day alone (who is free, which rooms
combine, what the needs forbid) is folded here into one mask of starts per way, once per day.
"""

from collections.abc import Iterable, Iterator

from bookings.visits.planner.judge.wishes import meets
from bookings.visits.planner.plan import StopKind, Subgroup
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.ways import (
    MINUTE,
    Part,
    Run,
    Task,
    Way,
    cells_of,
    divisions,
    people_of,
    room_for,
    starts_of,
    union,
)
from bookings.visits.planner.world import (
    LUNCH,
    ActivityFact,
    GalleryFact,
    HostFact,
    Mask,
    OfferFact,
    RoomFact,
    World,
    are_neighbours,
)
from vizium.kernel.clock import CELL, from_wall

# An open wish ("any show") weighs so many activities; more would only differ in their names.
_ACTIVITIES_MOST = 8
# A wish is tried undivided and in so many further divisions of the class.
_DIVISIONS_MOST = 2


class Candidates:
    """The ways of one day for one class, divided into these subgroups."""

    def __init__(self, request: PlanRequest, world: World) -> None:
        self.request = request
        self.world = world
        self.language = request.language
        self._step_free = Need.STEP_FREE in request.needs
        self._quiet = Need.QUIET in request.needs
        self._runs = {kind: self._runs_of(kind) for kind in {r.kind for r in world.rooms.values()}}
        self._offers = self._offers_by_code()
        # Keyed by the activity's code and the division: two wishes may mean the same activities.
        self._ways: dict[tuple[str, tuple[Subgroup, ...]], tuple[Way, ...]] = {}
        self._meeting = [self._activities_for(wish) for wish in request.wishes]

    def tasks(self, subgroups: tuple[Subgroup, ...]) -> tuple[Task, ...] | None:
        """All that the day has to hold, or None where something is impossible from the start."""
        tasks = [self._task_of(activities, subgroups) for activities in self._meeting]
        tasks += [self._gallery_task(code, subgroups) for code in self._wanted_galleries()]
        if Need.LUNCH in self.request.needs:
            tasks.append(self._lunch_task(subgroups))
        return tuple(tasks) if all(task.ways for task in tasks) else None

    def pupils_most(self) -> int:
        """How many pupils fit where the tightest wish has its most seats."""
        most = [max(map(self._seats_most, wish), default=0) for wish in self._meeting]
        return min(most, default=self.request.pupils)

    def is_fit(self, place: RoomFact | GalleryFact) -> bool:
        """Whether a place suits the needs of the class."""
        return (place.step_free or not self._step_free) and (place.quiet or not self._quiet)

    def galleries(self) -> list[GalleryFact]:
        """The galleries that the class may see, by code."""
        known = sorted(self.world.galleries.items())
        return [fact for code, fact in known if self.is_fit(fact) and code in self.world.pools]

    def _wanted_galleries(self) -> tuple[str, ...]:
        if self.request.galleries or self.request.wishes:
            return tuple(dict.fromkeys(self.request.galleries))
        # Who wishes nothing in particular comes to see the exposition.
        by_room = sorted(self.galleries(), key=lambda fact: (-self._room_in(fact.code), fact.code))
        return tuple(fact.code for fact in by_room[:2])

    def _room_in(self, gallery: str) -> int:
        return sum(self.world.pools[gallery].free)

    def _activities_for(self, wish: Wish) -> list[ActivityFact]:
        return [
            fact
            for _, fact in sorted(self.world.activities.items())
            if meets(fact, wish) and self._may_take(fact)
        ]

    def _may_take(self, fact: ActivityFact) -> bool:
        return (
            self.request.grades <= fact.grades
            and self.language in fact.languages
            and not fact.exhibits & self.world.out_of_order
        )

    def _seats_most(self, fact: ActivityFact) -> int:
        offers = [offer.free for offer in self._offers_of(fact)]
        runs = self._runs.get(fact.room_kind, []) if fact.on_request else []
        rooms = [sum(room.seats for room in run) for run in runs]
        return min(fact.seats_max, max([*offers, *rooms], default=0))

    def _task_of(self, activities: Iterable[ActivityFact], subgroups: tuple[Subgroup, ...]) -> Task:
        ways: list[tuple[Way, ...]] = []
        for fact in activities:
            found = self._ways_of(fact, subgroups)
            if found:
                ways.append(found)
        ways.sort(key=lambda found: -max(way.starts.bit_count() for way in found))
        kept = ways[: max(_ACTIVITIES_MOST, len(self.request.wishes))]
        return Task(tuple(way for found in kept for way in found))

    def _ways_of(self, fact: ActivityFact, subgroups: tuple[Subgroup, ...]) -> tuple[Way, ...]:
        known = self._ways.get((fact.code, subgroups))
        if known is None:
            known = self._ways[fact.code, subgroups] = tuple(self._found_ways(fact, subgroups))
        return known

    def _found_ways(self, fact: ActivityFact, subgroups: tuple[Subgroup, ...]) -> list[Way]:
        found: list[Way] = []
        for parts in divisions(len(subgroups)):
            sizes = [sum(subgroups[index].pupils for index in part) for part in set(parts)]
            if fact.seats_min <= min(sizes) and max(sizes) <= fact.seats_max:
                way = self._way(fact, parts, max(sizes))
                found += [way] if way.starts else []
            if len(found) == _DIVISIONS_MOST:
                break
        return found

    def _way(self, fact: ActivityFact, parts: tuple[Part, ...], pupils: int) -> Way:
        length = cells_of(fact.duration)
        sessions: dict[int, tuple[OfferFact, ...]] = {}
        for offer in self._offers_of(fact):
            if offer.free >= pupils:
                cell = self.world.cell(offer.start)
                sessions[cell] = (*sessions.get(cell, ()), offer)
        runs = tuple(self._free_runs(fact, pupils, length)) if fact.on_request else ()
        hosts = tuple(self._free_hosts(fact, length)) if runs else ()
        made = union(run.starts for run in runs) & union(starts for _, starts in hosts)
        for machine in fact.machines:
            made &= starts_of(self.world.machines.get(machine, 0), length)
        return Way(
            kind=fact.kind,
            code=fact.code,
            minutes=fact.duration // MINUTE,
            parts=parts,
            starts=made | union(1 << cell for cell in sessions),
            sessions=sessions,
            runs=runs if made else (),
            hosts=hosts,
            machines=fact.machines,
        )

    def _offers_of(self, fact: ActivityFact) -> list[OfferFact]:
        return self._offers.get(fact.code, [])

    def _offers_by_code(self) -> dict[str, list[OfferFact]]:
        """Published sessions on the grid that suit language and needs, by session."""
        offers: dict[str, list[OfferFact]] = {}
        for _, offer in sorted(self.world.offers.items()):
            host = self.world.hosts.get(offer.host or "")
            rooms = [self.world.rooms[room] for room in offer.rooms if room in self.world.rooms]
            if (
                self.world.is_within(offer.start, offer.end)
                and not (offer.start - self.world.start) % CELL
                and (host is None or self.language in host.languages)
                and all(map(self.is_fit, rooms))
            ):
                offers.setdefault(offer.code, []).append(offer)
        return offers

    def _runs_of(self, kind: str) -> list[tuple[RoomFact, ...]]:
        """Rooms of a kind that may be used as one, the smallest first."""
        rooms = [room for room in self.world.rooms.values() if room.kind == kind]
        rooms = sorted(filter(self.is_fit, rooms), key=lambda room: (room.position or 0, room.code))
        runs = [
            tuple(rooms[first:last])
            for first in range(len(rooms))
            for last in range(first + 1, len(rooms) + 1)
            if are_neighbours(tuple(rooms[first:last]))
        ]
        return sorted(runs, key=lambda run: (sum(r.seats for r in run), [r.code for r in run]))

    def _free_runs(self, fact: ActivityFact, pupils: int, length: int) -> Iterator[Run]:
        """Only the smallest: where a run fits, a longer one with it adds nothing."""
        enough: list[frozenset[str]] = []
        for rooms in self._runs.get(fact.room_kind, ()):
            codes = frozenset(room.code for room in rooms)
            if sum(room.seats for room in rooms) < pupils or any(run <= codes for run in enough):
                continue
            enough.append(codes)
            setups = tuple(cells_of(room.setup) for room in rooms)
            starts = -1
            for room, setup in zip(rooms, setups, strict=True):
                starts &= starts_of(room.free, length, setup)
            if starts:
                yield Run(tuple(room.code for room in rooms), setups, starts)

    def _free_hosts(self, fact: ActivityFact, length: int) -> Iterator[tuple[str, Mask]]:
        """Who may lead it; first those who can do least else, so that the others stay free."""
        for host in sorted(self.world.hosts.values(), key=_versatility):
            if (
                (not fact.skill or fact.skill in host.skills)
                and self.language in host.languages
                and host.minutes_left >= fact.duration // MINUTE
            ):
                starts = starts_of(host.free & host.shift, length)
                if starts:
                    yield host.code, starts

    def _gallery_task(self, code: str, subgroups: tuple[Subgroup, ...]) -> Task:
        fact = self.world.galleries.get(code)
        if fact is None or not self.is_fit(fact):
            return Task(())
        minutes = self.world.policy.gallery_min // MINUTE
        free = fact.untaken if fact.alone else -1
        return self._pool_task((StopKind.GALLERY, code), minutes, free, subgroups)

    def _lunch_task(self, subgroups: tuple[Subgroup, ...]) -> Task:
        policy, world = self.world.policy, self.world
        window = world.mask(
            from_wall(world.day, policy.lunch_from), from_wall(world.day, policy.lunch_until)
        )
        minutes = policy.lunch // MINUTE
        return self._pool_task((StopKind.LUNCH, LUNCH), minutes, window, subgroups)

    def _pool_task(
        self,
        what: tuple[StopKind, str],
        minutes: int,
        free: Mask,
        subgroups: tuple[Subgroup, ...],
    ) -> Task:
        kind, pool = what
        ways = []
        for parts in divisions(len(subgroups)):
            people = max(people_of(subgroups, part) for part in parts)
            room = free & room_for(self.world, pool, people)
            starts = starts_of(room, cells_of(minutes * MINUTE))
            if starts:
                ways.append(
                    Way(
                        kind=kind,
                        code=pool,
                        minutes=minutes,
                        parts=parts,
                        starts=starts,
                        sessions={},
                        pool=pool,
                    )
                )
        return Task(tuple(ways[:_DIVISIONS_MOST]))


def _versatility(host: HostFact) -> tuple[int, int, int, str]:
    return len(host.skills), len(host.languages), -host.minutes_left, host.code
