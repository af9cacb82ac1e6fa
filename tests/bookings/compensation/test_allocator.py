"""Giving out money that is not enough for all: each promise alone, and all of them at random."""

import hashlib
import hmac
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.compensation.allocator import (
    Allocation,
    Answer,
    AwardRequest,
    Given,
    Pots,
    allocate,
    commitment,
    lot,
    new_seed,
    order,
)
from vizium.kernel.money import Cents

_START = datetime(2026, 9, 1, 6, tzinfo=UTC)
_SEED = "5eed"


def _request(
    name: str, cents: int, *, minute: int = 0, cap: str = "", far: bool = False
) -> AwardRequest:
    return AwardRequest(name, _START + timedelta(minutes=minute), cap or name, Cents(cents), far)


def _pots(available: int, far: int = 0, **left: int) -> Pots:
    return Pots(available, far, left, awards_per_cap=2)


def _told(given: tuple[Given, ...]) -> dict[str, str]:
    return {one.request.id: one.answer.value for one in given}


_REQUESTS = st.lists(
    st.builds(
        AwardRequest,
        id=st.uuids().map(str),
        asked_at=st.integers(0, 50).map(lambda minute: _START + timedelta(minutes=minute)),
        cap=st.sampled_from("abcde"),
        award_cents=st.integers(1, 500).map(Cents),
        is_far=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda request: request.id,
)
_POTS = st.builds(
    Pots,
    available_cents=st.integers(0, 3000),
    reserved_far_cents=st.integers(0, 1500),
    awards_left=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 3)),
    awards_per_cap=st.integers(1, 3),
)


def test_first_come_is_served_first() -> None:
    late, early = _request("late", 100, minute=9), _request("early", 100, minute=1)

    assert _told(allocate([late, early], _pots(150), Allocation.FIRST_COME)) == {
        "early": "reserved",
        "late": "waits",
    }


def test_nobody_jumps_the_queue_with_a_smaller_wish() -> None:
    asked = [_request("big", 400, minute=1), _request("small", 100, minute=2)]

    assert set(_told(allocate(asked, _pots(300), Allocation.FIRST_COME)).values()) == {"waits"}


def test_near_school_that_waits_does_not_stop_the_money_of_the_far() -> None:
    asked = [_request("near", 400, minute=1), _request("far", 200, minute=2, far=True)]

    given = allocate(asked, _pots(300, far=200), Allocation.FIRST_COME)

    assert _told(given) == {"near": "waits", "far": "reserved"}


def test_far_school_that_waits_stops_those_behind_it_in_both_pots() -> None:
    asked = [
        _request("far", 600, minute=1, far=True),
        _request("farther", 100, minute=2, far=True),
        _request("near", 100, minute=3),
    ]

    assert set(_told(allocate(asked, _pots(200, far=300), Allocation.FIRST_COME)).values()) == {
        "waits"
    }


def test_cap_that_is_reached_does_not_hold_up_the_queue() -> None:
    asked = [
        _request(name, 100, minute=minute, cap="school")
        for minute, name in enumerate(("one", "two", "three"))
    ]
    asked.append(_request("other", 100, minute=9))

    assert _told(allocate(asked, _pots(1000), Allocation.FIRST_COME)) == {
        "one": "reserved",
        "two": "reserved",
        "three": "cap_reached",
        "other": "reserved",
    }


def test_round_serves_every_school_once_before_any_twice() -> None:
    asked = [
        _request("a1", 100, minute=1, cap="a"),
        _request("a2", 100, minute=2, cap="a"),
        _request("b1", 100, minute=3, cap="b"),
        _request("had one", 100, minute=0, cap="c"),
    ]

    served = order(asked, _pots(0, c=1), Allocation.ROUNDS)

    assert [request.id for request in served] == ["a1", "b1", "had one", "a2"]


def test_lottery_does_not_care_who_came_first_and_anybody_can_play_it_again() -> None:
    asked = [_request(name, 100, minute=minute) for minute, name in enumerate("abcdefgh")]
    by_hand = sorted(
        "abcdefgh",
        key=lambda name: hmac.new(_SEED.encode(), name.encode(), hashlib.sha256).hexdigest(),
    )

    served = order(asked, _pots(0), Allocation.LOTTERY, seed=_SEED)

    assert [request.id for request in served] == by_hand != sorted(by_hand)


def test_seed_is_bound_by_what_was_published() -> None:
    seed = new_seed()

    assert commitment(seed) == hashlib.sha256(seed.encode()).hexdigest()
    assert commitment(new_seed()) != commitment(seed)
    assert lot(seed, "a") != lot(new_seed(), "a")


def test_lottery_without_a_seed_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError):
        allocate([_request("a", 1)], _pots(1), Allocation.LOTTERY)


@given(_REQUESTS, _POTS, st.sampled_from(Allocation))
def test_every_allocation_keeps_its_promises(
    requests: list[AwardRequest], pots: Pots, how: Allocation
) -> None:
    given = allocate(requests, pots, how, seed=_SEED)

    assert allocate(reversed(requests), pots, how, seed=_SEED) == given
    assert {one.request.id for one in given} == {request.id for request in requests}
    assert [one.place for one in given] == list(range(1, len(requests) + 1))
    assert _broken(given, pots) == []


def test_promises_notice_an_allocation_that_jumps() -> None:
    asked = [_request("big", 400, minute=1), _request("small", 100, minute=2)]
    given = allocate(asked, _pots(300), Allocation.FIRST_COME)
    alone = allocate(asked[1:], _pots(300), Allocation.FIRST_COME)[0]

    assert _broken((given[0], replace(alone, place=2)), _pots(300)) == ["small jumped"]


def _broken(given: tuple[Given, ...], pots: Pots) -> list[str]:
    """Promises that an allocation breaks, worked out from its answers alone."""
    broken = []
    reserved = [one for one in given if one.draw is not None]
    general = sum(one.draw.general_cents for one in reserved if one.draw)
    far = sum(one.draw.far_cents for one in reserved if one.draw)
    if general > pots.available_cents or far > pots.reserved_far_cents:
        broken.append("more was given than there is")
    for cap, awards in Counter(one.request.cap for one in reserved).items():
        if awards > pots.left(cap):
            broken.append(f"{cap} is over its cap")
    return [*broken, *_wronged(given, pots.available_cents - general)]


def _wronged(given: tuple[Given, ...], left_cents: int) -> list[str]:
    """Requests that got what they should not, or nothing though they might."""
    broken = []
    for index, one in enumerate(given):
        waiting = [other for other in given[:index] if other.answer is Answer.WAITS]
        if one.draw is None:
            if one.answer is Answer.WAITS and not waiting:
                broken += [one.request.id] if one.request.award_cents <= left_cents else []
            continue
        far_waits = any(other.request.is_far for other in waiting)
        if (waiting and one.draw.general_cents) or (far_waits and one.draw.far_cents):
            broken.append(f"{one.request.id} jumped")
        if one.draw.total_cents != one.request.award_cents:
            broken.append(f"{one.request.id} got another amount")
        if one.draw.far_cents and not one.request.is_far:
            broken.append(f"{one.request.id} is not far")
    return broken
