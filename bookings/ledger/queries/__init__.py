"""What the ledger says, and whether all of it is true.

```
balances   accounts, transfers, each subject's part   check   everything again from the rows
periods    closings, anchors, the journal
```
"""

from bookings.ledger.queries.balances import (
    TransferRow,
    find_balance,
    find_balances,
    find_parts,
    get_balances,
    list_transfers,
)
from bookings.ledger.queries.check import LedgerCheck, LedgerProblem, check_ledger
from bookings.ledger.queries.periods import (
    ClosingRow,
    find_closing,
    list_anchors,
    list_closings,
    period_end,
    period_start,
    stream_journal,
)

__all__ = [
    "ClosingRow",
    "LedgerCheck",
    "LedgerProblem",
    "TransferRow",
    "check_ledger",
    "find_balance",
    "find_balances",
    "find_closing",
    "find_parts",
    "get_balances",
    "list_anchors",
    "list_closings",
    "list_transfers",
    "period_end",
    "period_start",
    "stream_journal",
]
