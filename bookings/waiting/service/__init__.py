"""What happens on the waiting list.

```
joining   a class joins and leaves        offers   a day is offered, taken, declined, let pass
letters   what the class is told
```
"""

from bookings.waiting.service.joining import (
    AddWaiting,
    add_waiting,
    opens_waiting,
    waiting_path,
    withdraw,
)
from bookings.waiting.service.offers import offer_freed, sweep_waiting

__all__ = [
    "AddWaiting",
    "add_waiting",
    "offer_freed",
    "opens_waiting",
    "sweep_waiting",
    "waiting_path",
    "withdraw",
]
