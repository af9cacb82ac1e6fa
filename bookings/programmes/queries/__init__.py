"""Reads of the catalogue, as frozen rows.

```
catalogue   the whole of it, kept in memory under its version, and its search
versions    what an activity said, says and will say, by school year
```
"""

from bookings.programmes.queries.catalogue import (
    SearchResult,
    get_activity,
    get_version,
    list_activities,
    list_areas,
    list_editions,
    list_outcomes,
    list_subjects,
    search_activities,
)
from bookings.programmes.queries.versions import (
    VersionRow,
    find_edition,
    get_activity_as_booked,
    list_versions,
    list_years,
)
from bookings.programmes.rules import ActivityRow, MaterialRow, OutcomeRow, TitleRow

__all__ = [
    "ActivityRow",
    "MaterialRow",
    "OutcomeRow",
    "SearchResult",
    "TitleRow",
    "VersionRow",
    "find_edition",
    "get_activity",
    "get_activity_as_booked",
    "get_version",
    "list_activities",
    "list_areas",
    "list_editions",
    "list_outcomes",
    "list_subjects",
    "list_versions",
    "list_years",
    "search_activities",
]
