from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizium.kernel.money import (
    AMOUNT_CENTS_MAX,
    AmountError,
    Cents,
    format_euro,
    parse_euro,
    share,
    split_by_weight,
)

AMOUNTS = st.integers(min_value=0, max_value=AMOUNT_CENTS_MAX).map(Cents)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,34", 1234),
        ("12.34", 1234),
        ("12,5", 1250),
        ("0,05", 5),
        ("12", 1200),
        ("  12 ", 1200),
        ("1 234,50", 123_450),
        ("1\u00a0234,50", 123_450),
        ("1\u202f234,50", 123_450),
        ("1.234,50", 123_450),
        ("1.234", 123_400),
        ("1 000 000", 100_000_000),
        ("€ 12", 1200),
        ("€12", 1200),
        ("12,00 €", 1200),
        ("12 EUR", 1200),
        ("eur 12", 1200),
        ("10000000", AMOUNT_CENTS_MAX),
    ],
)
def test_parse_euro_reads_what_people_write(text: str, cents: int) -> None:
    assert parse_euro(text) == cents


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_an_amount"),
        ("€", "not_an_amount"),
        ("-1", "not_an_amount"),
        ("+1", "not_an_amount"),
        ("1e9", "not_an_amount"),
        ("0x10", "not_an_amount"),
        ("1_000", "not_an_amount"),
        ("١٢", "not_an_amount"),
        ("１２", "not_an_amount"),
        ("12,345", "not_an_amount"),
        ("12,", "not_an_amount"),
        (",50", "not_an_amount"),
        ("1,234.50", "not_an_amount"),
        ("12 34", "not_an_amount"),
        ("1€50", "not_an_amount"),
        ("1EUR234", "not_an_amount"),
        ("12; DROP TABLE", "not_an_amount"),
        ("NaN", "not_an_amount"),
        ("Infinity", "not_an_amount"),
        ("12" + " " * 60 + "99", "not_an_amount"),
        ("9" * 1_000_000, "not_an_amount"),
        ("10000000,01", "amount_too_large"),
        ("9" * 40, "amount_too_large"),
    ],
)
def test_parse_euro_refuses_everything_else(text: str, reason: str) -> None:
    with pytest.raises(AmountError) as refused:
        parse_euro(text)

    assert refused.value.reason == reason


@given(AMOUNTS)
def test_parse_euro_reads_what_format_euro_wrote(amount: Cents) -> None:
    assert parse_euro(format_euro(amount)) == amount


@given(st.text(max_size=50))
def test_parse_euro_of_any_text_is_an_amount_or_an_amount_error(text: str) -> None:
    with suppress(AmountError):
        assert 0 <= parse_euro(text) <= AMOUNT_CENTS_MAX


@given(AMOUNTS, st.integers(min_value=0, max_value=10_000))
def test_share_is_the_exact_share_rounded_half_up(amount: Cents, basis_points: int) -> None:
    exact = Fraction(amount * basis_points, 10_000)

    taken = share(amount, basis_points)

    assert Fraction(-1, 2) < taken - exact <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "basis_points", "taken"),
    [(1, 5_000, 1), (1, 4_999, 0), (3, 5_000, 2), (28_550, 7_500, 21_413), (100, 0, 0)],
)
def test_share_of_half_a_cent_goes_up(amount: int, basis_points: int, taken: int) -> None:
    assert share(Cents(amount), basis_points) == taken


@given(
    AMOUNTS,
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any),
)
def test_split_adds_up_and_no_part_is_a_cent_away_from_its_share(
    amount: Cents, weights: list[int]
) -> None:
    parts = split_by_weight(amount, weights)

    assert sum(parts) == amount
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1
        assert weight or not part


def test_split_gives_the_odd_cent_to_the_earlier_of_equals() -> None:
    assert split_by_weight(Cents(100), [1, 1, 1]) == [34, 33, 33]


@pytest.mark.parametrize("weights", [[], [0], [-1, 2]])
def test_split_by_nothing_is_a_mistake_of_the_programmer(weights: list[int]) -> None:
    with pytest.raises((AssertionError, ValueError)):
        split_by_weight(Cents(1), weights)


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0,00 €"), (5, "0,05 €"), (123_450, "1 234,50 €"), (-123_450, "-1 234,50 €")],
)
def test_format_euro_writes_as_latvia_does(cents: int, text: str) -> None:
    assert format_euro(Cents(cents)) == text.replace(" ", "\u00a0")
