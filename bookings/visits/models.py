"""Tables of visits.

```
ActivitySession 1--* VisitStop *--1 Visit 1--* Arrival
      |                               |  1--* VisitParty    the schools of a joint group
      |                               |  1--* VisitChange   the visit as it was before each change
      +- resource session:{id}        +- allocations of visit:{id}: seats of its sessions, rooms and
      +- allocations of session:{id}     hosts made for it, galleries, lunch, the hall, a coach bay
         its rooms and host
VisitRules  the centre's own rules, from a day on
```
Capacity itself lives in `bookings.resources`; nothing here counts places.
"""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookings.programmes.models import Activity
from bookings.schools.models import School
from bookings.visits.planner.plan import StopKind
from bookings.visits.rules import Funding, SessionState, TransportState, VisitState
from vizium.db.base import Base, Id
from vizium.kernel.money import Cents


class ActivitySession(Base):
    """An activity at a time, published for schools; id as ``T-07.20270316.1000`` (wall time).

    The id says when it was first published and stays when it is moved. The database refuses a stop
    in a session that is cancelled, a stop at another hour than its session's, and another hour for
    a session that classes have; so nobody is left with a session that is somewhere else.
    """

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
    state: Mapped[SessionState] = mapped_column(default=SessionState.OPEN)
    version: Mapped[int] = mapped_column(default=1)


class Visit(Base):
    """One school group's day; `version` rises with every change and decides who was first.

    `school` is the leading one. The class is in the building from `arrive_at` to `leave_at`.
    `wishes`, `galleries`, `needs` and the wall times of the bus are what it asked for: with them
    the day can be planned anew. `fee_cents` is all that late changes, a late cancellation or not
    coming cost; `no_show_fee_cents` is the part of it for not coming.
    """

    __tablename__ = "visits_visit"
    __table_args__ = (
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint(
            "no_show_fee_cents BETWEEN 0 AND fee_cents", name="no_show_fee_part_of_fee"
        ),
        CheckConstraint(
            "no_show_fee_cents = 0 OR state = 'no_show'", name="no_show_fee_of_a_no_show"
        ),
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
    subgroups: Mapped[list[object]]
    wishes: Mapped[list[object]]
    galleries: Mapped[list[str]]
    needs: Mapped[list[str]]
    bus_arrives: Mapped[time | None]
    bus_departs: Mapped[time | None]
    arrive_at: Mapped[datetime]
    leave_at: Mapped[datetime]
    funding: Mapped[Funding]
    fee_cents: Mapped[Cents]
    no_show_fee_cents: Mapped[Cents]
    approver_email: Mapped[str | None]


class VisitStop(Base):
    """One stretch of a visit's day, as the plan has it; `who` are indices of its subgroups."""

    __tablename__ = "visits_stop"
    __table_args__ = (
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
        UniqueConstraint("visit", "position"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id))
    position: Mapped[int]
    kind: Mapped[StopKind]
    code: Mapped[str]
    session: Mapped[str | None] = mapped_column(ForeignKey(ActivitySession.id), index=True)
    rooms: Mapped[list[str]]
    host: Mapped[str | None]
    machines: Mapped[list[str]]
    start: Mapped[datetime]
    end: Mapped[datetime]
    who: Mapped[list[int]]
    pupils: Mapped[int]
    adults: Mapped[int]


class VisitParty(Base):
    """One school of a joint group, the leading one at position 0; a lone school has no row."""

    __tablename__ = "visits_party"
    __table_args__ = (
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("adults >= 0", name="adults_not_negative"),
        UniqueConstraint("visit", "school"),
    )

    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    school: Mapped[str] = mapped_column(ForeignKey(School.register_no), index=True)
    groups: Mapped[list[object]]
    pupils: Mapped[int]
    adults: Mapped[int]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]


class VisitChange(Base):
    """A visit as it was at a version that a change has ended; append-only, so it can be undone."""

    __tablename__ = "visits_change"

    visit: Mapped[str] = mapped_column(ForeignKey(Visit.id), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    snapshot: Mapped[dict[str, object]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class VisitRules(Base):
    """The centre's own rules of visiting that hold from a day on; see `rules.VisitPolicy`.

    Append-only, and never for a day that has begun: what held on a day that is over can be read
    for ever. Of two that begin on the same day the higher number counts.
    """

    __tablename__ = "visits_policy"
    __table_args__ = (CheckConstraint("valid_from > saved_on", name="only_from_tomorrow"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    values: Mapped[dict[str, object]]
    saved_on: Mapped[date]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


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
