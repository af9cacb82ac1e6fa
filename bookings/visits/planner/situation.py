"""Where the search for a day stands: what is placed, and what of the day the class itself uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from bookings.visits.planner.plan import Subgroup
from bookings.visits.planner.ways import CELL_MIN, Part, Way, people_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A task, or a part's share of it, at a time and place; minutes from the world's start."""

    way: Way
    who: Part
    start: int
    end: int
    place: str
    session: str | None = None
    rooms: tuple[str, ...] = ()
    host: str | None = None


Draft = tuple[Placed, ...]
"""The tasks of a day, placed, in the order in which they were found."""


@dataclass(slots=True)
class Situation:
    """Where the search stands; never changed, a step makes a new one.

    `ends` and `places` are keyed by subgroup, `left` are masks of its remaining tasks, `chosen` are
    the ways by task. `used` are cells by room, host and machine; `shares` people by pool
    or session.
    """

    placed: Draft
    ends: tuple[int, ...]
    places: tuple[str | None, ...]
    left: tuple[int, ...]
    chosen: tuple[Way | None, ...]
    used: Mapping[str, int]
    shares: Mapping[str, tuple[tuple[int, int], ...]]
    spent: Mapping[str, int]

    def after(self, task: int, placed: Placed, subgroups: tuple[Subgroup, ...]) -> Self:
        """Where the search stands once a task is placed."""
        chosen = self.chosen
        if chosen[task] is None:
            chosen = (*chosen[:task], placed.way, *chosen[task + 1 :])
        used, shares, spent = self._uses(placed, subgroups)
        ends, places, left = list(self.ends), list(self.places), list(self.left)
        for index in placed.who:
            ends[index] = placed.end
            places[index] = placed.place
            left[index] &= ~(1 << task)
        return type(self)(
            placed=(*self.placed, placed),
            ends=tuple(ends),
            places=tuple(places),
            left=tuple(left),
            chosen=chosen,
            used=used,
            shares=shares,
            spent=spent,
        )

    def _uses(
        self, placed: Placed, subgroups: tuple[Subgroup, ...]
    ) -> tuple[Mapping[str, int], Mapping[str, tuple[tuple[int, int], ...]], Mapping[str, int]]:
        way = placed.way
        busy = ((1 << -(-way.minutes // CELL_MIN)) - 1) << placed.start // CELL_MIN
        if placed.host is None:
            key = placed.session or way.code
            people = (
                sum(subgroups[index].pupils for index in placed.who)
                if placed.session
                else people_of(subgroups, placed.who)
            )
            shares = {**self.shares, key: (*self.shares.get(key, ()), (busy, people))}
            return self.used, shares, self.spent
        used = dict(self.used)
        run = next(run for run in way.runs if run.rooms == placed.rooms)
        for room, setup in zip(run.rooms, run.setups, strict=True):
            used[room] = used.get(room, 0) | with_setup(busy, setup)
        for code in (placed.host, *way.machines):
            used[code] = used.get(code, 0) | busy
        spent = {**self.spent, placed.host: self.spent.get(placed.host, 0) + way.minutes}
        return used, self.shares, spent


def with_setup(busy: int, setup: int) -> int:
    """The cells of a stop and those before it in which its room is made ready."""
    for _ in range(setup):
        busy |= busy >> 1
    return busy
