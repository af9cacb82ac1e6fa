"""The staff's pages about the centre's resources.

```
things     rooms, galleries, pools, machines, hosts
outages    what is out of order, who is away
hours      shifts and opening hours
calendar   closed days and school breaks
```
"""

from bookings.resources.pages.calendar import CALENDAR
from bookings.resources.pages.hours import HOURS
from bookings.resources.pages.outages import OUTAGES
from bookings.resources.pages.things import THINGS

PAGES = [*THINGS, *OUTAGES, *HOURS, *CALENDAR]
