"""When no day fits: the smallest single changes with which one would, never a bare "no".

Every change is tried by the planner itself and comes with the plan that it makes possible, so what
is offered can be taken. Each kind of change is offered once, in its smallest form:

```
adults    as many as the grades need         language  another that the centre speaks
arrive    the nearest quarter of an hour     need      without lunch, or without quiet
depart    no later than it has to be         instead   another activity like one of the wishes
date      the nearest other day              without   without one wish or gallery
pupils    the largest number that fits       visits    two visits, where no single change helps
```
The work is bounded: so many trials and so many steps of the search for all changes together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import islice

from bookings.visits.planner.easements import (
    Easement,
    arrivals,
    days,
    departures,
    fewer,
    half_the_class,
    half_the_wishes,
    languages,
    needs,
    others,
    shrink,
)
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.schedule import Steps
from bookings.visits.planner.search import is_led, plan_days
from bookings.visits.planner.world import World
from bookings.visits.rules import POLICY, adults_needed

# Calls of the planner for one refusal, and the steps of the search that they share.
TRIALS_MOST = 72
_STEPS_MOST = 4_000
_STEPS_EACH = 300
_INSTEADS_MOST = 8


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest change with which a plan fits.

    `change` is a code; `before` and `after` are what was wished and what would fit, as text.
    `request` is the changed one, for which `plan` was judged; `also` is the second of two visits.
    """

    change: str
    before: str
    after: str
    plan: Plan
    request: PlanRequest
    also: tuple[PlanRequest, Plan] | None = None


def relax(request: PlanRequest, worlds: Mapping[date, World]) -> tuple[Relaxation, ...]:
    """The smallest single changes with which a plan fits, the gentlest first.

    Args:
        worlds: keyed by day; days that were not asked for are those that may be offered instead.
    """
    trial = _Trial(worlds)
    wanted = [worlds[day] for day in request.dates if day in worlds]
    if wanted and not any(is_led(request, world) for world in wanted):
        return tuple(trial.first(_adults(request, wanted)))
    found = [
        *_hours(request, trial),
        *trial.first(days(request, worlds)),
        *_pupils(request, trial),
        *trial.first(languages(request, worlds)),
        *trial.first(needs(request)),
        *trial.first(islice(others(request, worlds), _INSTEADS_MOST)),
        *trial.first(fewer(request)),
    ]
    return tuple(found or _two_visits(request, trial))


class _Trial:
    """The planner with what is left of the work that one refusal may cost."""

    def __init__(self, worlds: Mapping[date, World]) -> None:
        self.worlds = worlds
        self._trials = TRIALS_MOST
        self._steps = Steps(_STEPS_MOST)

    def plan(self, request: PlanRequest) -> Plan | None:
        """The best plan of a changed request, if there is one and work left to find it."""
        if self._trials <= 0:
            return None
        self._trials -= 1
        steps = Steps(min(_STEPS_EACH, self._steps.left))
        before = steps.left
        plans = plan_days(request, self.worlds, steps=steps)
        self._steps.left -= before - steps.left
        return plans[0] if plans else None

    def fits(self, request: PlanRequest) -> bool:
        """Whether there is a plan."""
        return self.plan(request) is not None

    def first(self, changes: Iterable[Easement]) -> list[Relaxation]:
        """The first change that works, or none."""
        for one in changes:
            plan = self.plan(one.request)
            if plan is not None:
                return [Relaxation(one.change, one.before, one.after, plan, one.request)]
        return []

    def least(self, changes: Sequence[Easement]) -> list[Relaxation]:
        """The first that works of changes of which all work from some one on: halves the span."""
        best: list[Relaxation] = []
        low, high = -1, len(changes)
        while high - low > 1:
            middle = (low + high) // 2
            found = self.first([changes[middle]])
            best, low, high = (found, low, middle) if found else (best, middle, high)
        return best


def _adults(request: PlanRequest, wanted: Sequence[World]) -> list[Easement]:
    """As many as the rules of the gentlest of the wanted days ask for, and no more."""
    needed = min(adults_needed(request.groups, world.visiting) for world in wanted)
    changed = replace(request, adults=needed)
    return [Easement("adults", str(request.adults), str(needed), changed)]


def _hours(request: PlanRequest, trial: _Trial) -> list[Relaxation]:
    """The bus at another time, the smaller move first; tried where some time at all would do."""
    found: list[Relaxation] = []
    if request.depart and trial.fits(replace(request, depart=None)):
        found += trial.least(departures(request))
    if request.arrive and trial.fits(replace(request, arrive=None)):
        found += trial.first(arrivals(request))
    return sorted(found, key=lambda one: _minutes_moved(one.before, one.after))


def _minutes_moved(before: str, after: str) -> int:
    one, other = (time.fromisoformat(wall) for wall in (before, after))
    return abs((one.hour - other.hour) * 60 + one.minute - other.minute)


def _pupils(request: PlanRequest, trial: _Trial) -> list[Relaxation]:
    """The largest number of pupils that fits: halves the span, each step by the planner."""
    low, high = len(request.groups) - 1, request.pupils
    best: list[Relaxation] = []
    while high - low > 1:
        pupils = (low + high) // 2
        changed = replace(request, groups=shrink(request.groups, pupils))
        found = trial.first([Easement("pupils", str(request.pupils), str(pupils), changed)])
        if found:
            best, low = found, pupils
        else:
            high = pupils
    return best


def _two_visits(request: PlanRequest, trial: _Trial) -> Iterator[Relaxation]:
    """Two days instead of one: half of the wishes each, or half of the class each."""
    wanted = [trial.worlds[day] for day in request.dates if day in trial.worlds]
    policy = wanted[0].visiting if wanted else POLICY
    for one, other in (*half_the_wishes(request), *half_the_class(request, policy)):
        plan = trial.plan(one)
        if plan is None:
            continue
        rest = replace(other, dates=tuple(d for d in sorted(trial.worlds) if d != plan.day))
        second = trial.plan(rest)
        if second is not None:
            yield Relaxation("visits", "1", "2", plan, one, (rest, second))
            return
