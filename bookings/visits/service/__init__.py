"""What happens to sessions and visits; every function is one sentence of `visits.md`.

```
sessions   publish the timetable          moves   one conditional UPDATE per change of state
holds      hold, extend, expire           life    confirm, change, cancel
door       arrive, complete, no-show      letters what the school is told by mail
```
"""

from bookings.visits.service.door import RecordArrival, record_arrival, sweep_days
from bookings.visits.service.holds import HoldVisit, extend_hold, hold_visit, sweep_expired_hold
from bookings.visits.service.life import (
    ChangeVisit,
    Difference,
    cancel_visit,
    change_visit,
    confirm_visit,
    preview_change,
)
from bookings.visits.service.moves import VisitCommand
from bookings.visits.service.sessions import PublishReport, publish_sessions
from bookings.visits.service.transport import TransportDesk

__all__ = [
    "ChangeVisit",
    "Difference",
    "HoldVisit",
    "PublishReport",
    "RecordArrival",
    "TransportDesk",
    "VisitCommand",
    "cancel_visit",
    "change_visit",
    "confirm_visit",
    "extend_hold",
    "hold_visit",
    "preview_change",
    "publish_sessions",
    "record_arrival",
    "sweep_days",
    "sweep_expired_hold",
]
