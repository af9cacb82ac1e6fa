"""What is done for hosts.

```
days      look at the near days, write what is new     letters   the words of it
calendar  courses in the calendars of hosts and rooms
```
"""

from bookings.hosts.service.calendar import list_course_events
from bookings.hosts.service.days import sweep_host_days

__all__ = ["list_course_events", "sweep_host_days"]
