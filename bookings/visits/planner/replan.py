"""The smallest change of a standing plan when the day or the class turns out otherwise.

The bus is late, pupils are ill or more of them come, a host, a room, a gallery or an exhibit falls
out. What still holds is kept. What does not is mended with as little loss as may be:

```
0  nothing is lost: another host, another room, both, another hour; few stops rather than many
1  a gallery that nobody asked for by name is left out
2  an activity that nobody asked for is left out
3  another activity that is meant by the same wish
   a new day altogether, if the class has not begun and a search is given
   lunch outside its usual hours, by an hour at most, and named; a later one is no lunch
10 something promised is given up, and named; if need be all that does not hold any more
```
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from bookings.visits.planner.difference import Change, StopChange, difference
from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.repair import (
    PROMISES,
    Budget,
    Promise,
    Standing,
    is_sound,
    promises_in,
    repair,
    standing_of,
    with_stops,
)
from bookings.visits.planner.request import Need, PlanRequest
from bookings.visits.planner.validate import Violation, blocks, validate
from bookings.visits.planner.variants import Setting
from bookings.visits.planner.world import World
from vizium.kernel.clock import from_wall

__all__ = ["Change", "Replan", "StopChange", "difference", "replan"]

Search = Callable[[PlanRequest, Mapping[date, World]], Sequence[Plan]]

# A look at two stops is one step, a judgement a hundred; this many take well under a second.
STEPS_MOST = 60_000
# No one combination of losses may eat up what all the others need.
_STEPS_EACH = 20_000
_LOSS_GALLERY, _LOSS_ACTIVITY, _LOSS_REPLACED, _LOSS_PROMISE = 1, 2, 3, 10
# What is lost for all subgroups together counts a little more than for one.
_LOSS_FOR_ALL = 2
# A lunch later than its usual hours by more than this is none.
_LUNCH_LATE_MOST = timedelta(hours=1)
_LATE = "lunch_untimely"
# With more to lose than this, at most three things are left out.
_CHOICES_FEW, _LOSSES_MOST = 7, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """What became of a plan.

    `plan` passes the judge with `request`, which is what was asked for without what had to be given
    up; `given_up` are these promises, as the judge says them of the whole request, and a lunch that
    comes to lie outside its usual hours. Where no plan is left, `plan` is None and `stay` are the
    faults that no change mends.
    """

    plan: Plan | None
    request: PlanRequest
    kept: tuple[Stop, ...]
    changed: tuple[StopChange, ...]
    violations_before: tuple[Violation, ...]
    given_up: tuple[Violation, ...] = ()
    stay: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Loss:
    """Stops that are left out, or, where `is_replaced`, exchanged for another activity."""

    stops: tuple[int, ...]
    loss: int
    is_replaced: bool = False


def replan(
    plan: Plan, request: PlanRequest, world: World, *, search: Search | None = None
) -> Replan:
    """Mend a standing plan with the smallest change.

    Args:
        request: what was asked for, with what is new: a later `arrive`, other `groups`, `adults`.
        world: the day as it turns out, with the instant of now; what the class holds is free in it.
        search: `plan_days`, to be asked for a new day before a promise is given up.
    """
    before = validate(plan, request, world, under_way=True)
    setting = Setting(_adjusted(plan, request), request, world)
    standing = standing_of(setting)
    gently = (way for way in _ways_to_lose(standing) if not _gives_up(way))
    mended = (
        _mend((standing,), gently, Budget(STEPS_MOST))
        or _search_anew(plan, standing, search)
        or _mend_at_a_price(standing)
        or _search_anew(plan, standing, search, is_smaller=True)
        or _what_holds(standing)
    )
    if mended is None:
        stay = blocks(validate(setting.plan, request, world, under_way=True))
        return Replan(
            plan=None,
            request=request,
            kept=(),
            changed=(),
            violations_before=before,
            stay=stay,
        )
    given_up = tuple(
        fault
        for fault in validate(mended, request, world, under_way=True)
        if fault.code in PROMISES or (fault.code == _LATE and not _stood(plan, mended, fault))
    )
    return Replan(
        plan=mended,
        request=without_promises(request, given_up),
        kept=tuple(stop for stop in plan.stops if stop in mended.stops),
        changed=difference(plan, mended),
        violations_before=before,
        given_up=given_up,
    )


def _with_late_lunch(standing: Standing) -> Standing | None:
    """The same with more hours for lunch; None where no lunch is to come."""
    if any(standing.stops[index].kind is StopKind.LUNCH for index in standing.movable):
        return standing_of(replace(standing.setting, lunch_late=_LUNCH_LATE_MOST))
    return None


def _stood(before: Plan, after: Plan, fault: Violation) -> bool:
    """Whether the stop at fault stood there before: that is nothing that is lost now."""
    return fault.stop is not None and after.stops[fault.stop] in before.stops


def _mend_at_a_price(standing: Standing) -> Plan | None:
    """The repair with lunch outside its hours, or else with promises given up."""
    late = _with_late_lunch(standing)
    ways = _ways_to_lose(late or standing)
    gently = [way for way in ways if not _gives_up(way)]
    dearly = [way for way in ways if _gives_up(way)]
    mended = _mend((late,), gently, Budget(STEPS_MOST // 3)) if late else None
    tried = (standing, late) if late else (standing,)
    return mended or _mend(tried, dearly, Budget(STEPS_MOST // 2))


def _mend(
    tried: Sequence[Standing], ways: Iterable[tuple[_Loss, ...]], budget: Budget
) -> Plan | None:
    """The first of the ways to lose something in which the rest fits, in one of these plans."""
    for way in ways:
        own = Budget(min(_STEPS_EACH, budget.steps))
        granted = own.steps
        for standing in tried:
            mended = _repair_with(standing, way, own)
            if mended is not None:
                return mended
        if not budget.spend(granted - max(0, own.steps)):
            return None
    return None


def _gives_up(way: tuple[_Loss, ...]) -> bool:
    return any(one.loss >= _LOSS_PROMISE for one in way)


def _repair_with(standing: Standing, way: tuple[_Loss, ...], budget: Budget) -> Plan | None:
    return repair(
        standing,
        budget,
        dropped=frozenset(at for one in way if not one.is_replaced for at in one.stops),
        replaced=frozenset(at for one in way if one.is_replaced for at in one.stops),
    )


def _ways_to_lose(standing: Standing) -> list[tuple[_Loss, ...]]:
    """Every combination of losses that could help, the least first; the first may be none at all.

    A stop at fault that can stand nowhere else is part of every one.
    """
    losses = list(_losses(standing))
    most = len(losses) if len(losses) <= _CHOICES_FEW else _LOSSES_MOST
    hopeless = {index for index in standing.at_fault if not standing.ways_of(index)}
    ways = []
    for size in range(most + 1):
        for way in combinations(losses, size):
            lost = [index for one in way for index in one.stops]
            if len(set(lost)) == len(lost) and hopeless <= set(lost):
                ways.append(way)
    return sorted(ways, key=lambda way: (sum(one.loss for one in way), len(way)))


def _losses(standing: Standing) -> Iterator[_Loss]:
    """What may be lost: each thing for all subgroups that have it, or for one of them."""
    having: dict[str, list[int]] = {}
    for index in standing.movable:
        having.setdefault(standing.stops[index].code, []).append(index)
    promised = promises_in(standing.judge(standing.stops))
    for stops in having.values():
        loss = _loss_of(standing, stops, promised)
        yield _Loss(tuple(stops), loss + (_LOSS_FOR_ALL if len(stops) > 1 else 0))
        if len(stops) > 1:
            yield from (_Loss((index,), loss) for index in stops)
        if all(standing.stand_ins_of(index) for index in stops):
            yield _Loss(tuple(stops), _LOSS_REPLACED, is_replaced=True)


def _loss_of(standing: Standing, stops: list[int], promised: frozenset[Promise]) -> int:
    """What it costs to do without stops, which are one thing."""
    left = [stop for index, stop in enumerate(standing.stops) if index not in stops]
    if not promises_in(standing.judge(left)) <= promised:
        return _LOSS_PROMISE
    is_gallery = standing.stops[stops[0]].kind is StopKind.GALLERY
    return _LOSS_GALLERY if is_gallery else _LOSS_ACTIVITY


def _search_anew(
    plan: Plan, standing: Standing, search: Search | None, *, is_smaller: bool = False
) -> Plan | None:
    """The new day that is most like the old one, if the class has not begun.

    Args:
        is_smaller: with one promise less, whichever.
    """
    request, world = standing.setting.request, standing.setting.world
    has_begun = plan.arrive < world.now and any(stop.start < world.now for stop in plan.stops)
    if search is None or has_begun:
        return None
    asked = replace(request, dates=(plan.day,))
    found = [
        day
        for wanted in (_smaller(asked) if is_smaller else (asked,))
        for day in search(wanted, {plan.day: world})
        if not blocks(validate(day, wanted, world))
    ]
    return min(found, key=lambda day: len(difference(plan, day)), default=None)


def _smaller(request: PlanRequest) -> Iterator[PlanRequest]:
    """The request without one of its promises."""
    for index in range(len(request.wishes)):
        yield replace(request, wishes=request.wishes[:index] + request.wishes[index + 1 :])
    for gallery in request.galleries:
        rest = tuple(code for code in request.galleries if code != gallery)
        yield replace(request, galleries=rest)
    if Need.LUNCH in request.needs:
        yield replace(request, needs=request.needs - {Need.LUNCH})


def _what_holds(standing: Standing) -> Plan | None:
    """The day without the stops that do not hold, if the rest of it may be."""
    stops = [stop for index, stop in enumerate(standing.stops) if index not in standing.at_fault]
    while True:
        faults = standing.judge(stops)
        if is_sound(faults):
            return with_stops(standing.setting, stops)
        ordered = with_stops(standing.setting, stops).stops
        wrong = [ordered[one.stop] for one in faults if one.stop is not None]
        if not wrong:
            return None
        stops.remove(wrong[0])


def _adjusted(plan: Plan, request: PlanRequest) -> Plan:
    """The plan with the people who come and between the buses that run; its stops as they were."""
    arrive, leave = plan.arrive, plan.leave
    if request.arrive is not None:
        arrive = max(arrive, from_wall(plan.day, request.arrive))
    if request.depart is not None:
        leave = min(leave, from_wall(plan.day, request.depart))
    pupils = _resized([one.pupils for one in plan.subgroups], request.pupils)
    adults = _resized([one.adults for one in plan.subgroups], request.adults)
    people = tuple(Subgroup(*line) for line in zip(pupils, adults, strict=True))
    return replace(plan, arrive=arrive, leave=max(arrive, leave), subgroups=people)


def _resized(sizes: list[int], total: int) -> list[int]:
    """The parts of a class for another total: who is new goes to the smallest, one by one."""
    sizes = list(sizes)
    while sum(sizes) < total:
        sizes[sizes.index(min(sizes))] += 1
    while sum(sizes) > total:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes


def without_promises(request: PlanRequest, given_up: Sequence[Violation]) -> PlanRequest:
    """The request without the promises that are given up."""
    wishes = {fault.facts["wish"] for fault in given_up if "wish" in fault.facts}
    galleries = {fault.facts["gallery"] for fault in given_up if "gallery" in fault.facts}
    has_lunch = all(fault.code != "lunch_missing" for fault in given_up)
    return replace(
        request,
        wishes=tuple(wish for index, wish in enumerate(request.wishes) if index not in wishes),
        galleries=tuple(code for code in request.galleries if code not in galleries),
        needs=request.needs if has_lunch else request.needs - {Need.LUNCH},
    )
