"""Tables of visits.

```
ActivitySession 1--* VisitStop *--1 Visit 1--* Arrival
      |                               |
      +- resource session:{id}        +- allocations of visit:{id}: seats of its sessions, the hall
      +- allocations of session:{id}: its rooms and host
```
Capacity itself lives in `bookings.resources`; nothing here counts places.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookings.programmes.models import Activity
from bookings.schools.models import School
from bookings.visits.rules import TransportState, VisitState
from vizium.db.base import Base, Id
from vizium.kernel.money import Cents


class ActivitySession(Base):
    """An activity at a time, published for schools; id as ``T-07.20270316.1000`` (wall time)."""

    __tablename__ = "visits_session"
    __table_args__ = (
        UniqueConstraint("activity", "start"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        Index(None, "local_date", "activity"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    activity: Mapped[str] = mapped_column(ForeignKey(Activity.code))
    start: Mapped[datetime]
    end: Mapped[datetime]
    local_date: Mapped[date]
    rooms: Mapped[list[str]]
    host: Mapped[str | None]
    capacity: Mapped[int]
    shared: Mapped[bool]


class Visit(Base):
    """One school group's day; `version` rises with every change and decides who was first."""

    __tablename__ = "visits_visit"
    __table_args__ = (
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint(
            "(expires_at IS NOT NULL) = (state IN ('held', 'provisional', 'expired'))",
            name="expires_while_held",
        ),
        Index(None, "state", "expires_at"),
        Index(None, "local_date"),
        Index(None, "school", "local_date"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[VisitState]
    version: Mapped[int]
    school: Mapped[str] = mapped_column(ForeignKey(School.register_no))
    local_date: Mapped[date]
    groups: Mapped[list[object]]
    pupils: Mapped[int]
    adults: Mapped[int]
    language: Mapped[str]
    page_language: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    price_cents: Mapped[Cents]
    transport_state: Mapped[TransportState]
    award_cents: Mapped[Cents]
    transport_reasons: Mapped[list[str]]
    expires_at: Mapped[datetime | None]
    extensions: Mapped[int]
    owner_person: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class VisitStop(Base):
    """One activity of a visit, with the pupils who take it."""

    __tablename__ = "visits_stop"
    __table_args__ = (CheckConstraint("pupils > 0", name="pupils_positive"),)

    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id), primary_key=True)
    session: Mapped[str] = mapped_column(
        ForeignKey(ActivitySession.id), primary_key=True, index=True
    )
    pupils: Mapped[int]


class Arrival(Base):
    """What the door counted: a fact, kept also when it contradicts the booking."""

    __tablename__ = "visits_arrival"
    __table_args__ = (
        CheckConstraint("pupils >= 0", name="pupils_not_negative"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id), index=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    pupils: Mapped[int]
    adults: Mapped[int]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    offline: Mapped[bool]
    flags: Mapped[list[str]]
