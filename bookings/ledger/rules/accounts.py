"""The chart of a fund: its accounts, their books, and how low and how high each may go.

```
budget book (cents)   appropriated = available + reserved-far + encumbered + obligated + expended
money book (cents)    bank + expense + receivable = equity + payable + transit
caps book (awards)    caps-granted = caps-used + the sum of cap:SCHOOL:YEAR
```
`reserved-far` is the ring-fenced part of what is available. The part before the colon of an
account's code is its fund: ``transport-2026:available``.

An account is shared (`available`, `bank`), or it is the sum of what each subject has in it: then
every subject's own part stays within 0 and `subject_most` too. So a claim cannot give back more
than it took, be paid twice, or hold two awards, whoever writes the row.
"""

from dataclasses import dataclass
from enum import StrEnum

from vizium.kernel.money import AMOUNT_CENTS_MAX
from vizium.kernel.schoolyear import SchoolYear

AVAILABLE = "available"
RESERVED_FAR = "reserved-far"
ENCUMBERED = "encumbered"
OBLIGATED = "obligated"
EXPENDED = "expended"
APPROPRIATED = "appropriated"
BANK = "bank"
EXPENSE = "expense"
RECEIVABLE = "receivable"
EQUITY = "equity"
PAYABLE = "payable"
TRANSIT = "transit"
CAPS_GRANTED = "caps-granted"
CAPS_USED = "caps-used"
# Keyed by the accounts that are sums over subjects: the most that one subject may have there.
SUBJECT_MOST: dict[str, int] = {
    **dict.fromkeys(
        (ENCUMBERED, OBLIGATED, EXPENDED, EXPENSE, RECEIVABLE, PAYABLE, TRANSIT), AMOUNT_CENTS_MAX
    ),
    CAPS_USED: 1,
}


class Book(StrEnum):
    """Accounts of one book alone may face each other in a transfer."""

    BUDGET = "budget"
    MONEY = "money"
    CAPS = "caps"


class Unit(StrEnum):
    """What an account counts."""

    CENTS = "cents"
    AWARDS = "awards"


class Side(StrEnum):
    """The side on which an account's balance grows."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """An account to be opened.

    With `floor` its balance never falls below 0; with `subject_most` no subject's part of it falls
    below 0 or rises above that.
    """

    code: str
    book: Book
    side: Side
    floor: bool = True
    subject_most: int | None = None

    @property
    def unit(self) -> Unit:
        """Caps are counted in awards, all else in cents."""
        return Unit.AWARDS if self.book is Book.CAPS else Unit.CENTS


def account(fund: str, name: str) -> str:
    """The code of a fund's account."""
    return f"{fund}:{name}"


def cap_account(fund: str, school: str, year: SchoolYear) -> str:
    """The account that holds the awards a school may still get in a school year."""
    return account(fund, f"cap:{school}:{year}")


def chart(fund: str) -> tuple[AccountPlan, ...]:
    """Every account of a fund but the schools' caps, which are opened at first use."""
    assert ":" not in fund
    sides = {
        Book.BUDGET: ((AVAILABLE, RESERVED_FAR, ENCUMBERED, OBLIGATED, EXPENDED), (APPROPRIATED,)),
        Book.MONEY: ((BANK, EXPENSE, RECEIVABLE), (EQUITY, PAYABLE, TRANSIT)),
        Book.CAPS: ((CAPS_USED,), (CAPS_GRANTED,)),
    }
    return tuple(
        AccountPlan(account(fund, name), book, side, subject_most=SUBJECT_MOST.get(name))
        for book, (debits, credits_) in sides.items()
        for side, names in ((Side.DEBIT, debits), (Side.CREDIT, credits_))
        for name in names
    )
