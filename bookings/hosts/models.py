"""What each host was told of each near day.

```
HostDay *--1 resources_host     a day that is over has no row any more
```
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bookings.resources.models import Host
from vizium.db.base import Base


class HostDay(Base):
    """A host's day as it was told last: `told` are duties, `version` counts the letters.

    `seen` is how the day looked when it was looked at last, and `seen_at` since when it looks so.
    """

    __tablename__ = "hosts_day"

    host: Mapped[str] = mapped_column(ForeignKey(Host.code), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int]
    told: Mapped[list[object]]
    seen: Mapped[str]
    seen_at: Mapped[datetime]
