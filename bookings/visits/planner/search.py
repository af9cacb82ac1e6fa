"""Find days for a class: at most three, ranked, each passed by the judge.

```
every wanted day ─ divide the class as little as possible ─ every start of the day
   candidates: what may happen when      schedule: the tasks in order, depth first
   fill: galleries where there is time   rank: the best that differ   validate: the judge
```
A day is looked for with all that makes it comfortable (time before the bus, not too long); when
none is found, without. A day that keeps a class for long without what it asked for is only shown
where it keeps nobody else out. The work is bounded: `STEPS_MOST` situations for all days together.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

from bookings.visits.planner.candidates import Candidates
from bookings.visits.planner.crowd import Crowd
from bookings.visits.planner.fill import Bounds, Filler
from bookings.visits.planner.idle import idle_of
from bookings.visits.planner.plan import Plan, Subgroup
from bookings.visits.planner.rank import PLANS_MOST, Ranked, choose, rank
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.schedule import Scheduler, Steps, Window
from bookings.visits.planner.situation import Draft
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.ways import CELL_MIN, MINUTE, Task, divide
from bookings.visits.planner.world import Mask, World
from bookings.visits.rules import adults_needed
from vizium.kernel.clock import from_wall

# Situations that one call looks at, over all dates: about 40 microseconds each.
STEPS_MOST = 2_400
# What one start of the day may use, for each thing that has to be placed.
_STEPS_PER_TASK = 6
# Orders of the same tasks from the same start; a teacher sees few differences beyond.
_DRAFTS_PER_START = 3
# Nobody lingers in galleries after the last wish unless so much of hall and forecourt is left.
_SPARE = 2 / 3
# Nobody fills a place for long without doing what they came for unless so much of them is left.
_IDLE_SPARE = 1 / 3
# Drafts that are completed, those that take least of the forecourt: of a day, and of all days.
_DRAFTS_PER_DAY, _DRAFTS_MOST = 60, 60

Judge = Callable[[Plan, PlanRequest, World], bool]


def is_valid(plan: Plan, request: PlanRequest, world: World) -> bool:
    """Whether the judge has nothing that blocks the plan."""
    return not blocks(validate(plan, request, world))


def is_led(request: PlanRequest, world: World) -> bool:
    """Whether as many adults come as the grades need by the rules of the day."""
    return request.adults >= adults_needed(request.groups, world.visiting)


def plan_days(
    request: PlanRequest,
    worlds: Mapping[date, World],
    *,
    judge: Judge = is_valid,
    steps: Steps | None = None,
    may_idle: bool = False,
) -> tuple[Plan, ...]:
    """At most three plans over the wanted dates, the best first, each without a blocking violation.

    They differ in day, start or content. No plan is an answer too: `relax` says what would fit.

    Args:
        worlds: keyed by day; a wanted date without a world is closed to the class.
        judge: says which plans may be shown, of all that were found.
        steps: what the search may still cost, counted down; `STEPS_MOST` where it is not said.
        may_idle: a day that keeps the class in the house for long without what it asked for will
            do even where the house is full: it came already, or has nowhere else to go.
    """
    days = {
        day: worlds[day] for day in request.dates if day in worlds and is_led(request, worlds[day])
    }
    known = {day: Candidates(request, world) for day, world in days.items()}
    left = steps or Steps(STEPS_MOST)
    most = min(_DRAFTS_PER_DAY, _DRAFTS_MOST // max(1, len(days)))
    for is_strict in (True, False):
        ranked: list[Ranked] = []
        for number, world in enumerate(days.values()):
            share = Steps(left.left // (len(days) - number))
            left.left -= share.left
            one = _Day(known[world.day], is_strict=is_strict, may_idle=may_idle)
            ranked += one.plans(share, most)
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

    def __init__(self, candidates: Candidates, *, is_strict: bool, may_idle: bool) -> None:
        self._candidates = candidates
        self._request = request = candidates.request
        self._world = world = candidates.world
        self._is_strict = is_strict
        self._may_idle = may_idle
        self._crowd = Crowd(world)
        self._people = request.pupils + request.adults
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
        candidates = self._candidates
        for subgroups in self._divisions(candidates):
            tasks = candidates.tasks(subgroups) if starts else None
            drafts = self._drafts(tasks, subgroups, starts, left) if tasks else []
            if drafts:
                roomy = self._crowd.room_for(self._people, _SPARE)
                filler = Filler(candidates, subgroups, roomy)
                cheapest = sorted(drafts, key=lambda pair: self._price(*pair))[:most]
                plans = (filler.plan(draft, bounds) for draft, bounds in cheapest)
                spare = self._crowd.room_for(self._people, _IDLE_SPARE)
                kept = (plan for plan in plans if self._is_worth_it(plan, spare))
                return [rank(plan, self._request, self._crowd) for plan in kept]
        return []

    def _price(self, draft: Draft, bounds: Bounds) -> tuple[int, int]:
        """What the forecourt costs that a draft takes; the earlier first."""
        first, last = _first(draft), max(placed.end for placed in draft)
        comes = first - self._world.policy.arrive_early // MINUTE
        cell = (comes if bounds.arrive is None else bounds.arrive) // CELL_MIN
        return self._crowd.price_of(cell, -(-last // CELL_MIN)), first

    def _is_worth_it(self, plan: Plan, spare: Mask) -> bool:
        """Whether the class does what it came for, or keeps nobody else out meanwhile."""
        world = self._world
        if self._may_idle or idle_of(plan, self._request, world) <= world.policy.idle_most:
            return True
        stay = world.mask(plan.arrive, plan.leave)
        return spare & stay == stay

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
        present = self._crowd.room_for(self._people)
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
