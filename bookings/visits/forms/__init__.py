"""From what people and programs send to orders: values, or every field's error.

```
people    pupils by grade, adults       booking   one timed activity
contact   who answers for the group     day       a whole day, question by question
numbers   other numbers for a visit
```
"""

from bookings.visits.forms.booking import parse_order, travelling
from bookings.visits.forms.contact import check_contact, page_language_of, parse_contact
from bookings.visits.forms.people import (
    GRADES,
    People,
    check_supervision,
    parse_adults,
    parse_arrival,
    parse_groups,
    parse_people,
)

__all__ = [
    "GRADES",
    "People",
    "check_contact",
    "check_supervision",
    "page_language_of",
    "parse_adults",
    "parse_arrival",
    "parse_contact",
    "parse_groups",
    "parse_order",
    "parse_people",
    "travelling",
]
