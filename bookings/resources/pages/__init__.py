"""The staff's pages about the centre's resources.

```
things     rooms, galleries, pools, machines, hosts: add one, change one
planned    another number from a day on; retire one
walks      minutes between places
words      skills and kinds of rooms in both languages
outages    what is out of order, who is away
hours      shifts and opening hours
calendar   closed days and school breaks
```
"""

from bookings.resources.pages.calendar import CALENDAR
from bookings.resources.pages.hours import HOURS
from bookings.resources.pages.outages import OUTAGES
from bookings.resources.pages.planned import PLANNED
from bookings.resources.pages.things import THINGS
from bookings.resources.pages.walks import WALKS
from bookings.resources.pages.words import WORDS

PAGES = [*THINGS, *PLANNED, *WALKS, *WORDS, *OUTAGES, *HOURS, *CALENDAR]
