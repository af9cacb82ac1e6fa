"""What happens to the capacity floor.

```
capacity  take, release, keep, ensure, check: the cells that the database guards
centre    rooms, hosts, machines and opening hours, loaded from the centre's lists
```
"""

from bookings.resources.service.capacity import (
    check_cells,
    ensure_resource,
    keep,
    release,
    take,
)
from bookings.resources.service.centre import (
    close_day,
    load_hosts,
    load_machine,
    load_opening_rules,
    load_rooms,
)

__all__ = [
    "check_cells",
    "close_day",
    "ensure_resource",
    "keep",
    "load_hosts",
    "load_machine",
    "load_opening_rules",
    "load_rooms",
    "release",
    "take",
]
