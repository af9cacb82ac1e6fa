"""One movement: a whole amount > 0 from the credited to the debited account.

So it is balanced by construction. Each account keeps its balance on the side where it normally
grows; so one rule, ``balance >= 0``, guards money that is left and debts that are owed alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bookings.ledger.rules.accounts import Side


@dataclass(frozen=True, slots=True)
class Posting:
    """Move `amount` (cents, or awards in the caps book) from `credit` to `debit`."""

    debit: str
    credit: str
    amount: int

    def __post_init__(self) -> None:
        assert self.amount > 0
        assert self.debit != self.credit


def mirrored(posting: Posting) -> Posting:
    """The posting that undoes another."""
    return Posting(posting.credit, posting.debit, posting.amount)


def net_debits(postings: Iterable[Posting]) -> dict[str, int]:
    """What each account is debited on balance: keyed by code, sorted; 0 where it cancels out."""
    net: dict[str, int] = {}
    for posting in postings:
        net[posting.debit] = net.get(posting.debit, 0) + posting.amount
        net[posting.credit] = net.get(posting.credit, 0) - posting.amount
    return dict(sorted(net.items()))


def changes(postings: Iterable[Posting], sides: Mapping[str, Side]) -> dict[str, int]:
    """By how much each account's balance changes: keyed by code, sorted, without zeros."""
    return {
        code: net if sides[code] is Side.DEBIT else -net
        for code, net in net_debits(postings).items()
        if net
    }
