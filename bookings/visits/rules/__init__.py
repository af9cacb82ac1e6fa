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
    Reach,
    adults_needed,
    check_people,
    contact_within,
    merge_groups,
    pupils_of,
    reach_of,
)
from bookings.visits.rules.policy import (
    POLICY,
    PRESCHOOL,
    FeeStep,
    VisitPolicy,
    cancellation_fee,
    check_policy,
    no_show_fee,
    values_of,
    with_values,
)
from bookings.visits.rules.sessions import (
    SessionRow,
    SessionState,
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
    "Reach",
    "SessionRow",
    "SessionState",
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
    "check_policy",
    "check_stops",
    "contact_within",
    "may_move",
    "merge_groups",
    "no_show_fee",
    "presence",
    "price_of",
    "pupils_of",
    "reach_of",
    "session_start",
    "state_at",
    "values_of",
    "with_values",
]
