"""A payment to the bank and what the bank answers; pure.

```
drafted -> sealed -> sent -> closed          the batch: made by A, sealed by its hash, released by C
        '-> cancelled <-'                    (never after it was sent)
waiting -> booked -> returned                a line: nothing is paid before the bank has booked it
        '-> refused
```
Who releases has made, checked and decided nothing of what is in the batch.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bookings.resources.rules.hours import is_public_holiday
from vizium.kernel.money import Cents

# So many payments fit into one file of every Latvian bank.
LINES_MAX = 5_000
NAME_LENGTH_MAX = 70
BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


class PayoutState(StrEnum):
    """Where a batch stands."""

    DRAFTED = "drafted"
    SEALED = "sealed"
    SENT = "sent"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """What the bank has done with one payment."""

    WAITING = "waiting"
    BOOKED = "booked"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Meaning(StrEnum):
    """What a line of a bank statement is to the fund."""

    BOOKED = "booked"
    RETURNED = "returned"
    NOT_OURS = "not_ours"
    NOT_RELEASED = "not_released"
    OTHER_AMOUNT = "other_amount"
    REPEATED = "repeated"
    NOT_SPLIT = "not_split"


# Lines over which a person has to decide; nothing was posted for them.
UNSETTLED = frozenset(
    {Meaning.NOT_RELEASED, Meaning.OTHER_AMOUNT, Meaning.REPEATED, Meaning.NOT_SPLIT}
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What we know of a payment that a bank's line names; `fund` owes it, `iban` was to pay it."""

    fund: str
    iban: str
    state: LineState
    payout_state: PayoutState
    amount_cents: Cents
    returned_cents: Cents


def meaning_of(ordered: Ordered | None, account: str, amount_cents: int) -> Meaning:
    """What one payment of a statement is.

    Args:
        ordered: our order with its end-to-end id, None where we gave none such.
        account: whose statement tells it; another one than was to pay had no order from us.
        amount_cents: negative where money left the account.
    """
    if ordered is None:
        return Meaning.NOT_OURS
    is_released = ordered.payout_state in {PayoutState.SENT, PayoutState.CLOSED}
    if not is_released or ordered.iban != account:
        return Meaning.NOT_RELEASED
    if amount_cents < 0:
        if ordered.state is not LineState.WAITING:
            return Meaning.REPEATED
        return Meaning.BOOKED if -amount_cents == ordered.amount_cents else Meaning.OTHER_AMOUNT
    left = ordered.amount_cents - ordered.returned_cents
    if ordered.state is LineState.BOOKED and 0 < amount_cents <= left:
        return Meaning.RETURNED
    return Meaning.OTHER_AMOUNT


def earliest_execution(today: date) -> date:
    """The first day after today on which banks work: Latvia's holidays include theirs (TARGET)."""
    day = today + timedelta(days=1)
    while day.isoweekday() > 5 or is_public_holiday(day):
        day += timedelta(days=1)
    return day
