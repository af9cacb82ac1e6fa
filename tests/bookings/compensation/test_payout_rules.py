"""When a bank can pay, and what a line of its statement means."""

from datetime import date

import pytest

from bookings.compensation.rules import (
    LineState,
    Meaning,
    Ordered,
    PayoutState,
    earliest_execution,
    meaning_of,
)
from vizium.kernel.money import Cents


@pytest.mark.parametrize(
    ("today", "pays"),
    [
        (date(2027, 2, 2), date(2027, 2, 3)),
        (date(2027, 2, 5), date(2027, 2, 8)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2027, 3, 25), date(2027, 3, 30)),
        (date(2028, 2, 28), date(2028, 2, 29)),
    ],
    ids=["a weekday", "over a weekend", "over Christmas", "over Easter", "a leap day"],
)
def test_bank_pays_on_its_next_working_day(today: date, pays: date) -> None:
    assert earliest_execution(today) == pays


@pytest.mark.parametrize(
    ("state", "batch", "returned", "amount", "meaning"),
    [
        (LineState.WAITING, PayoutState.SENT, 0, -500, Meaning.BOOKED),
        (LineState.WAITING, PayoutState.SENT, 0, -501, Meaning.OTHER_AMOUNT),
        (LineState.WAITING, PayoutState.SEALED, 0, -500, Meaning.NOT_RELEASED),
        (LineState.WAITING, PayoutState.SENT, 0, 500, Meaning.OTHER_AMOUNT),
        (LineState.BOOKED, PayoutState.SENT, 0, -500, Meaning.REPEATED),
        (LineState.BOOKED, PayoutState.CLOSED, 0, 500, Meaning.RETURNED),
        (LineState.BOOKED, PayoutState.CLOSED, 200, 300, Meaning.RETURNED),
        (LineState.BOOKED, PayoutState.CLOSED, 200, 301, Meaning.OTHER_AMOUNT),
        (LineState.REFUSED, PayoutState.CLOSED, 0, -500, Meaning.REPEATED),
    ],
)
def test_line_of_a_statement_means(
    state: LineState, batch: PayoutState, returned: int, amount: int, meaning: Meaning
) -> None:
    ordered = Ordered("fund", "ours", state, batch, Cents(500), Cents(returned))

    assert meaning_of(ordered, "ours", amount) is meaning
    assert meaning_of(ordered, "another", amount) is Meaning.NOT_RELEASED
    assert meaning_of(None, "ours", amount) is Meaning.NOT_OURS
