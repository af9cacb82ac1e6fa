"""Put the tasks of a day in order: a depth-first search over cells, bounded in its steps.

The subgroup that is free first takes its next task, at the earliest start that its places, the
walk and everybody's other tasks leave; the tasks are tried in the order of those starts. A branch
is cut when a subgroup cannot take a remaining task any more, or not all of them before the end.
What has failed once from the same situation is not tried again.

```
frontier   0 ──T-07──┐           1 ──gallery──┐       by subgroup: free again when, and where
           next: the earliest of what is left: W-01 10:30 | show 11:15 | lunch 11:30
```
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bookings.visits.planner.plan import Subgroup
from bookings.visits.planner.situation import Draft, Placed, Situation, with_setup
from bookings.visits.planner.ways import CELL_MIN, MINUTE, Part, Task, Way, people_of
from bookings.visits.planner.world import World

# Alternatives of one task that one situation tries: what start next earliest.
_WAYS_MOST = 2


@dataclass(slots=True)
class Steps:
    """How many situations may still be looked at."""

    left: int


@dataclass(frozen=True, slots=True)
class Window:
    """From when the first stop may start, and until when the last must end: minutes."""

    first: int
    last: int


class Scheduler:
    """Orders the tasks of one class on one day."""

    def __init__(
        self, world: World, tasks: tuple[Task, ...], subgroups: tuple[Subgroup, ...]
    ) -> None:
        self._world = world
        self._tasks = tasks
        self._subgroups = subgroups
        self._least = [task.minutes_least for task in tasks]
        # Where any way of a task may start.
        self._starts = [task.starts for task in tasks]
        self._walks: dict[tuple[str, str], int] = {}
        self._dead: set[object] = set()
        self._window = Window(0, 0)

    def drafts(self, window: Window, steps: Steps, most: int) -> list[Draft]:
        """The first so many orders of the tasks that start and end inside the window."""
        self._window = window
        self._dead = set()
        count, tasks = len(self._subgroups), len(self._tasks)
        root = Situation(
            placed=(),
            ends=(window.first,) * count,
            places=(None,) * count,
            left=((1 << tasks) - 1,) * count,
            chosen=(None,) * tasks,
            used={},
            shares={},
            spent={},
        )
        found: list[Draft] = []
        if self._is_open(root, tuple(range(count))):
            self._descend(root, steps, found, most)
        return found

    def _descend(self, at: Situation, steps: Steps, found: list[Draft], most: int) -> None:
        waiting = [index for index, left in enumerate(at.left) if left]
        if not waiting:
            found.append(at.placed)
            return
        known = (at.ends, at.left, at.chosen)
        if known in self._dead:
            return
        before = len(found)
        subgroup = min(waiting, key=lambda index: (at.ends[index], index))
        for task, placed in self._moves(at, subgroup):
            if steps.left <= 0 or len(found) >= most:
                return
            steps.left -= 1
            after = at.after(task, placed, self._subgroups)
            if self._is_open(after, placed.who):
                self._descend(after, steps, found, most)
        if len(found) == before and steps.left > 0:
            self._dead.add(known)

    def _moves(self, at: Situation, subgroup: int) -> list[tuple[int, Placed]]:
        """What a subgroup may take next, the earliest first."""
        moves: list[tuple[int, Placed]] = []
        for task in _bits(at.left[subgroup]):
            ways = self._ways(at, task)
            placed = [one for way in ways if (one := self._earliest(at, way, subgroup))]
            placed.sort(key=_by_start)
            moves += [(task, one) for one in placed[:_WAYS_MOST]]
        moves.sort(key=lambda move: (move[1].start, -move[1].end, move[0]))
        return moves

    def _ways(self, at: Situation, task: int) -> tuple[Way, ...]:
        """The way that was chosen for the task, or all whose activity is not in the day yet."""
        chosen = at.chosen[task]
        if chosen is not None:
            return (chosen,)
        ways = self._tasks[task].ways
        codes = {way.code for way in at.chosen if way is not None}
        if codes.isdisjoint(self._tasks[task].codes):
            return ways
        return tuple(way for way in ways if way.code not in codes)

    def _earliest(self, at: Situation, way: Way, subgroup: int) -> Placed | None:
        part = way.parts[subgroup]
        ready = max(at.ends[index] for index in part)
        first = -(-ready // CELL_MIN)
        starts = way.starts >> first
        while starts:
            first += (starts & -starts).bit_length() - 1
            starts = way.starts >> first
            if first * CELL_MIN + way.minutes > self._window.last:
                return None
            placed = self._place(at, way, part, first)
            if placed is not None:
                return placed
            first += 1
            starts >>= 1
        return None

    def _place(self, at: Situation, way: Way, part: Part, cell: int) -> Placed | None:
        """The task at this cell: in a session, in rooms made ready, or in its pool."""
        start = cell * CELL_MIN
        end = start + way.minutes
        if way.pool is not None:
            fits = self._is_reached(at, part, way.pool, start)
            fits = fits and self._has_room(at, way, part, cell)
            return Placed(way, part, start, end, way.pool) if fits else None
        pupils = sum(self._subgroups[index].pupils for index in part)
        for offer in way.sessions.get(cell, ()):
            place = offer.rooms[0] if offer.rooms else offer.session
            taken = sum(share for _, share in at.shares.get(offer.session, ()))
            if taken + pupils <= offer.free and self._is_reached(at, part, place, start):
                return Placed(way, part, start, end, place, session=offer.session)
        return self._made(at, way, part, cell)

    def _made(self, at: Situation, way: Way, part: Part, cell: int) -> Placed | None:
        start, length = cell * CELL_MIN, -(-way.minutes // CELL_MIN)
        busy = ((1 << length) - 1) << cell
        if any(at.used.get(machine, 0) & busy for machine in way.machines):
            return None
        run = next(
            (
                run
                for run in way.runs
                if run.starts >> cell & 1
                and self._is_reached(at, part, run.rooms[0], start)
                and not any(
                    at.used.get(room, 0) & with_setup(busy, setup)
                    for room, setup in zip(run.rooms, run.setups, strict=True)
                )
            ),
            None,
        )
        host = self._host(at, way, cell, busy) if run else None
        if run is None or host is None:
            return None
        end = start + way.minutes
        return Placed(way, part, start, end, run.rooms[0], rooms=run.rooms, host=host)

    def _host(self, at: Situation, way: Way, cell: int, busy: int) -> str | None:
        for host, starts in way.hosts:
            if starts >> cell & 1 and not at.used.get(host, 0) & busy:
                left = self._world.hosts[host].minutes_left - at.spent.get(host, 0)
                if left >= way.minutes:
                    return host
        return None

    def _is_reached(self, at: Situation, part: Part, place: str, start: int) -> bool:
        """Whether everybody has the time to walk there."""
        for index in part:
            before = at.places[index]
            if before is not None and at.ends[index] + self._walk(before, place) > start:
                return False
        return True

    def _walk(self, one: str, other: str) -> int:
        pair = (one, other)
        if pair not in self._walks:
            self._walks[pair] = -(-self._world.walk_between(one, other) // MINUTE)
        return self._walks[pair]

    def _has_room(self, at: Situation, way: Way, part: Part, cell: int) -> bool:
        """Whether a pool holds this part beside the parts of the same class that are in it."""
        shares = at.shares.get(way.code)
        if not shares:
            return True
        length = -(-way.minutes // CELL_MIN)
        busy = ((1 << length) - 1) << cell
        together = sum(people for mask, people in shares if mask & busy)
        free = min(self._world.pools[way.code].free[cell : cell + length])
        return together + people_of(self._subgroups, part) <= free

    def _is_open(self, at: Situation, who: Part) -> bool:
        """Whether these subgroups may still take all that is left to them."""
        for index in who:
            end = at.ends[index]
            first = -(-end // CELL_MIN)
            left, task = at.left[index], 0
            while left:
                if left & 1:
                    chosen = at.chosen[task]
                    if not (chosen.starts if chosen else self._starts[task]) >> first:
                        return False
                    end += self._least[task]
                left >>= 1
                task += 1
            if end > self._window.last:
                return False
        return True


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _by_start(placed: Placed) -> tuple[int, int]:
    return placed.start, placed.end
