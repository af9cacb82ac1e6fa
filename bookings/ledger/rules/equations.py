"""What must be equal in the books of a fund whatever has happened, said of its balances alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bookings.ledger.rules import accounts as a
from bookings.ledger.rules.accounts import Book, Side


@dataclass(frozen=True, slots=True)
class Equation:
    """Sums of accounts that are equal; named for what it says."""

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]


EQUATIONS = (
    Equation(
        "appropriated",
        (a.APPROPRIATED,),
        (a.AVAILABLE, a.RESERVED_FAR, a.ENCUMBERED, a.OBLIGATED, a.EXPENDED),
    ),
    # What is owed waits to be sent, or is with the bank.
    Equation("obligated", (a.OBLIGATED,), (a.PAYABLE, a.TRANSIT)),
    # What was decided is a cost, or is asked back.
    Equation("decided", (a.OBLIGATED, a.EXPENDED), (a.EXPENSE, a.RECEIVABLE)),
    # What has left the bank is expended: nothing else leaves it.
    Equation("expended", (a.EQUITY,), (a.BANK, a.EXPENDED)),
)


def broken_equations(balances: Mapping[str, int]) -> list[Equation]:
    """The equations that do not hold; those over accounts that do not stand are left out.

    Args:
        balances: keyed by the account's name without the fund.
    """
    return [
        equation
        for equation in EQUATIONS
        if {*equation.left, *equation.right} <= balances.keys()
        and sum(balances[name] for name in equation.left)
        != sum(balances[name] for name in equation.right)
    ]


def unbalanced_books(accounts: Iterable[tuple[Book, Side, int]]) -> list[Book]:
    """The books whose debit sides and credit sides differ."""
    sums = dict.fromkeys(Book, 0)
    for book, side, balance in accounts:
        sums[book] += balance if side is Side.DEBIT else -balance
    return [book for book, difference in sums.items() if difference]
