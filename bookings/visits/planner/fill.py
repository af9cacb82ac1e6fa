"""Make a whole day of placed tasks: galleries fill the time in which a subgroup would wait.

First those of the exhibits that the class's programmes use, then the emptiest; no subgroup sees one
twice. A gallery stop starts on the grid and ends when it is time to walk on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bookings.visits.planner.candidates import Candidates
from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup, order_of
from bookings.visits.planner.situation import Draft, Placed
from bookings.visits.planner.ways import CELL_MIN, MINUTE, Part, people_of
from bookings.visits.planner.world import GalleryFact, Mask, World

# A class that would see no gallery at all is given one of about this length.
# Nobody reads a timetable that says 10.42.
_NEAT_MIN = 5
_GALLERY_WISHED_MIN = 45


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a class comes (None: with its first stop) and until when it may stay: minutes."""

    arrive: int | None
    last: int


@dataclass(slots=True)
class _Visit:
    """Something that a subgroup does, in minutes; what is no gallery stays as it was placed."""

    who: Part
    start: int
    end: int
    place: str
    placed: Placed | None = None

    @property
    def is_gallery(self) -> bool:
        return self.placed is None or self.placed.way.kind is StopKind.GALLERY


@dataclass(frozen=True, slots=True)
class _Gap:
    """Time without a stop: from when and where, until when and where to."""

    start: int
    place: str | None
    end: int
    onward: str | None


