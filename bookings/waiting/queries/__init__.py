"""Reads of the waiting list, as frozen rows.

```
rows     what others see        classes  who waits, with their offers
days     how full days are      log      why each offer went to whom
```
"""

from bookings.waiting.queries.classes import (
    count_waiting_of_school,
    find_waiting,
    get_waiting,
    get_waiting_by_id,
    list_open_offers,
    list_over,
    list_waiting,
    place_of,
)
from bookings.waiting.queries.days import count_visits_of_year, list_days, list_open_days
from bookings.waiting.queries.log import list_choices
from bookings.waiting.queries.rows import (
    CandidateRow,
    ChoiceRow,
    DayRow,
    OfferRow,
    PlaceRow,
    WaitingRow,
)

__all__ = [
    "CandidateRow",
    "ChoiceRow",
    "DayRow",
    "OfferRow",
    "PlaceRow",
    "WaitingRow",
    "count_visits_of_year",
    "count_waiting_of_school",
    "find_waiting",
    "get_waiting",
    "get_waiting_by_id",
    "list_choices",
    "list_days",
    "list_open_days",
    "list_open_offers",
    "list_over",
    "list_waiting",
    "place_of",
]
