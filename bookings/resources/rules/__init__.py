"""Rules of the capacity floor; pure.

```
takes      what a demand for capacity comes to in cells
hours      when the centre is open and when a host works
rooms      how segments combine
calendar   when schools have breaks
```
"""

from bookings.resources.rules.calendar import (
    BreakKind,
    BreakStatus,
    SchoolBreak,
    format_grades,
    parse_grades,
)
from bookings.resources.rules.hours import (
    OpenDay,
    OpeningRule,
    Shift,
    WhyClosed,
    Window,
    hours_of,
    is_public_holiday,
    on_grid,
    open_day,
    rule_of,
    whole_day,
    without_gap,
    working_windows,
)
from bookings.resources.rules.rooms import Configuration, TermKind, configurations
from bookings.resources.rules.takes import (
    CellKey,
    CellProblem,
    ResourceKind,
    Take,
    demand,
    outage_owner,
    party_of,
    runs,
)

__all__ = [
    "BreakKind",
    "BreakStatus",
    "CellKey",
    "CellProblem",
    "Configuration",
    "OpenDay",
    "OpeningRule",
    "ResourceKind",
    "SchoolBreak",
    "Shift",
    "Take",
    "TermKind",
    "WhyClosed",
    "Window",
    "configurations",
    "demand",
    "format_grades",
    "hours_of",
    "is_public_holiday",
    "on_grid",
    "open_day",
    "outage_owner",
    "parse_grades",
    "party_of",
    "rule_of",
    "runs",
    "whole_day",
    "without_gap",
    "working_windows",
]
