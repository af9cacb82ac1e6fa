"""The pure part of the ledger: where awards come from, where they return, what a seal covers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.ledger import rules
from bookings.ledger.rules import Draw, Line, Posting, Side
from vizium.kernel.money import Cents

_LINE = Line(
    fund="f",
    seq=3,
    id="01K00000000000000000000000",
    at=datetime(2027, 2, 1, 8, 0, tzinfo=UTC),
    event="reserved",
    subject="claim:1",
    debit="f:encumbered",
    credit="f:available",
    amount=100,
    reverses=None,
)


@pytest.mark.parametrize(
    ("amount", "available", "reserved_far", "far", "draw"),
    [
        (100, 100, 50, False, Draw(Cents(100), Cents(0))),
        (100, 99, 50, False, None),
        (100, 99, 50, True, Draw(Cents(50), Cents(50))),
        (100, 0, 100, True, Draw(Cents(0), Cents(100))),
        (100, 49, 50, True, None),
        (0, 0, 0, False, Draw(Cents(0), Cents(0))),
    ],
)
def test_draw_uses_the_fence_first_and_only_for_far_schools(
    amount: int, available: int, reserved_far: int, far: bool, draw: Draw | None
) -> None:
    assert (
        rules.draw_for(Cents(amount), available=available, reserved_far=reserved_far, far=far)
        == draw
    )


@given(
    general=st.integers(0, 10**6),
    far=st.integers(0, 10**6),
    kept_bp=st.integers(0, 10_000),
    fenced=st.booleans(),
)
def test_part_given_back_is_the_difference_and_never_more_than_came_from_a_pot(
    general: int, far: int, kept_bp: int, fenced: bool
) -> None:
    draw = Draw(Cents(general), Cents(far))
    kept = Cents(draw.total_cents * kept_bp // 10_000)

    back = rules.part_given_back(draw, kept, fenced=fenced)

    assert back.total_cents == draw.total_cents - kept
    assert min(back.general_cents, back.far_cents) >= 0
    assert back.far_cents <= (draw.far_cents if fenced else 0)
    assert not fenced or back.general_cents <= draw.general_cents


@given(cents=st.integers(1, 10**10), far_bp=st.integers(0, 10_000))
def test_appropriation_is_split_without_losing_a_cent(cents: int, far_bp: int) -> None:
    postings = rules.appropriated("f", Cents(cents), far_bp=far_bp)

    moved = rules.changes(postings, {plan.code: plan.side for plan in rules.chart("f")})

    assert moved.get("f:available", 0) + moved.get("f:reserved-far", 0) == cents
    assert (moved["f:appropriated"], moved["f:bank"], moved["f:equity"]) == (cents, cents, cents)


def test_changes_cancel_out_on_each_side() -> None:
    sides = {"a": Side.DEBIT, "b": Side.DEBIT, "c": Side.CREDIT}

    net = rules.changes([Posting("b", "a", 5), Posting("a", "b", 2), Posting("a", "c", 9)], sides)

    assert list(net.items()) == [("a", 6), ("b", 3), ("c", 9)]


@pytest.mark.parametrize(
    ("debit", "credit", "amount"), [("a", "b", 0), ("a", "b", -1), ("a", "a", 1)]
)
def test_posting_that_moves_nothing_is_a_programming_error(
    debit: str, credit: str, amount: int
) -> None:
    with pytest.raises(AssertionError):
        Posting(debit, credit, amount)


@pytest.mark.parametrize(
    "other",
    [
        {"fund": "g"},
        {"seq": 4},
        {"id": "01K00000000000000000000001"},
        {"at": datetime(2027, 2, 1, 8, 0, 0, 1, tzinfo=UTC)},
        {"event": "released"},
        {"subject": "claim:2"},
        {"debit": "f:obligated"},
        {"credit": "f:reserved-far"},
        {"amount": 101},
        {"reverses": "01K00000000000000000000002"},
    ],
)
def test_seal_changes_with_every_field(other: dict[str, object]) -> None:
    first = rules.first_seal("key", "f")

    assert rules.seal("key", first, replace(_LINE, **other)) != rules.seal("key", first, _LINE)


def test_seal_depends_on_key_and_on_the_one_before() -> None:
    first = rules.first_seal("key", "f")
    seals = {
        rules.seal("key", first, _LINE),
        rules.seal("other key", first, _LINE),
        rules.seal("key", rules.first_seal("key", "g"), _LINE),
    }

    assert len(seals) == 3
