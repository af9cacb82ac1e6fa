"""Double entry, pure: the chart of a fund, its events as postings, and the seal that chains them.

A posting moves a whole amount > 0 from the credited to the debited account, so it is balanced by
construction. Each account keeps its balance on the side where it normally grows; so one rule,
``balance >= 0``, guards money that is left and debts that are owed alike.

```
budget book (cents)   appropriated = available + reserved-far + encumbered + obligated + expended
money book (cents)    bank + expense + receivable = equity + payable + transit
caps book (awards)    caps-granted = caps-used + the sum of cap:SCHOOL:YEAR
```
`reserved-far` is the ring-fenced part of what is available. The part before the colon of an
account's code is its fund: ``transport-2026:available``.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from vizium.kernel.money import Cents, share
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
    """An account to be opened; with `floor` its balance never falls below 0."""

    code: str
    book: Book
    side: Side
    floor: bool = True

    @property
    def unit(self) -> Unit:
        """Caps are counted in awards, all else in cents."""
        return Unit.AWARDS if self.book is Book.CAPS else Unit.CENTS


@dataclass(frozen=True, slots=True)
class Posting:
    """Move `amount` (cents, or awards in the caps book) from `credit` to `debit`."""

    debit: str
    credit: str
    amount: int

    def __post_init__(self) -> None:
        assert self.amount > 0
        assert self.debit != self.credit


@dataclass(frozen=True, slots=True)
class Draw:
    """An amount by the pots that it comes from, or goes back to."""

    general_cents: Cents
    far_cents: Cents

    @property
    def total_cents(self) -> Cents:
        """Both pots together."""
        return Cents(self.general_cents + self.far_cents)


@dataclass(frozen=True, slots=True)
class Line:
    """What the seal of one transfer covers; `seq` counts from 1 in each fund."""

    fund: str
    seq: int
    id: str
    at: datetime
    event: str
    subject: str
    debit: str
    credit: str
    amount: int
    reverses: str | None


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
        AccountPlan(account(fund, name), book, side)
        for book, (debits, credits_) in sides.items()
        for side, names in ((Side.DEBIT, debits), (Side.CREDIT, credits_))
        for name in names
    )


def appropriated(fund: str, amount: Cents, *, far_bp: int) -> tuple[Posting, ...]:
    """E0: money is put into the fund; `far_bp` of it is kept for far schools."""
    far = share(amount, far_bp)
    return _postings(
        fund,
        (AVAILABLE, APPROPRIATED, amount - far),
        (RESERVED_FAR, APPROPRIATED, far),
        (BANK, EQUITY, amount),
    )


def cap_granted(fund: str, cap: str, awards: int) -> tuple[Posting, ...]:
    """A school's cap is opened with the awards that the policy allows in a year."""
    return (Posting(cap, account(fund, CAPS_GRANTED), awards),)


def reserved(fund: str, draw: Draw, cap: str) -> tuple[Posting, ...]:
    """E1: an award is reserved, from the general and the ring-fenced part and the school's cap."""
    return (
        *_postings(
            fund,
            (ENCUMBERED, AVAILABLE, draw.general_cents),
            (ENCUMBERED, RESERVED_FAR, draw.far_cents),
        ),
        Posting(account(fund, CAPS_USED), cap, 1),
    )


def released(fund: str, back: Draw, cap: str) -> tuple[Posting, ...]:
    """E2: an award is withdrawn, lapsed or rejected; money and cap are free again."""
    return (*_given_back(fund, back), Posting(cap, account(fund, CAPS_USED), 1))


def approved(fund: str, amount: Cents, back: Draw) -> tuple[Posting, ...]:
    """E3: `amount` is owed to the school, the difference `back` is released at once."""
    return (
        *_postings(fund, (OBLIGATED, ENCUMBERED, amount), (EXPENSE, PAYABLE, amount)),
        *_given_back(fund, back),
    )


def unfenced(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """The ring-fence has ended: what is left of it is available to all."""
    return _postings(fund, (AVAILABLE, RESERVED_FAR, amount))


def draw_for(amount: Cents, *, available: int, reserved_far: int, far: bool) -> Draw | None:
    """Where an award comes from, or None if the fund has too little for this school.

    A far school uses the ring-fenced part first: the fence is a floor under what far schools
    get, and leaves as much as possible to all others.
    """
    far_cents = Cents(min(amount, reserved_far)) if far else Cents(0)
    general_cents = Cents(amount - far_cents)
    return Draw(general_cents, far_cents) if general_cents <= available else None


def part_given_back(draw: Draw, kept: Cents, *, fenced: bool) -> Draw:
    """What of a draw returns, and where, when only `kept` of it is needed.

    The ring-fenced part was used first, so it returns last; after the fence has ended all of it
    returns to the general part.
    """
    assert 0 <= kept <= draw.total_cents
    back = Cents(draw.total_cents - kept)
    general = min(back, draw.general_cents) if fenced else back
    return Draw(Cents(general), Cents(back - general))


def mirrored(posting: Posting) -> Posting:
    """The posting that undoes another."""
    return Posting(posting.credit, posting.debit, posting.amount)


def changes(postings: Iterable[Posting], sides: Mapping[str, Side]) -> dict[str, int]:
    """By how much each account's balance changes: keyed by code, sorted, without zeros."""
    net: dict[str, int] = {}
    for posting in postings:
        for code, side in ((posting.debit, Side.DEBIT), (posting.credit, Side.CREDIT)):
            sign = 1 if sides[code] is side else -1
            net[code] = net.get(code, 0) + sign * posting.amount
    return {code: net[code] for code in sorted(net) if net[code]}


def first_seal(secret_key: str, fund: str) -> str:
    """Where a fund's chain begins."""
    return _mac(secret_key, "ledger", fund)


def seal(secret_key: str, previous: str, line: Line) -> str:
    """The hex HMAC-SHA-256 that binds a transfer to all before it."""
    fields = [*astuple(line)]
    fields[fields.index(line.at)] = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _mac(secret_key, previous, json.dumps(fields, separators=(",", ":")))


def _mac(secret_key: str, previous: str, text: str) -> str:
    message = f"{previous}\0{text}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def _given_back(fund: str, back: Draw) -> tuple[Posting, ...]:
    return _postings(
        fund,
        (AVAILABLE, ENCUMBERED, back.general_cents),
        (RESERVED_FAR, ENCUMBERED, back.far_cents),
    )


def _postings(fund: str, *moves: tuple[str, str, int]) -> tuple[Posting, ...]:
    return tuple(
        Posting(account(fund, debit), account(fund, credit), amount)
        for debit, credit, amount in moves
        if amount
    )
