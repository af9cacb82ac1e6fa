"""Reads of the capacity floor, as frozen rows.

```
centre   rooms, galleries, pools, machines, hosts, shifts, cells, words
change   what a resource takes from a day on, and who has it then
hours    opening hours, closures, the school calendar, outages
floor    one day of everything, for the planner
```
"""

from bookings.resources.queries.centre import (
    get_gallery,
    get_host,
    get_machine,
    get_resource,
    get_room,
    list_cells,
    list_configurations,
    list_edited,
    list_galleries,
    list_hosts,
    list_machines,
    list_pools,
    list_rooms,
    list_shifts,
    list_terms,
    list_walks,
    standing,
)
from bookings.resources.queries.change import USES_SHOWN, change_at, list_fuller, list_uses
from bookings.resources.queries.floor import read_floor
from bookings.resources.queries.hours import (
    get_outage,
    list_closures,
    list_open_outages,
    list_opening_rules,
    list_outages,
    list_school_breaks,
    opening,
    why_closed,
)
from bookings.resources.queries.rows import (
    CellRow,
    ClosureRow,
    Floor,
    GalleryRow,
    HostDayRow,
    HostRow,
    MachineRow,
    OutageRow,
    Planned,
    ResourceRow,
    RoomRow,
    TakenRow,
    TermRow,
    Thing,
    UseRow,
    edition,
)

__all__ = [
    "USES_SHOWN",
    "CellRow",
    "ClosureRow",
    "Floor",
    "GalleryRow",
    "HostDayRow",
    "HostRow",
    "MachineRow",
    "OutageRow",
    "Planned",
    "ResourceRow",
    "RoomRow",
    "TakenRow",
    "TermRow",
    "Thing",
    "UseRow",
    "change_at",
    "edition",
    "get_gallery",
    "get_host",
    "get_machine",
    "get_outage",
    "get_resource",
    "get_room",
    "list_cells",
    "list_closures",
    "list_configurations",
    "list_edited",
    "list_fuller",
    "list_galleries",
    "list_hosts",
    "list_machines",
    "list_open_outages",
    "list_opening_rules",
    "list_outages",
    "list_pools",
    "list_rooms",
    "list_school_breaks",
    "list_shifts",
    "list_terms",
    "list_uses",
    "list_walks",
    "opening",
    "read_floor",
    "standing",
    "why_closed",
]
