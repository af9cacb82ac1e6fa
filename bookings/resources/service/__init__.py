"""What happens to the capacity floor.

```
capacity  take, swap, release, keep, ensure, check: what owners hold
cells     the same for many cells in one statement, in the order that cannot deadlock
centre    rooms, galleries, hosts, machines, walks and hours, loaded from the centre's lists
edits     what the staff add, change and retire of them in pages
words     walks, and the centre's own words for skills and kinds of rooms
hours     what the staff change of shifts, hours, closed days and the school calendar
outages   what cannot be used for a while
```
"""

from bookings.resources.service.capacity import (
    check_cells,
    ensure_resource,
    keep,
    release,
    swap,
    take,
)
from bookings.resources.service.centre import (
    close_day,
    load_galleries,
    load_hosts,
    load_machine,
    load_opening_rules,
    load_rooms,
    load_school_breaks,
    load_shifts,
    load_walk,
)
from bookings.resources.service.edits import AnyRow, add_thing, plan_change, save_thing
from bookings.resources.service.hours import (
    remove_closure,
    remove_hours,
    remove_school_break,
    remove_shift,
    save_closure,
    save_hours,
    save_school_break,
    save_shifts,
)
from bookings.resources.service.outages import (
    ReportOutage,
    end_outage,
    report_outage,
    sweep_outages,
    top_up_outage,
)
from bookings.resources.service.words import add_term, save_term, save_walk

__all__ = [
    "AnyRow",
    "ReportOutage",
    "add_term",
    "add_thing",
    "check_cells",
    "close_day",
    "end_outage",
    "ensure_resource",
    "keep",
    "load_galleries",
    "load_hosts",
    "load_machine",
    "load_opening_rules",
    "load_rooms",
    "load_school_breaks",
    "load_shifts",
    "load_walk",
    "plan_change",
    "release",
    "remove_closure",
    "remove_hours",
    "remove_school_break",
    "remove_shift",
    "report_outage",
    "save_closure",
    "save_hours",
    "save_school_break",
    "save_shifts",
    "save_term",
    "save_thing",
    "save_walk",
    "swap",
    "sweep_outages",
    "take",
    "top_up_outage",
]
