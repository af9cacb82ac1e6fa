"""Tables of the capacity floor.

```
Resource 1--* Cell         (resource, start): used <= capacity, the guard itself
Term                       a skill or a kind of room in words
         1--* Allocation   owner, [start, end), amount, expires_at: why the cells are used
         1--1 Room, Gallery, Machine, Host   what else is known of a segment, a pool, ...
         1--* Shift        when a host works
         1--* Walk         minutes between two places
```
Cells are derived from allocations; `service.check_cells` recomputes them. An outage names a
resource, or an exhibit, which has no capacity of its own.
"""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bookings.resources.rules import BreakKind, BreakStatus, ResourceKind, TermKind
from vizium.db.base import Base, Id


class Resource(Base):
    """Something that can be taken: a segment, a pool of people, a host, a machine, seats.

    From `changes_at`, a midnight in Latvia, on its capacity is `changes_to`: another number, or
    nothing at all, which is how a thing is retired. Both stand in this very row, so that who makes
    a cell while they are being changed waits for the row and sees them (`queries.capacity_at`).
    """

    __tablename__ = "resources_resource"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("changes_to >= 0", name="change_not_negative"),
        CheckConstraint("(changes_at IS NULL) = (changes_to IS NULL)", name="change_complete"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ResourceKind] = mapped_column(index=True)
    capacity: Mapped[int]
    title_lv: Mapped[str]
    title_en: Mapped[str]
    changes_at: Mapped[datetime | None]
    changes_to: Mapped[int | None]


class Term(Base):
    """A word of the centre's own: a skill of its hosts, a kind of its rooms."""

    __tablename__ = "resources_term"

    kind: Mapped[TermKind] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    title_lv: Mapped[str]
    title_en: Mapped[str]


class Cell(Base):
    """Fifteen minutes of one resource; made when it is first taken."""

    __tablename__ = "resources_cell"
    __table_args__ = (
        CheckConstraint("used >= 0", name="not_negative"),
        CheckConstraint("used <= capacity", name="within_capacity"),
    )

    resource: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int]
    capacity: Mapped[int]


class Allocation(Base):
    """One take by one owner; a hold has an `expires_at`, what is confirmed has none."""

    __tablename__ = "resources_allocation"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    resource: Mapped[str] = mapped_column(ForeignKey(Resource.code))
    start: Mapped[datetime]
    end: Mapped[datetime]
    amount: Mapped[int]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class Room(Base):
    """A space with seats: a segment under the same code that is taken or free.

    Rooms of one kind with neighbouring positions combine (the hall with movable walls).
    """

    __tablename__ = "resources_room"
    __table_args__ = (CheckConstraint("seats > 0", name="seats_positive"),)

    code: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    kind: Mapped[str]
    seats: Mapped[int]
    position: Mapped[int | None]
    setup_min: Mapped[int]
    step_free: Mapped[bool]
    quiet: Mapped[bool]


class Gallery(Base):
    """What else is known of a gallery; its places are the pool under the same code.

    `alone`: it takes one group at a time, the party of `rules.party_of`.
    """

    __tablename__ = "resources_gallery"

    code: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    alone: Mapped[bool]
    step_free: Mapped[bool]
    quiet: Mapped[bool]


class Machine(Base):
    """Where a machine stands; its time is a resource of capacity 1 under the same code."""

    __tablename__ = "resources_machine"

    code: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey(Room.code))


class Host(Base):
    """What a host can do; the host's time is a resource of capacity 1 under the same code.

    `email` is where changes of the host's day are written to; empty: nowhere.
    """

    __tablename__ = "resources_host"
    __table_args__ = (CheckConstraint("minutes_a_day_max > 0", name="minutes_positive"),)

    code: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    name: Mapped[str]
    skills: Mapped[list[str]]
    languages: Mapped[list[str]]
    minutes_a_day_max: Mapped[int]
    email: Mapped[str]


class Shift(Base):
    """When a host works on a weekday (ISO, 1 is Monday) in a period, both ends included."""

    __tablename__ = "resources_shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_iso"),
        CheckConstraint("valid_from <= valid_to", name="period_in_order"),
        CheckConstraint("starts < ends", name="starts_before_end"),
        CheckConstraint("(break_starts IS NULL) = (break_ends IS NULL)", name="break_complete"),
        CheckConstraint(
            "starts < break_starts AND break_starts < break_ends AND break_ends < ends",
            name="break_inside",
        ),
    )

    host: Mapped[str] = mapped_column(ForeignKey(Host.code), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    break_starts: Mapped[time | None]
    break_ends: Mapped[time | None]


class Outage(Base):
    """Something that cannot be used for a while: a host ill, a room, a machine, an exhibit broken.

    `resource` is a resource's code or ``exhibit:`` and the exhibit's, therefore no foreign key.
    """

    __tablename__ = "resources_outage"
    __table_args__ = (
        CheckConstraint('"start" < "end"', name="starts_before_end"),
        CheckConstraint("ended_at >= reported_at", name="reported_before_ended"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    resource: Mapped[str]
    start: Mapped[datetime]
    end: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Walk(Base):
    """How long a class walks between two places; the pair stands in order, once."""

    __tablename__ = "resources_walk"
    __table_args__ = (
        # By code points, as the planner sorts; PostgreSQL is told so in the migration.
        CheckConstraint("one < other", name="pair_in_order"),
        CheckConstraint("minutes BETWEEN 1 AND 60", name="minutes_of_a_walk"),
    )

    one: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey(Resource.code), primary_key=True)
    minutes: Mapped[int]


class OpeningHours(Base):
    """The hours of one weekday (ISO, 1 is Monday) in a period; none at all: closed."""

    __tablename__ = "resources_opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_iso"),
        CheckConstraint("valid_from <= valid_to", name="period_in_order"),
        CheckConstraint("opens < closes", name="opens_before_closing"),
        CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND (opens IS NULL) = (schools_from IS NULL)",
            name="hours_complete",
        ),
    )

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    schools_from: Mapped[time | None]


class Closure(Base):
    """A day on which the centre is closed whatever its hours say, and why."""

    __tablename__ = "resources_closure"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason_lv: Mapped[str]
    reason_en: Mapped[str]


class SchoolBreak(Base):
    """A break of some grades, both days included."""

    __tablename__ = "resources_school_break"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    kind: Mapped[BreakKind] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    grades: Mapped[list[int]]
    status: Mapped[BreakStatus]
    source: Mapped[str]
