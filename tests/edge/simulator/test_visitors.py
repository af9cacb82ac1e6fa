"""Plausible visitors: repeatable by seed, absent at night, many when a class is there."""

from datetime import datetime

import pytest

from edge.simulator.crowd import BUSIEST_USES_PER_MINUTE, Crowd
from edge.simulator.roster import PretendExhibit, make_roster
from edge.simulator.visitors import Fact, Visitors
from edge.wire.messages import Event, Metrics, Use
from vizium.kernel.clock import RIGA, to_epoch_ms

HOUR_MS = 3_600_000
EXHIBIT = PretendExhibit("ex-041", "g-physics", 1.5, 120.0)


def at(day: int, hour: int) -> int:
    return to_epoch_ms(datetime(2026, 11, day, hour, tzinfo=RIGA))


WEDNESDAY_10, WEDNESDAY_22, MONDAY_12 = at(18, 10), at(18, 22), at(16, 12)


def facts_of(
    seed: int, start_ms: int, *, always_open: bool = False, speed: float = 1
) -> list[Fact]:
    visitors = Visitors(EXHIBIT, Crowd(seed, always_open), start_ms=start_ms, speed=speed)
    return visitors.step(start_ms + 4 * HOUR_MS)


def uses(facts: list[Fact]) -> list[Use]:
    return [fact.body for fact in facts if isinstance(fact.body, Use)]


def test_same_seed_brings_the_same_visitors() -> None:
    assert facts_of(7, WEDNESDAY_10) == facts_of(7, WEDNESDAY_10)
    assert facts_of(7, WEDNESDAY_10) != facts_of(8, WEDNESDAY_10)


def test_asking_often_changes_nothing() -> None:
    often = Visitors(EXHIBIT, Crowd(7), start_ms=WEDNESDAY_10)
    facts = []
    for second in range(0, 4 * 3600 + 1, 5):
        facts += often.step(WEDNESDAY_10 + second * 1000)

    assert facts == facts_of(7, WEDNESDAY_10)


@pytest.mark.parametrize("start_ms", [WEDNESDAY_22, MONDAY_12])
def test_nobody_comes_when_the_centre_is_closed(start_ms: int) -> None:
    assert facts_of(7, start_ms) == []


def test_demo_is_alive_at_any_hour() -> None:
    assert len(uses(facts_of(7, WEDNESDAY_22, always_open=True))) > 20


def test_use_is_what_its_presses_were() -> None:
    facts = facts_of(7, WEDNESDAY_10)
    acts = 0
    for fact in facts:
        if isinstance(fact.body, Event):
            acts += 1
        if isinstance(fact.body, Use):
            assert (fact.body.acts, fact.body.ended_ms) == (acts, fact.at_ms)
            assert 0 < fact.body.ended_ms - fact.body.started_ms <= 600_000
            acts = 0

    assert len(uses(facts)) > 20
    assert [fact.at_ms for fact in facts] == sorted(fact.at_ms for fact in facts)
    assert len({use.id for use in uses(facts)}) == len(uses(facts))


def test_exhibit_in_use_draws_more_power() -> None:
    watts = [
        float(fact.body.values["power_w"])
        for fact in facts_of(7, WEDNESDAY_10)
        if isinstance(fact.body, Metrics)
    ]

    assert min(watts[0::2]) > max(watts[1::2])


def test_speed_brings_more_visitors_in_the_same_time() -> None:
    slow = uses(facts_of(7, WEDNESDAY_22, always_open=True))
    fast = uses(facts_of(7, WEDNESDAY_22, always_open=True, speed=10))

    assert len(fast) > 5 * len(slow)


def test_class_in_a_gallery_is_a_burst_of_its_gallery_alone() -> None:
    crowd = Crowd(7)
    minutes = range(0, 4 * HOUR_MS, 60_000)
    rates = {
        gallery: [crowd.uses_per_minute(gallery, WEDNESDAY_10 + ms) for ms in minutes]
        for gallery in ("g-physics", "g-sound")
    }

    for series in rates.values():
        assert max(series) > 2 * min(series) > 0
        assert max(series) <= BUSIEST_USES_PER_MINUTE
    assert rates["g-physics"] != rates["g-sound"]


def test_some_exhibits_draw_the_crowd() -> None:
    popularity = [exhibit.popularity for exhibit in make_roster(84, seed=1)]

    assert max(popularity) > 2 * min(popularity)
    assert make_roster(84, seed=1) == make_roster(84, seed=1)
