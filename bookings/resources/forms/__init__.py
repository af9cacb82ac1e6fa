"""Forms of the staff about rooms, people and hours.

```
things   rooms, galleries, pools, machines, hosts, walks, words
times    shifts, outages, opening hours, closed days, school breaks
```
"""

from bookings.resources.forms.things import (
    LANGUAGES,
    PEOPLE_MAX,
    parse_gallery,
    parse_host,
    parse_machine,
    parse_planned,
    parse_pool,
    parse_retirement,
    parse_room,
    parse_term,
    parse_walk,
)
from bookings.resources.forms.times import (
    WEEKDAYS,
    parse_break,
    parse_closure,
    parse_hours,
    parse_outage,
    parse_shifts,
)

__all__ = [
    "LANGUAGES",
    "PEOPLE_MAX",
    "WEEKDAYS",
    "parse_break",
    "parse_closure",
    "parse_gallery",
    "parse_host",
    "parse_hours",
    "parse_machine",
    "parse_outage",
    "parse_planned",
    "parse_pool",
    "parse_retirement",
    "parse_room",
    "parse_shifts",
    "parse_term",
    "parse_walk",
]
