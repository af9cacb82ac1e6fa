"""What should be true of a fund, said in the plainest way: pots of cents and claims by number.

It knows nothing of debit, credit, accounts or chains, and shares no code with the product.
"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

AWARDS_OF_A_SCHOOL = 3
# Keyed by what a claim is: what may happen to it next.
NEXT = {
    "kept": ("release", "approve", "approve_more"),
    "owed": ("send", "revoke"),
    "flying": ("book", "refuse"),
    "paid": ("give_back", "demand"),
    "asked": ("repay",),
}


def half_up(amount: int, basis_points: int) -> int:
    return int((Decimal(amount) * basis_points / 10_000).quantize(Decimal(1), ROUND_HALF_UP))


class Oracle:
    """The fund as a child would keep it, with jars."""

    def __init__(self) -> None:
        self.jars: Counter[str] = Counter()
        self.awards: Counter[int] = Counter()
        # Keyed by claim: what it is, its cents from the free and from the far jar, its school.
        self.claims: dict[int, tuple[str, int, int, int]] = {}
        self.opened: list[tuple[int, bool]] = []

    def top_up(self, amount: int, far_bp: int) -> None:
        far = half_up(amount, far_bp)
        self.jars["voted"] += amount
        self.jars["far"] += far
        self.jars["free"] += amount - far

    def reserve(self, claim: int, amount: int, school: int, *, is_far: bool) -> bool:
        far = min(amount, self.jars["far"]) if is_far else 0
        if amount - far > self.jars["free"] or self.awards[school] == AWARDS_OF_A_SCHOOL:
            return False
        self.jars["far"] -= far
        self.jars["free"] -= amount - far
        self.awards[school] += 1
        self.claims[claim] = ("kept", amount - far, far, school)
        return True

    def release(self, claim: int) -> None:
        _, free, far, school = self.claims.pop(claim)
        self.jars["free"] += free
        self.jars["far"] += far
        self.awards[school] -= 1

    def approve(self, claim: int, amount: int) -> None:
        _, free, far, school = self.claims[claim]
        back = free + far - amount
        self.jars["free"] += min(back, free)
        self.jars["far"] += max(0, back - free)
        self.claims[claim] = ("owed", amount, 0, school)

    def approve_more(self, claim: int, more: int) -> bool:
        _, free, far, school = self.claims[claim]
        if more > self.jars["free"]:
            return False
        self.jars["free"] -= more
        self.claims[claim] = ("owed", free + far + more, 0, school)
        return True

    def become(self, claim: int, what: str) -> None:
        _, amount, _, school = self.claims[claim]
        self.claims[claim] = (what, amount, 0, school)

    def give_up(self, claim: int, amount: int, what: str) -> None:
        """Cents of a claim are free again; with the last of them the claim is over."""
        _, had, _, school = self.claims[claim]
        self.jars["free"] += amount
        self.claims[claim] = (what, had - amount, 0, school)
        if had == amount:
            del self.claims[claim]

    def open_far(self) -> int:
        opened = self.jars["far"]
        self.jars["free"] += opened
        self.jars["far"] = 0
        if opened:
            self.opened.append((opened, False))
        return opened

    def undo_open(self, number: int) -> bool:
        amount, undone = self.opened[number]
        if undone or amount > self.jars["free"]:
            return False
        self.jars["free"] -= amount
        self.jars["far"] += amount
        self.opened[number] = (amount, True)
        return True

    def cents(self, *kinds: str) -> int:
        return sum(free + far for kind, free, far, _ in self.claims.values() if kind in kinds)

    def state(self) -> dict[str, int]:
        """The balances that the product must have, by its names."""
        gone = self.cents("paid", "asked")
        return {
            "appropriated": self.jars["voted"],
            "available": self.jars["free"],
            "reserved-far": self.jars["far"],
            "encumbered": self.cents("kept"),
            "obligated": self.cents("owed", "flying"),
            "expended": gone,
            "bank": self.jars["voted"] - gone,
            "equity": self.jars["voted"],
            "payable": self.cents("owed"),
            "transit": self.cents("flying"),
            "expense": self.cents("owed", "flying", "paid"),
            "receivable": self.cents("asked"),
            "caps-used": sum(self.awards.values()),
        }
