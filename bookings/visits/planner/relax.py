"""When no day fits: the smallest single changes with which one would, never a bare "no".

Every change is tried by the planner itself and comes with the plan that it makes possible, so what
is offered can be taken. Each kind of change is offered once, in its smallest form:

```
adults    as many as the grades need         language  another that the centre speaks
arrive    the nearest quarter of an hour     need      without lunch, or without quiet
depart    the same                           instead   another activity like one of the wishes
date      the nearest other day              without   without one wish or gallery
pupils    the largest number that fits       visits    two visits, where no single change helps
```
The work is bounded: so many trials and so many steps of the search for all changes together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import islice

from bookings.visits.planner.candidates import CELL_MIN
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.schedule import Steps
from bookings.visits.planner.search import plan_days
from bookings.visits.planner.world import ActivityFact, World
from bookings.visits.rules import Group, adults_needed

# Calls of the planner for one refusal, and the steps of the search that they share.
TRIALS_MOST = 72
_STEPS_MOST = 4_000
_STEPS_EACH = 300
# A teacher moves the bus by an hour or two; beyond, another day is the smaller change.
_SHIFTS = 8
_INSTEADS_MOST, _INSTEADS_EACH = 8, 4


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


@dataclass(frozen=True, slots=True)
class _Change:
    change: str
    before: str
    after: str
    request: PlanRequest


def relax(request: PlanRequest, worlds: Mapping[date, World]) -> tuple[Relaxation, ...]:
    """The smallest single changes with which a plan fits, the gentlest first.

    Args:
        worlds: keyed by day; days that were not asked for are those that may be offered instead.
    """
    trial = _Trial(worlds)
    if request.adults < (needed := adults_needed(request.groups)):
        changed = replace(request, adults=needed)
        return tuple(trial.first([_Change("adults", str(request.adults), str(needed), changed)]))
    found = [
        *_hours(request, trial),
        *trial.first(_days(request, worlds)),
        *_pupils(request, trial),
        *trial.first(_languages(request, worlds)),
        *trial.first(_needs(request)),
        *trial.first(islice(_others(request, worlds), _INSTEADS_MOST)),
        *trial.first(_fewer(request)),
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

    def first(self, changes: Iterator[_Change] | list[_Change]) -> list[Relaxation]:
        """The first change that works, or none."""
        for one in changes:
            plan = self.plan(one.request)
            if plan is not None:
                return [Relaxation(one.change, one.before, one.after, plan, one.request)]
        return []


def _hours(request: PlanRequest, trial: _Trial) -> list[Relaxation]:
    """The bus at another time; the quarters are tried only where some time at all would do."""
    found: list[Relaxation] = []
    if request.arrive and trial.fits(replace(request, arrive=None)):
        found += trial.first(_arrivals(request))
    if request.depart and trial.fits(replace(request, depart=None)):
        found += trial.first(_departures(request))
    return found


def _arrivals(request: PlanRequest) -> Iterator[_Change]:
    """Earlier and later by quarters of an hour: a full hall may ask for a later arrival."""
    for minutes in _quarters():
        for shift in (-minutes, minutes):
            moved = _moved(request.arrive, shift)
            if request.arrive and moved and (request.depart is None or moved < request.depart):
                changed = replace(request, arrive=moved)
                yield _Change("arrive", f"{request.arrive:%H:%M}", f"{moved:%H:%M}", changed)


def _departures(request: PlanRequest) -> Iterator[_Change]:
    for minutes in _quarters():
        moved = _moved(request.depart, minutes)
        if request.depart and moved:
            changed = replace(request, depart=moved)
            yield _Change("depart", f"{request.depart:%H:%M}", f"{moved:%H:%M}", changed)


def _quarters() -> range:
    return range(CELL_MIN, (_SHIFTS + 1) * CELL_MIN, CELL_MIN)


def _moved(at: time | None, minutes: int) -> time | None:
    """A wall time earlier or later on the same day."""
    moved = -1 if at is None else at.hour * 60 + at.minute + minutes
    return time(*divmod(moved, 60)) if 0 <= moved < 24 * 60 else None


def _days(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[_Change]:
    """The other days, from the nearest to a wanted one."""

    def distance(day: date) -> tuple[int, date]:
        return min(abs((day - wanted).days) for wanted in request.dates), day

    for day in sorted(set(worlds) - set(request.dates), key=distance) if request.dates else ():
        before = min(request.dates, key=lambda wanted: (abs(day - wanted), wanted))
        changed = replace(request, dates=(day,))
        yield _Change("date", before.isoformat(), day.isoformat(), changed)


def _languages(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[_Change]:
    facts = _activities(worlds).values()
    for language in sorted({one for fact in facts for one in fact.languages}):
        if language != request.language:
            changed = replace(request, language=language)
            yield _Change("language", request.language, language, changed)


def _others(request: PlanRequest, worlds: Mapping[date, World]) -> Iterator[_Change]:
    """Another activity of the same subject or area, the most alike first."""
    known = _activities(worlds)
    for index, wish in enumerate(request.wishes):
        wished = known.get(wish.code or "")
        if wished is None:
            continue
        alike = [fact for fact in known.values() if _may_stand_for(fact, wished, request)]
        for fact in sorted(alike, key=lambda fact: _likeness(fact, wished))[:_INSTEADS_EACH]:
            wishes = _with(request.wishes, index, Wish(code=fact.code))
            yield _Change("instead", wished.code, fact.code, replace(request, wishes=wishes))


def _may_stand_for(fact: ActivityFact, wished: ActivityFact, request: PlanRequest) -> bool:
    taken = {wish.code for wish in request.wishes}
    return (
        fact.code not in taken
        and request.grades <= fact.grades
        and request.language in fact.languages
        and bool(fact.subjects & wished.subjects or fact.areas & wished.areas)
    )


def _likeness(fact: ActivityFact, wished: ActivityFact) -> tuple[int, int, bool, str]:
    subjects, areas = fact.subjects & wished.subjects, fact.areas & wished.areas
    return -len(subjects), -len(areas), fact.kind is not wished.kind, fact.code


def _needs(request: PlanRequest) -> Iterator[_Change]:
    """Lunch and quiet may be given up; a way without steps may not."""
    for need in (Need.LUNCH, Need.QUIET):
        if need in request.needs:
            yield _Change("need", need.value, "", replace(request, needs=request.needs - {need}))


def _fewer(request: PlanRequest) -> Iterator[_Change]:
    """Without one gallery or, from the last on, without one wish; something stays."""
    for gallery in reversed(request.galleries):
        left = tuple(code for code in request.galleries if code != gallery)
        if left or request.wishes:
            yield _Change("without", gallery, "", replace(request, galleries=left))
    if len(request.wishes) + len(request.galleries) > 1:
        for index in reversed(range(len(request.wishes))):
            wishes = request.wishes[:index] + request.wishes[index + 1 :]
            said = _said(request.wishes[index])
            yield _Change("without", said, "", replace(request, wishes=wishes))


def _said(wish: Wish) -> str:
    return wish.code or wish.kind or wish.subject or wish.area or ""


def _pupils(request: PlanRequest, trial: _Trial) -> list[Relaxation]:
    """The largest number of pupils that fits: halves the span, each step by the planner."""
    low, high = len(request.groups) - 1, request.pupils
    best: list[Relaxation] = []
    while high - low > 1:
        pupils = (low + high) // 2
        changed = replace(request, groups=shrink(request.groups, pupils))
        found = trial.first([_Change("pupils", str(request.pupils), str(pupils), changed)])
        if found:
            best, low = found, pupils
        else:
            high = pupils
    return best


def shrink(groups: tuple[Group, ...], pupils: int) -> tuple[Group, ...]:
    """So many pupils in the proportion of the grades; of each grade at least one."""
    total = sum(group.pupils for group in groups)
    sizes = [max(1, group.pupils * pupils // total) for group in groups]
    # Who lost the largest part of a pupil gets it back first; who has most gives first.
    order = sorted(range(len(groups)), key=lambda i: -(groups[i].pupils * pupils % total))
    for index in order[: max(0, pupils - sum(sizes))]:
        sizes[index] += 1
    while sum(sizes) > pupils and max(sizes) > 1:
        sizes[sizes.index(max(sizes))] -= 1
    return tuple(Group(group.grade, size) for group, size in zip(groups, sizes, strict=True))


def _two_visits(request: PlanRequest, trial: _Trial) -> Iterator[Relaxation]:
    """Two days instead of one: half of the wishes each, or half of the class each."""
    for one, other in (*_half_the_wishes(request), *_half_the_class(request)):
        plan = trial.plan(one)
        if plan is None:
            continue
        days = tuple(day for day in sorted(trial.worlds) if day != plan.day)
        rest = replace(other, dates=days)
        second = trial.plan(rest)
        if second is not None:
            yield Relaxation("visits", "1", "2", plan, one, (rest, second))
            return


def _half_the_wishes(request: PlanRequest) -> Iterator[tuple[PlanRequest, PlanRequest]]:
    half = len(request.wishes) // 2
    if half:
        galleries = len(request.galleries) // 2
        yield (
            replace(
                request, wishes=request.wishes[:-half], galleries=request.galleries[galleries:]
            ),
            replace(
                request, wishes=request.wishes[-half:], galleries=request.galleries[:galleries]
            ),
        )


def _half_the_class(request: PlanRequest) -> Iterator[tuple[PlanRequest, PlanRequest]]:
    """Two visits of the same content; the adults are divided as the grades need."""
    some = shrink(request.groups, request.pupils // 2)
    rest = tuple(
        Group(group.grade, group.pupils - part.pupils)
        for group, part in zip(request.groups, some, strict=True)
        if group.pupils > part.pupils
    )
    if request.pupils < 2 or not rest:
        return
    adults = max(adults_needed(some), request.adults // 2)
    others = max(adults_needed(rest), request.adults - adults)
    yield replace(request, groups=some, adults=adults), replace(request, groups=rest, adults=others)


def _with(wishes: tuple[Wish, ...], index: int, wish: Wish) -> tuple[Wish, ...]:
    return (*wishes[:index], wish, *wishes[index + 1 :])


def _activities(worlds: Mapping[date, World]) -> Mapping[str, ActivityFact]:
    return {code: fact for world in worlds.values() for code, fact in world.activities.items()}
