"""Months of requests as schools send them: made up, each the same in every run."""

import random
from collections.abc import Sequence
from datetime import date, time

from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.world import ActivityFact, World
from bookings.visits.rules import Group, adults_needed

# Grades 1-9 come most often.
_GRADES = [0, *[grade for grade in range(1, 10) for _ in range(3)], 10, 11, 12]
_GALLERIES = ("g-body", "g-small", "g-smart", "g-physics", "g-geo", "g-human", "g-sim")
# Months that differ only by chance; the first was there before the planner was made to meet them.
SEEDS = (20260907, 1, 2, 3, 4)
_ARRIVALS = (time(9, 0), time(9, 30), time(10, 0), time(10, 0), time(10, 30), time(11, 0))


def requests_of_a_month(
    world: World, days: Sequence[date], count: int, *, seed: int = SEEDS[0]
) -> list[PlanRequest]:
    """So many requests of classes of about 26, in the order in which they are sent.

    One to three wanted dates. Of ten, two come for the exposition alone and three for a show; five
    want one or two programmes or workshops (by name or by subject), two of these a show as well.
    Half want lunch, a third a gallery by name. Half leave the hours to the centre; else the bus
    comes between 09:00 and 11:00 and leaves four to six and a half hours later.
    """
    chance = random.Random(seed)
    return [_request(chance, world, days) for _ in range(count)]


def _request(chance: random.Random, world: World, days: Sequence[date]) -> PlanRequest:
    grade = chance.choice(_GRADES)
    pupils = min(60, max(10, round(chance.gauss(26, 8))))
    groups = (Group(grade, pupils),)
    arrive, depart = _hours(chance)
    return PlanRequest(
        schools=(f"{chance.randrange(10**9, 10**10)}",),
        dates=tuple(sorted(chance.sample(days, chance.choice((1, 1, 2, 3))))),
        groups=groups,
        adults=adults_needed(groups) + chance.randrange(2),
        language="lv" if chance.random() < 0.95 else "en",
        wishes=_wishes(chance, world, grade),
        galleries=(chance.choice(_GALLERIES),) if chance.random() < 0.33 else (),
        needs=frozenset({Need.LUNCH}) if chance.random() < 0.5 else frozenset(),
        arrive=arrive,
        depart=depart,
    )


def _hours(chance: random.Random) -> tuple[time | None, time | None]:
    arrive = chance.choice(_ARRIVALS)
    minutes = arrive.hour * 60 + arrive.minute + chance.choice((240, 270, 300, 330, 360, 390))
    return (None, None) if chance.random() < 0.5 else (arrive, time(*divmod(minutes, 60)))


def _wishes(chance: random.Random, world: World, grade: int) -> tuple[Wish, ...]:
    taught = [
        fact
        for _, fact in sorted(world.activities.items())
        if grade in fact.grades and fact.kind.value != "show"
    ]
    kind = chance.random()
    if kind < 0.2:
        return ()
    if kind < 0.5:
        return (Wish(kind="show"),)
    chosen = chance.sample(taught, min(len(taught), chance.choice((1, 1, 1, 2))))
    wishes = [_wish(chance, fact) for fact in chosen]
    if chance.random() < 0.4:
        wishes.insert(chance.randrange(len(wishes) + 1), Wish(kind="show"))
    return tuple(wishes)


def _wish(chance: random.Random, fact: ActivityFact) -> Wish:
    subjects = sorted(filter(None, fact.subjects))
    if subjects and chance.random() < 0.3:
        return Wish(subject=chance.choice(subjects))
    return Wish(code=fact.code)
