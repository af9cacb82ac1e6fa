"""What changes the catalogue.

```
load         bring it to what files say; what staff changed since stays as staff left it
edit         staff change an activity for a school year, archive it, take it over to the next
curriculum   staff change learning areas, subjects and outcomes
versions     each change is a version; the edition of the present year is the row that others join
```
"""

from bookings.programmes.service.curriculum import (
    save_area,
    save_outcome,
    save_subject,
)
from bookings.programmes.service.edit import (
    SaveActivity,
    create_activity,
    save_activity,
    sweep_school_year,
)
from bookings.programmes.service.load import (
    load_activity,
    load_area,
    load_outcome,
    load_subject,
)
from bookings.programmes.service.versions import BY_FILES

__all__ = [
    "BY_FILES",
    "SaveActivity",
    "create_activity",
    "load_activity",
    "load_area",
    "load_outcome",
    "load_subject",
    "save_activity",
    "save_area",
    "save_outcome",
    "save_subject",
    "sweep_school_year",
]
