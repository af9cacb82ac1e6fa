"""What happens on the waiting list.

```
joining   a class joins and leaves        offers   a day is offered, taken, declined, let pass
letters   what the class is told          answers  an offer is taken or given up, in one step
```
"""

from bookings.waiting.service.answers import AcceptOffer, accept_offer, decline_offer
from bookings.waiting.service.joining import (
    AddWaiting,
    add_waiting,
    opens_waiting,
    waiting_path,
    withdraw,
)
from bookings.waiting.service.offers import offer_freed, sweep_waiting

__all__ = [
    "AcceptOffer",
    "AddWaiting",
    "accept_offer",
    "add_waiting",
    "decline_offer",
    "offer_freed",
    "opens_waiting",
    "sweep_waiting",
    "waiting_path",
    "withdraw",
]
