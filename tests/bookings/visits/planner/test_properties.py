"""2,000 random days and requests: what the planner says is always true.

A day starts as the made-up centre and loses at random: rooms, hosts, machines and galleries for a
while, places of pools, seats of sessions, an exhibit. Every plan has to pass the judge, which
shares no code with the search; the last test plants a fault in the search to see it caught.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.visits.planner.plan import Plan
from bookings.visits.planner.rank import PLANS_MOST, differ
from bookings.visits.planner.relax import relax
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.search import plan_days
from bookings.visits.planner.validate import blocks, validate
from bookings.visits.planner.world import Mask, World
from bookings.visits.rules import Group, adults_needed
from tests.bookings.visits.planner.worlds import DAY, SCHOOL, given_world

_DAYS = (DAY, DAY + timedelta(days=1))
_CELLS = 40
# A day is drawn from one seed: drawing each cell by itself would cost more than the search.
_CHANCES = st.randoms(use_true_random=True)
Value = TypeVar("Value")
_WISHES = (
    *(Wish(code=code) for code in ("T-03", "T-07", "T-17", "T-18", "W-01", "W-02", "S-01", "S-02")),
    *(Wish(kind=kind) for kind in ("show", "workshop", "programme")),
    Wish(subject="computing"),
    Wish(area="science"),
    Wish(),
)


@cache
def _bare(day: date) -> World:
    return given_world(day)


def _some(chance: random.Random, values: Sequence[Value], most: int) -> list[Value]:
    return chance.sample(values, chance.randint(0, most))


def _stretch(chance: random.Random) -> Mask:
    """Cells that are taken: from some cell on, up to four hours."""
    return ((1 << chance.randint(1, 16)) - 1) << chance.randrange(_CELLS)


def _world(chance: random.Random, day: date = DAY) -> World:
    """The centre with a part of it taken."""
    world = _bare(day)
    places = sorted([*world.rooms, *world.hosts, *world.machines, *world.galleries])
    for code in _some(chance, places, 12):
        world = _without(world, code, _stretch(chance))
    for code in _some(chance, sorted(world.pools), 3):
        pool, mask, left = world.pools[code], _stretch(chance), chance.randint(0, 60)
        free = tuple(min(one, left) if mask >> c & 1 else one for c, one in enumerate(pool.free))
        world = replace(world, pools={**world.pools, code: replace(pool, free=free)})
    for code in _some(chance, sorted(world.offers), 2):
        offer = replace(world.offers[code], free=chance.randint(0, 40))
        world = replace(world, offers={**world.offers, code: offer})
    return replace(world, out_of_order=frozenset(_some(chance, ["ex-041", "ex-071"], 1)))


def _without(world: World, code: str, mask: Mask) -> World:
    if code in world.rooms:
        room = replace(world.rooms[code], free=world.rooms[code].free & ~mask)
        return replace(world, rooms={**world.rooms, code: room})
    if code in world.hosts:
        host = world.hosts[code]
        host = replace(host, free=host.free & ~mask, minutes_left=host.minutes_left - 60)
        return replace(world, hosts={**world.hosts, code: host})
    if code in world.machines:
        return replace(world, machines={**world.machines, code: world.machines[code] & ~mask})
    gallery = replace(world.galleries[code], untaken=world.galleries[code].untaken & ~mask)
    return replace(world, galleries={**world.galleries, code: gallery})


def _request(chance: random.Random, dates: tuple[date, ...] = (DAY,)) -> PlanRequest:
    """A class, or two grades together, that wants up to four things."""
    grade = chance.randint(4, 11)
    groups = tuple(
        Group(grade + number, chance.randint(6, 50)) for number in range(chance.choice((1, 1, 2)))
    )
    return PlanRequest(
        schools=(SCHOOL,),
        dates=dates,
        groups=groups,
        adults=adults_needed(groups) + chance.randint(0, 3),
        language=chance.choice(["lv", "lv", "lv", "en"]),
        wishes=tuple(_some(chance, _WISHES, 4)),
        galleries=tuple(_some(chance, ["g-body", "g-small", "g-geo"], 2)),
        needs=frozenset(_some(chance, list(Need), 1)),
        arrive=chance.choice([None, time(9), time(9, 40), time(10, 30)]),
        depart=chance.choice([None, time(13), time(14, 30), time(16)]),
    )


@settings(max_examples=1_700)
@given(chance=_CHANCES)
def test_plan_days_in_any_world_passes_the_judge_and_differs(chance: random.Random) -> None:
    world, request = _world(chance), _request(chance)

    plans = plan_days(request, {DAY: world})

    assert [blocks(validate(plan, request, world)) for plan in plans] == [()] * len(plans)
    assert len(plans) <= PLANS_MOST
    assert all(differ(one, other) for one in plans for other in plans if one is not other)


@settings(max_examples=100)
@given(chance=_CHANCES)
def test_plan_days_over_two_days_passes_the_judge_of_its_day(chance: random.Random) -> None:
    days = {day: _world(chance, day) for day in _DAYS}
    request = _request(chance, _DAYS)

    plans = plan_days(request, days)

    assert all(not blocks(validate(plan, request, days[plan.day])) for plan in plans)


@settings(max_examples=200)
@given(chance=_CHANCES)
def test_relax_after_a_refusal_offers_only_what_fits(chance: random.Random) -> None:
    days = {day: _world(chance, day) for day in _DAYS}
    request = _request(chance)
    if plan_days(request, days):
        return

    relaxations = relax(request, days)

    for each in relaxations:
        assert each.request != request
        assert not blocks(validate(each.plan, each.request, days[each.plan.day]))
        if each.also is not None:
            second, plan = each.also
            assert plan.day != each.plan.day
            assert not blocks(validate(plan, second, days[plan.day]))
    kinds = [each.change for each in relaxations]
    assert len(kinds) == len(set(kinds))


def test_a_search_that_does_not_count_places_is_caught() -> None:
    """The negative control: the search sees every pool empty, the judge sees the day as it is."""
    caught: set[str] = set()

    @settings(max_examples=100)
    @given(chance=_CHANCES)
    def search(chance: random.Random) -> None:
        world, request = _world(chance), _request(chance)

        def note(plan: Plan, request: PlanRequest, _seen: World) -> bool:
            caught.update(one.code for one in blocks(validate(plan, request, world)))
            return False

        seen = replace(world, pools=_bare(DAY).pools)
        plan_days(request, {DAY: seen}, judge=note)

    search()

    assert caught & {"lunch_full", "gallery_full", "hall_full", "coach_bays_full"}
