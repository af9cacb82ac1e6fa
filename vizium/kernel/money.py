"""Money is whole cents; a float never enters.

Amounts are parsed from text, shares are basis points (1/100 of a percent), every line is rounded
once, half up, and a sum is split so that its parts add up to it again.
"""

import re
from collections.abc import Sequence
from typing import NewType

Cents = NewType("Cents", int)

# A person may type a space or a dot between thousands and a comma or a dot before the cents.
_AMOUNT = re.compile(
    r"(?:(?:€|EUR) ?)?(?P<euros>[0-9]{1,3}(?:[ .][0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))?"
    r"(?: ?(?:€|EUR))?",
    re.IGNORECASE,
)
_AMOUNT_LENGTH_MAX = 40
# EUR 10 million: far above any invoice for a bus, far below what a 64-bit column holds.
AMOUNT_CENTS_MAX = 1_000_000_000


class AmountError(ValueError):
    """The text is not an amount of euros and cents; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_euro(text: str) -> Cents:
    """Read an amount as people write it: ``12,34``, ``12.34``, ``1 234,50``, ``€ 12``.

    Args:
        text: at most 40 characters; spaces of any kind are accepted, and ``€`` or ``EUR`` at
            either end.

    Returns:
        Whole cents, 0..`AMOUNT_CENTS_MAX`.

    Raises:
        AmountError: ``not_an_amount``, or ``amount_too_large``.
    """
    match = _AMOUNT.fullmatch(" ".join(text[: _AMOUNT_LENGTH_MAX + 1].split()))
    if match is None or len(text) > _AMOUNT_LENGTH_MAX:
        raise AmountError("not_an_amount")
    euros = int(re.sub(r"[ .]", "", match["euros"]))
    cents = euros * 100 + int((match["cents"] or "0").ljust(2, "0"))
    if cents > AMOUNT_CENTS_MAX:
        raise AmountError("amount_too_large")
    return Cents(cents)


def share(amount: Cents, basis_points: int) -> Cents:
    """Take a share of an amount, rounded half up to a whole cent.

    Args:
        amount: >= 0 cents.
        basis_points: 0..10,000 (10,000 is all of it).
    """
    assert amount >= 0
    assert 0 <= basis_points <= 10_000
    return Cents((amount * basis_points * 2 + 10_000) // 20_000)


def split_by_weight(amount: Cents, weights: Sequence[int]) -> list[Cents]:
    """Split an amount by weights with the largest-remainder method.

    Args:
        amount: >= 0 cents.
        weights: n whole numbers >= 0 of which one is > 0.

    Returns:
        n parts in the order of the weights; they add up to `amount` exactly. Between equal
        remainders the earlier weight receives the cent.
    """
    total = sum(weights)
    assert amount >= 0
    assert total > 0
    assert min(weights) >= 0
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return [Cents(part) for part in parts]


def format_euro(amount: Cents) -> str:
    """Write an amount as Latvia does: ``1 234,50 €`` (non-breaking spaces)."""
    sign = "-" if amount < 0 else ""
    euros, cents = divmod(abs(amount), 100)
    grouped = f"{euros:,}".replace(",", "\u00a0")
    return f"{sign}{grouped},{cents:02d}\u00a0€"
