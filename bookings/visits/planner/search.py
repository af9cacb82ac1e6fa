"""Find days for a class: at most three, ranked, each passed by the judge.

```
every wanted day ─ divide the class as little as possible ─ every start of the day
   candidates: what may happen when      schedule: the tasks in order, depth first
   fill: galleries where there is time   rank: the best that differ   validate: the judge
```
A day is looked for with all that makes it comfortable (time before the bus, not too long); when
none is found, without. The work is bounded: `STEPS_MOST` situations for all days together.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

from bookings.visits.planner.candidates import (
    CELL_MIN,
    MINUTE,
    Candidates,
    Task,
    divide,
    room_for,
)
from bookings.visits.planner.fill import Bounds, Filler
from bookings.visits.planner.plan import Plan, Subgroup
from bookings.visits.planner.rank import PLANS_MOST, Ranked, choose, rank
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.schedule import Draft, Scheduler, Steps, Window
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.world import COACH_BAYS, HALL, World
from bookings.visits.rules import adults_needed
from vizium.kernel.clock import from_wall

# Situations that one call looks at, over all dates: about 40 microseconds each.
STEPS_MOST = 2_400
# What one start of the day may use, for each thing that has to be placed.
_STEPS_PER_TASK = 6
# Orders of the same tasks from the same start; a teacher sees few differences beyond.
_DRAFTS_PER_START = 3
# Nobody lingers in galleries unless so much of the hall and of the forecourt stays free.
_SPARE = 0.3
# Drafts that are completed, those with the shortest presence: of a day, and of all days together.
_DRAFTS_PER_DAY, _DRAFTS_MOST = 16, 60

Judge = Callable[[Plan, PlanRequest, World], bool]


def is_valid(plan: Plan, request: PlanRequest, world: World) -> bool:
    """Whether the judge has nothing that blocks the plan."""
    return not blocks(validate(plan, request, world))


def plan_days(
    request: PlanRequest,
    worlds: Mapping[date, World],
    *,
    judge: Judge = is_valid,
    steps: Steps | None = None,
) -> tuple[Plan, ...]:
    """At most three plans over the wanted dates, the best first, each without a blocking violation.

    They differ in day, start or content. No plan is an answer too: `relax` says what would fit.

    Args:
        worlds: keyed by day; a wanted date without a world is closed to the class.
        judge: says which plans may be shown; only tests put another in.
        steps: what the search may still cost, counted down; `STEPS_MOST` where it is not said.
    """
    if request.adults < adults_needed(request.groups):
        return ()
    days = {day: worlds[day] for day in request.dates if day in worlds}
    left = steps or Steps(STEPS_MOST)
    most = min(_DRAFTS_PER_DAY, _DRAFTS_MOST // max(1, len(days)))
    for is_strict in (True, False):
        ranked: list[Ranked] = []
        for number, world in enumerate(days.values()):
            share = Steps(left.left // (len(days) - number))
            left.left -= share.left
            ranked += _Day(request, world, is_strict=is_strict).plans(share, most)
            left.left += share.left
        passed = (plan for plan in choose(ranked) if judge(plan, request, days[plan.day]))
        plans = tuple(islice(passed, PLANS_MOST))
        if plans:
            return plans
    return ()


@dataclass(frozen=True, slots=True)
class _Start:
    """A start of the day with what follows from it."""

    window: Window
    bounds: Bounds


class _Day:
    """One wanted day: all its starts, with the class divided no more than it must be."""

    def __init__(self, request: PlanRequest, world: World, *, is_strict: bool) -> None:
        self._request = request
        self._world = world
        self._is_strict = is_strict
        self._arrive = self._minute(request.arrive)
        self._depart = self._minute(request.depart)

    def _minute(self, wall: time | None) -> int | None:
        if wall is None:
            return None
        return (from_wall(self._world.day, wall) - self._world.start) // MINUTE

    def plans(self, left: Steps, most: int) -> list[Ranked]:
        """The day's plans, at most so many, ranked, not judged yet."""
        if self._world.cells == 0 or self._world.why_closed:
            return []
        starts = list(self._starts())
        candidates = Candidates(self._request, self._world)
        for subgroups in self._divisions(candidates):
            tasks = candidates.tasks(subgroups) if starts else None
            drafts = self._drafts(tasks, subgroups, starts, left) if tasks else []
            if drafts:
                filler = Filler(candidates, subgroups, self._cells_with(_SPARE))
                shortest = sorted(drafts, key=lambda pair: _presence(pair[0]))[:most]
                plans = (filler.plan(draft, bounds) for draft, bounds in shortest)
                return [rank(plan, self._request, self._world) for plan in plans]
        return []

    def _divisions(self, candidates: Candidates) -> Iterator[tuple[Subgroup, ...]]:
        """The class whole or in even parts, from the fewest that the seats allow."""
        pupils, adults = self._request.pupils, self._request.adults
        seats = candidates.pupils_most()
        if seats > 0 and pupils > 0:
            most = min(self._world.policy.subgroups_most, pupils, adults)
            for count in range(-(-pupils // seats), most + 1):
                yield divide(pupils, adults, count)

    def _starts(self) -> Iterator[_Start]:
        """Every cell in which the first stop may start, with its latest end."""
        policy, world = self._world.policy, self._world
        present = self._presence()
        early = policy.arrive_early // MINUTE
        closes = world.cells * CELL_MIN
        slack = policy.bus_slack // MINUTE if self._is_strict else 0
        bus = closes if self._depart is None else min(closes, self._depart - slack)
        arrive = None if self._arrive is None else max(-early, self._arrive)
        now = -((world.start - world.now) // MINUTE)
        for cell in range(0 if arrive is None else -(-(arrive + early) // CELL_MIN), world.cells):
            comes = cell * CELL_MIN - early if arrive is None else arrive
            last = min(bus, self._crowded_from(present, max(0, comes // CELL_MIN)) * CELL_MIN)
            if self._is_strict:
                last = min(last, comes + policy.day_most // MINUTE)
            if comes > now and last > cell * CELL_MIN:
                bounds = Bounds(arrive, last)
                yield _Start(Window(cell * CELL_MIN, last), bounds)

    def _presence(self) -> int:
        """The cells in which the hall has room for the class and the forecourt for its coach."""
        return self._cells_with(0)

    def _cells_with(self, spare: float) -> int:
        """The cells in which they hold the class and this share of their capacity is left."""
        cells = (1 << self._world.cells) - 1
        people = self._request.pupils + self._request.adults
        for code, amount in ((HALL, people), (COACH_BAYS, 1)):
            pool = self._world.pools.get(code)
            if pool is not None:
                cells &= room_for(self._world, code, amount + int(spare * pool.capacity))
        return cells

    def _crowded_from(self, present: int, first: int) -> int:
        """The first cell from here on in which the class cannot be there."""
        cell = first
        while present >> cell & 1:
            cell += 1
        return cell

    def _drafts(
        self,
        tasks: tuple[Task, ...],
        subgroups: tuple[Subgroup, ...],
        starts: list[_Start],
        left: Steps,
    ) -> list[tuple[Draft, Bounds]]:
        """The orders of the tasks from every half hour, or else from the quarters between."""
        scheduler = Scheduler(self._world, tasks, subgroups)
        each = _STEPS_PER_TASK * len(tasks) * len(subgroups)
        return self._from(starts[::2], scheduler, each, left) or self._from(
            starts[1::2], scheduler, each, left
        )

    def _from(
        self, starts: list[_Start], scheduler: Scheduler, each: int, left: Steps
    ) -> list[tuple[Draft, Bounds]]:
        found: list[tuple[Draft, Bounds]] = []
        done_until = -1
        for start in starts:
            # What begins later than it might have was found from the start before.
            if start.window.first <= done_until or left.left <= 0:
                continue
            steps = Steps(min(each, left.left))
            before = steps.left
            drafts = scheduler.drafts(start.window, steps, _DRAFTS_PER_START)
            left.left -= 1 + before - steps.left
            found += [(draft, start.bounds) for draft in drafts]
            done_until = min(map(_first, drafts), default=-1)
        return found


def _first(draft: Draft) -> int:
    return min(placed.start for placed in draft)


def _presence(draft: Draft) -> tuple[int, int]:
    return max(placed.end for placed in draft) - _first(draft), _first(draft)
