"""The pieces of a day that the search moves: ways to meet a task, and masks of when they may start.

```
Task   what every subgroup takes once
Way    one way to do it: which activity, the class divided how, its possible starts as a mask
Run    the room, or neighbours as one, in which a way is made ready
```
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from itertools import pairwise

from bookings.visits.planner.plan import StopKind, Subgroup
from bookings.visits.planner.world import Mask, OfferFact, World
from vizium.kernel.clock import CELL

CELL_MIN = 15
MINUTE = timedelta(minutes=1)

Part = tuple[int, ...]
"""Subgroups that take a stop together."""


@dataclass(frozen=True, slots=True)
class Run:
    """A room, or neighbours as one; `setups` are the cells that each needs before the start."""

    rooms: tuple[str, ...]
    setups: tuple[int, ...]
    starts: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """One way to meet a task: what, how long, with the class divided how, and when it may start.

    `parts` are keyed by subgroup: with whom it goes. `sessions` are keyed by their first cell.
    A gallery or lunch has a `pool` and neither session nor room.
    """

    kind: StopKind
    code: str
    minutes: int
    parts: tuple[Part, ...]
    starts: Mask
    sessions: Mapping[int, tuple[OfferFact, ...]]
    runs: tuple[Run, ...] = ()
    hosts: tuple[tuple[str, Mask], ...] = ()
    machines: tuple[str, ...] = ()
    pool: str | None = None


@dataclass(frozen=True)
class Task:
    """What every subgroup has to take once, in any of these ways."""

    ways: tuple[Way, ...]

    @property
    def minutes_least(self) -> int:
        """The shortest of its ways."""
        return min(way.minutes for way in self.ways)

    @property
    def starts(self) -> Mask:
        """Where any of its ways may start."""
        return union(way.starts for way in self.ways)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The activities, gallery or lunch that it may be."""
        return frozenset(way.code for way in self.ways)


def cells_of(duration: timedelta) -> int:
    """The cells that a duration from a cell's beginning touches."""
    return -(-duration // CELL)


def starts_of(free: Mask, length: int, setup: int = 0) -> Mask:
    """Where `length` free cells begin with `setup` free ones before; before opening all is free."""
    reach = length + setup
    run = free << setup | (1 << setup) - 1
    done = 1
    while done < reach:
        step = min(done, reach - done)
        run &= run >> step
        done += step
    return run


def divide(pupils: int, adults: int, count: int) -> tuple[Subgroup, ...]:
    """The class in so many even parts, the larger ones first."""
    return tuple(
        Subgroup(
            pupils // count + (index < pupils % count), adults // count + (index < adults % count)
        )
        for index in range(count)
    )


@cache
def divisions(count: int) -> tuple[tuple[Part, ...], ...]:
    """How subgroups may go together, by subgroup: all, then in ever more even parts."""
    ways = []
    for parts in range(1, count + 1):
        bounds = [index * count // parts for index in range(parts + 1)]
        chunks = [tuple(range(one, other)) for one, other in pairwise(bounds)]
        ways.append(tuple(chunk for chunk in chunks for _ in chunk))
    return tuple(ways)


def room_for(world: World, pool: str, people: int) -> Mask:
    """The cells in which a pool has room for so many more; none where there is no such pool."""
    if pool not in world.pools:
        return 0
    free = world.pools[pool].free
    return union(1 << cell for cell, places in enumerate(free) if places >= people)


def people_of(subgroups: tuple[Subgroup, ...], part: Part) -> int:
    """Pupils and adults of some subgroups."""
    return sum(subgroups[index].pupils + subgroups[index].adults for index in part)


def union(masks: Iterable[Mask]) -> Mask:
    """The cells of any of the masks."""
    together = 0
    for mask in masks:
        together |= mask
    return together
