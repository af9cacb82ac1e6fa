"""What people and programs may ask of the catalogue, and what staff may write into it."""

from bookings.programmes.forms.activity import (
    AGE_GROUPS,
    MATERIALS_MAX,
    OUTCOMES_MAX,
    Edited,
    form_of,
    parse_activity,
    rows_of,
)
from bookings.programmes.forms.curriculum import form_of_row, parse_outcome, parse_title
from bookings.programmes.forms.search import (
    FIELDS,
    STATES,
    parse_cursor,
    parse_page,
    parse_search,
    parse_year,
)

__all__ = [
    "AGE_GROUPS",
    "FIELDS",
    "MATERIALS_MAX",
    "OUTCOMES_MAX",
    "STATES",
    "Edited",
    "form_of",
    "form_of_row",
    "parse_activity",
    "parse_cursor",
    "parse_outcome",
    "parse_page",
    "parse_search",
    "parse_title",
    "parse_year",
    "rows_of",
]
