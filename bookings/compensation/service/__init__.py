"""What happens to funds and claims; every module is one part of `fund.md`.

```
funds     open, top up, store rules, end a ring-fence    moves     one UPDATE per change of state
desk      estimate, reserve, release, open the claim     letters   what the school is told by mail
claims    draft, file, lapse                             decisions check (A) and decide (B)
evidence  keep a file, read an e-invoice
```
"""

from bookings.compensation.service.claims import (
    FileClaim,
    file_claim,
    save_draft,
    sweep_late_claims,
)
from bookings.compensation.service.closing import CloseFund, close_fund
from bookings.compensation.service.decisions import (
    CheckClaim,
    DecideClaim,
    check_claim,
    decide_claim,
)
from bookings.compensation.service.desk import FundDesk
from bookings.compensation.service.evidence import AddEvidence, add_evidence, keep_evidence
from bookings.compensation.service.funds import (
    OpenFund,
    StorePolicy,
    load_fund,
    open_fund,
    store_policy,
    sweep_ring_fences,
    top_up_fund,
)

__all__ = [
    "AddEvidence",
    "CheckClaim",
    "CloseFund",
    "DecideClaim",
    "FileClaim",
    "FundDesk",
    "OpenFund",
    "StorePolicy",
    "add_evidence",
    "check_claim",
    "close_fund",
    "decide_claim",
    "file_claim",
    "keep_evidence",
    "load_fund",
    "open_fund",
    "save_draft",
    "store_policy",
    "sweep_late_claims",
    "sweep_ring_fences",
    "top_up_fund",
]
