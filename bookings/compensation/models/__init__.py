"""The tables of the fund: claims and their decisions, batches and the bank's answers."""

from bookings.compensation.models.claims import (
    Claim,
    ClaimCheck,
    Decision,
    Evidence,
    Fund,
    PolicyVersion,
    Reading,
)
from bookings.compensation.models.payouts import (
    BankLine,
    BankSettlement,
    BankStatement,
    Payout,
    PayoutLine,
)

__all__ = [
    "BankLine",
    "BankSettlement",
    "BankStatement",
    "Claim",
    "ClaimCheck",
    "Decision",
    "Evidence",
    "Fund",
    "Payout",
    "PayoutLine",
    "PolicyVersion",
    "Reading",
]
