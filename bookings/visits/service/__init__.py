"""What happens to sessions and visits; every function is one sentence of `visits.md`.

```
sessions  publish the timetable            planning  ask the planner, also for a standing visit
world     a day as the planner's value      orders    may these people have this day?
judging   what a plan takes, why refused    holds     hold, extend, expire
life      confirm, ask the head, cancel     changes   preview, change, undo
moves     one UPDATE per change of state    store     a visit's stops, schools, snapshots
stand_ins another host for a session        schools   who joins and leaves a joint group
prices    what a change does to the price   unusable  what a plan needs and is out of order
awards    the bus money of a visit          policy    the centre's dated rules
door      arrive, complete, no-show         letters   what the school is told by mail
waivers   let a school off a fee
outages   whom it concerns, the smallest change for each
forecast  what is booked and no longer fits history   what was done to a visit, by whom
```
"""

from bookings.visits.service.changes import (
    ChangeVisit,
    Difference,
    change_visit,
    preview_change,
    undo_change,
)
from bookings.visits.service.door import RecordArrival, record_arrival, sweep_days
from bookings.visits.service.holds import (
    HoldSessions,
    HoldVisit,
    extend_hold,
    hold_order,
    hold_sessions,
    hold_visit,
    sweep_expired_hold,
)
from bookings.visits.service.life import (
    Cancellation,
    CancelVisit,
    RequestVisit,
    approve_visit,
    book_visit,
    cancel_visit,
    confirm_visit,
    decline_visit,
    preview_cancellation,
    request_visit,
)
from bookings.visits.service.moves import VisitCommand
from bookings.visits.service.outages import (
    ReplanTrigger,
    list_affected,
    replan_visit,
    replanned,
)
from bookings.visits.service.planning import (
    Proposal,
    ProposedPlan,
    propose_changes,
    propose_plans,
)
from bookings.visits.service.policy import get_day_policy, get_policy, save_policy
from bookings.visits.service.sessions import PublishReport, publish_sessions
from bookings.visits.service.stand_ins import ChangeHost, StandIn, change_host, list_stand_ins
from bookings.visits.service.transport import TransportDesk
from bookings.visits.service.world import load_world, load_worlds

__all__ = [
    "CancelVisit",
    "Cancellation",
    "ChangeHost",
    "ChangeVisit",
    "Difference",
    "HoldSessions",
    "HoldVisit",
    "Proposal",
    "ProposedPlan",
    "PublishReport",
    "RecordArrival",
    "ReplanTrigger",
    "RequestVisit",
    "StandIn",
    "TransportDesk",
    "VisitCommand",
    "approve_visit",
    "book_visit",
    "cancel_visit",
    "change_host",
    "change_visit",
    "confirm_visit",
    "decline_visit",
    "extend_hold",
    "get_day_policy",
    "get_policy",
    "hold_order",
    "hold_sessions",
    "hold_visit",
    "list_affected",
    "list_stand_ins",
    "load_world",
    "load_worlds",
    "preview_cancellation",
    "preview_change",
    "propose_changes",
    "propose_plans",
    "publish_sessions",
    "record_arrival",
    "replan_visit",
    "replanned",
    "request_visit",
    "save_policy",
    "sweep_days",
    "sweep_expired_hold",
    "undo_change",
]
