"""The rules of claims and of their payment; pure.

```
claim     states, filing, reasons, warnings, decisions
papers    what statements and e-invoices say
payout    batches, and what a bank's line means
```
"""

from bookings.compensation.rules.claim import (
    DECIDED,
    DECISION_REASONS,
    EDITABLE,
    ENCUMBERING,
    FILED,
    KM_MAX,
    MOVES,
    OWED,
    ClaimReason,
    ClaimState,
    Filing,
    Finding,
    Invoice,
    WarningCode,
    check_decision,
    check_filing,
    check_recommendation,
    claim_last_day,
    differences,
    is_km_strange,
    may_move,
    outcome,
)
from bookings.compensation.rules.papers import (
    STATEMENT_BYTES_MAX,
    BankEntry,
    BankFile,
    BankPayment,
    InvoiceLine,
    ReadInvoice,
)
from bookings.compensation.rules.payout import (
    BIC,
    LINES_MAX,
    NAME_LENGTH_MAX,
    UNSETTLED,
    LineState,
    Meaning,
    Ordered,
    PayoutState,
    earliest_execution,
    meaning_of,
)
from bookings.ledger.rules import FundEvent

__all__ = [
    "BIC",
    "DECIDED",
    "DECISION_REASONS",
    "EDITABLE",
    "ENCUMBERING",
    "FILED",
    "KM_MAX",
    "LINES_MAX",
    "MOVES",
    "NAME_LENGTH_MAX",
    "OWED",
    "STATEMENT_BYTES_MAX",
    "UNSETTLED",
    "BankEntry",
    "BankFile",
    "BankPayment",
    "ClaimReason",
    "ClaimState",
    "Filing",
    "Finding",
    "FundEvent",
    "Invoice",
    "InvoiceLine",
    "LineState",
    "Meaning",
    "Ordered",
    "PayoutState",
    "ReadInvoice",
    "WarningCode",
    "check_decision",
    "check_filing",
    "check_recommendation",
    "claim_last_day",
    "differences",
    "earliest_execution",
    "is_km_strange",
    "may_move",
    "meaning_of",
    "outcome",
]