class Filler:
    """Completes the drafts of one class on one day."""

    def __init__(
        self, candidates: Candidates, subgroups: tuple[Subgroup, ...], roomy: Mask
    ) -> None:
        """`roomy`: the cells in which the house is not so full that staying on costs others."""
        self._world: World = candidates.world
        self._roomy = roomy
        self._galleries = candidates.galleries()
        self._subgroups = subgroups
        self._least = self._world.policy.gallery_min // MINUTE
        self._most = self._world.policy.gallery_most // MINUTE
        self._pause = self._world.policy.pause // MINUTE
        self._early = self._world.policy.arrive_early // MINUTE

    def plan(self, draft: Draft, bounds: Bounds) -> Plan:
        """The whole day of a draft."""
        visits = [_Visit(p.who, p.start, p.end, p.place, p) for p in draft]
        linked = self._linked(draft)
        bounds = replace(bounds, last=self._stays_until(visits, bounds))
        self._stretch(visits, bounds)
        for gap, who in self._gaps(visits, bounds):
            self._fill(gap, who, visits, linked)
        self._add_gallery(visits, linked, bounds)
        return self._as_plan(visits, bounds)

    def _stays_until(self, visits: list[_Visit], bounds: Bounds) -> int:
        """Until when the class may linger after its last task."""
        end = max(visit.end for visit in visits)
        cell = -(-end // CELL_MIN)
        while self._roomy >> cell & 1:
            cell += 1
        return max(end, min(bounds.last, cell * CELL_MIN))

    def _linked(self, draft: Draft) -> frozenset[str]:
        facts = self._world.activities
        codes = [placed.way.code for placed in draft if placed.way.pool is None]
        return frozenset(gallery for code in codes for gallery in facts[code].galleries)

    def _stretch(self, visits: list[_Visit], bounds: Bounds) -> None:
        """Wanted galleries last until the next stop, where there is time and room."""
        for visit in [visit for visit in visits if visit.is_gallery]:
            until = min(bounds.last, *(self._free_until(visit, i, visits) for i in visit.who))
            others = [other for other in visits if other is not visit]
            longest = min(until, visit.start + self._most) // _NEAT_MIN * _NEAT_MIN
            for end in range(longest, visit.end, -CELL_MIN):
                if self._has_room(visit.place, visit.who, (visit.start, end), others):
                    visit.end = end
                    break

    def _free_until(self, visit: _Visit, index: int, visits: list[_Visit]) -> int:
        """When a subgroup must go on from a stay; at the end of its day it soon does."""
        later = [other for other in _own(visits, index) if other.start > visit.start]
        if not later:
            return visit.start + _GALLERY_WISHED_MIN
        return later[0].start - self._walk(visit.place, later[0].place)

    def _gaps(self, visits: list[_Visit], bounds: Bounds) -> list[tuple[_Gap, Part]]:
        """Where subgroups wait; those that wait alike wait together."""
        first = min(visit.start for visit in visits)
        if bounds.arrive is not None:
            first = min(first, bounds.arrive + self._early)
        last = max(visit.end for visit in visits)
        together: dict[_Gap, Part] = {}
        for index in range(len(self._subgroups)):
            for gap in _gaps_of(_own(visits, index), first, last):
                if gap.end - gap.start >= self._least:
                    together[gap] = (*together.get(gap, ()), index)
        return sorted(together.items(), key=lambda item: (item[0].start, item[1]))

    def _fill(self, gap: _Gap, who: Part, visits: list[_Visit], linked: frozenset[str]) -> None:
        found = [visit for fact in self._galleries if (visit := self._try(fact, gap, who, visits))]
        if not found:
            return
        visit = min(found, key=lambda one: self._preference(one, linked, visits))
        visits.append(visit)
        self._fill(replace(gap, start=visit.end, place=visit.place), who, visits, linked)

    def _try(self, fact: GalleryFact, gap: _Gap, who: Part, visits: list[_Visit]) -> _Visit | None:
        """A stay in this gallery that fits the gap, as long as may be."""
        if any(visit.place == fact.code and set(visit.who) & set(who) for visit in visits):
            return None
        walk = self._walk(gap.place, fact.code) if gap.place else 0
        start = -(-(gap.start + walk) // CELL_MIN) * CELL_MIN
        span = gap.end - (self._walk(fact.code, gap.onward) if gap.onward else 0) - start
        if span < self._least:
            return None
        # Time for a pause too, where there is enough.
        if gap.onward and span - self._pause >= self._least:
            span -= self._pause
        # Two stays of like length rather than a long one and a rest that is too short.
        even = span // -(-span // (self._most + CELL_MIN))
        length = min(self._most, even // _NEAT_MIN * _NEAT_MIN)
        for end in range(start + length, start + self._least - 1, -CELL_MIN):
            if self._has_room(fact.code, who, (start, end), visits):
                return _Visit(who, start, end, fact.code)
        return None

    def _preference(
        self, visit: _Visit, linked: frozenset[str], visits: list[_Visit]
    ) -> tuple[bool, float, int, str]:
        return (
            visit.place not in linked,
            self._load(visit, visits),
            visit.start - visit.end,
            visit.place,
        )

    def _load(self, visit: _Visit, visits: list[_Visit]) -> float:
        """How full the gallery would be, from 0 to 1."""
        pool = self._world.pools[visit.place]
        first, last = visit.start // CELL_MIN, -(-visit.end // CELL_MIN)
        taken = pool.capacity - min(pool.free[first:last])
        ours = people_of(self._subgroups, visit.who) + self._ours(visit.place, first, last, visits)
        return round((taken + ours) / max(1, pool.capacity), 1)

    def _ours(self, place: str, first: int, last: int, visits: list[_Visit]) -> int:
        """The people of this class who are in a pool at the same time."""
        return sum(
            people_of(self._subgroups, visit.who)
            for visit in visits
            if visit.place == place
            and visit.start < last * CELL_MIN
            and first * CELL_MIN < -(-visit.end // CELL_MIN) * CELL_MIN
        )

    def _has_room(
        self, gallery: str, who: Part, when: tuple[int, int], visits: list[_Visit]
    ) -> bool:
        fact, pool = self._world.galleries[gallery], self._world.pools[gallery]
        first, last = when[0] // CELL_MIN, -(-when[1] // CELL_MIN)
        if first < 0 or last > self._world.cells:
            return False
        wanted = ((1 << (last - first)) - 1) << first
        if fact.alone and fact.untaken & wanted != wanted:
            return False
        people = people_of(self._subgroups, who) + self._ours(gallery, first, last, visits)
        return people <= min(pool.free[first:last])

    def _add_gallery(self, visits: list[_Visit], linked: frozenset[str], bounds: Bounds) -> None:
        """A class that would only be taught goes to a gallery before it leaves."""
        without: dict[_Gap, Part] = {}
        for index in range(len(self._subgroups)):
            own = _own(visits, index)
            if own and not any(visit.is_gallery for visit in own):
                end = min(bounds.last, own[-1].end + CELL_MIN + _GALLERY_WISHED_MIN)
                gap = _Gap(own[-1].end, own[-1].place, end, None)
                without[gap] = (*without.get(gap, ()), index)
        for gap, who in without.items():
            self._fill(gap, who, visits, linked)

    def _as_plan(self, visits: list[_Visit], bounds: Bounds) -> Plan:
        world = self._world
        first = min(visit.start for visit in visits)
        arrive = first - self._early if bounds.arrive is None else bounds.arrive
        return Plan(
            day=world.day,
            arrive=world.start + arrive * MINUTE,
            leave=world.start + max(visit.end for visit in visits) * MINUTE,
            subgroups=self._subgroups,
            stops=tuple(sorted(map(self._stop, self._merged(visits)), key=order_of)),
        )

    def _merged(self, visits: list[_Visit]) -> list[_Visit]:
        """Subgroups that are in the same place for the same time are there together."""
        together: dict[object, _Visit] = {}
        for visit in sorted(visits, key=lambda one: one.who):
            session = visit.placed.session if visit.placed else None
            key = (visit.start, visit.end, visit.place, session, visit.placed and visit.placed.host)
            other = together.get(key)
            who = (*other.who, *visit.who) if other else visit.who
            if self._pupils(who) <= self._seats(visit.placed):
                together[key] = replace(visit, who=tuple(sorted(who)))
            else:
                together[(key, who)] = visit
        return list(together.values())

    def _seats(self, placed: Placed | None) -> int:
        """How many may take a stop together; a pool says so itself."""
        if placed is None or placed.way.pool is not None:
            return self._pupils(tuple(range(len(self._subgroups))))
        return self._world.activities[placed.way.code].seats_max

    def _pupils(self, who: Part) -> int:
        return sum(self._subgroups[index].pupils for index in who)

    def _stop(self, visit: _Visit) -> Stop:
        start = self._world.start + visit.start * MINUTE
        end = self._world.start + visit.end * MINUTE
        placed = visit.placed
        if placed is None:
            return Stop(
                kind=StopKind.GALLERY, code=visit.place, start=start, end=end, who=visit.who
            )
        return Stop(
            kind=placed.way.kind,
            code=placed.way.code,
            start=start,
            end=end,
            who=visit.who,
            session=placed.session,
            rooms=placed.rooms,
            host=placed.host,
            machines=placed.way.machines if placed.host else (),
        )

    def _walk(self, one: str, other: str) -> int:
        return -(-self._world.walk_between(one, other) // MINUTE)


def _own(visits: list[_Visit], index: int) -> list[_Visit]:
    return sorted((v for v in visits if index in v.who), key=lambda visit: visit.start)


def _gaps_of(visits: list[_Visit], first: int, last: int) -> Iterator[_Gap]:
    """Before, between and after the stops of one subgroup."""
    if not visits:
        yield _Gap(first, None, last, None)
        return
    yield _Gap(first, None, visits[0].start, visits[0].place)
    for one, other in pairwise(visits):
        yield _Gap(one.end, one.place, other.start, other.place)
    yield _Gap(visits[-1].end, visits[-1].place, last, None)
