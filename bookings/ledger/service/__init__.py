"""Everything that writes the ledger.

```
posting   accounts, transfers, reversals   closing   the end of a period
anchors   where each chain stood on a day
```
"""

from bookings.ledger.service.anchors import make_anchors, sweep_anchors
from bookings.ledger.service.closing import ClosePeriod, close_period
from bookings.ledger.service.posting import (
    Entry,
    lock_ledger,
    open_account,
    open_ledger,
    post_transfers,
    reverse_transfer,
)

__all__ = [
    "ClosePeriod",
    "Entry",
    "close_period",
    "lock_ledger",
    "make_anchors",
    "open_account",
    "open_ledger",
    "post_transfers",
    "reverse_transfer",
    "sweep_anchors",
]
