"""What a visit may be and become, without a database: states, people, money, refusals.

```
life      states and moves            people    groups, adults, joint groups of schools
policy    the centre's dated rules    sessions  what is offered, and whether it may be taken
money     funding and bus money
```
"""

from bookings.visits.rules.life import (
    CLOCK_AHEAD_MOST,
    EXPIRING,
    HARMLESS_FLAGS,
    KEEPING,
    MOVES,
    VisitState,
    arrival_flags,
    may_move,
    state_at,
)
from bookings.visits.rules.money import (
    Funding,
    TransportAward,
    TransportEstimate,
    TransportState,
)
from bookings.visits.rules.people import (
    GRADE_MAX,
    PUPILS_MAX,
    Contact,
    Group,
    Party,
    adults_needed,
    check_people,
    merge_groups,
    pupils_of,
)
from bookings.visits.rules.policy import (
    POLICY,
    PRESCHOOL,
    FeeStep,
    VisitPolicy,
    cancellation_fee,
    with_values,
)
from bookings.visits.rules.sessions import (
    SessionRow,
    TimetableRow,
    check_stops,
    presence,
    price_of,
    session_start,
)

__all__ = [
    "CLOCK_AHEAD_MOST",
    "EXPIRING",
    "GRADE_MAX",
    "HARMLESS_FLAGS",
    "KEEPING",
    "MOVES",
    "POLICY",
    "PRESCHOOL",
    "PUPILS_MAX",
    "Contact",
    "FeeStep",
    "Funding",
    "Group",
    "Party",
    "SessionRow",
    "TimetableRow",
    "TransportAward",
    "TransportEstimate",
    "TransportState",
    "VisitPolicy",
    "VisitState",
    "adults_needed",
    "arrival_flags",
    "cancellation_fee",
    "check_people",
    "check_stops",
    "may_move",
    "merge_groups",
    "presence",
    "price_of",
    "pupils_of",
    "session_start",
    "state_at",
    "with_values",
]
