"""What a period came to: groups, pupils, schools, municipalities, and how full the floor was.

Every figure is counted from the facts each time; nothing is kept beside them that could disagree.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session, aliased

from bookings.programmes.models import Activity
from bookings.resources.models import Allocation, Resource, Room
from bookings.schools.models import Municipality, School
from bookings.visits.models import ActivitySession, Arrival, Visit, VisitParty
from bookings.visits.rules import VisitState
from vizium.kernel.clock import from_wall

# A group that is expected or was here; what was cancelled or expired is no group.
_COMING = (VisitState.CONFIRMED, VisitState.ARRIVED, VisitState.COMPLETED)
_HERE = (VisitState.ARRIVED, VisitState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Latvia, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The instant at which it begins."""
        return from_wall(self.first, datetime.min.time())

    @property
    def end(self) -> datetime:
        """The instant at which it is over."""
        return from_wall(self.last + timedelta(days=1), datetime.min.time())


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a period.

    `groups` are visits that are confirmed or were here, `pupils` those booked; `pupils_came` were
    counted at the door. `schools_new` never had a visit before the period.
    """

    groups: int
    pupils: int
    groups_came: int
    pupils_came: int
    adults_came: int
    schools: int
    schools_new: int
    cancelled: int
    no_shows: int

    @property
    def schools_returning(self) -> int:
        """Schools that had been here before the period."""
        return self.schools - self.schools_new

    @property
    def no_show_bp(self) -> int:
        """The share of no-shows among those that should have come by now, in basis points."""
        due = self.groups_came + self.no_shows
        return self.no_shows * 10_000 // due if due else 0


@dataclass(frozen=True, slots=True)
class CountRow:
    """Groups and their booked pupils under a name or a month (its first day)."""

    name: str
    groups: int
    pupils: int


@dataclass(frozen=True, slots=True)
class FillRow:
    """How much of something was taken: seats of an activity's sessions, or minutes of a room."""

    code: str
    title_lv: str
    title_en: str
    used: int
    capacity: int

    @property
    def share_bp(self) -> int:
        """The share that was taken, in basis points."""
        return self.used * 10_000 // self.capacity if self.capacity else 0


def read_totals(session: Session, period: Period) -> Totals:
    """The sums of a period."""
    states = dict(_by_state(session, period))
    came = session.execute(_came(period)).one()
    schools = _schools(session, _days(period) & Visit.state.in_(_COMING))
    known = _schools(session, (Visit.local_date < period.first) & Visit.state.in_(_HERE))
    coming = [states[state] for state in _COMING if state in states]
    return Totals(
        groups=sum(groups for groups, _ in coming),
        pupils=sum(pupils for _, pupils in coming),
        groups_came=sum(states[state][0] for state in _HERE if state in states),
        pupils_came=came[0] or 0,
        adults_came=came[1] or 0,
        schools=len(schools),
        schools_new=len(schools - known),
        cancelled=states.get(VisitState.CANCELLED, (0, 0))[0],
        no_shows=states.get(VisitState.NO_SHOW, (0, 0))[0],
    )


def count_by_month(session: Session, period: Period) -> list[CountRow]:
    """Groups and pupils by month, ascending; the name is ``2027-03``. Months without any stay."""
    query = (
        select(Visit.local_date, func.count(), func.sum(Visit.pupils))
        .where(_days(period), Visit.state.in_(_COMING))
        .group_by(Visit.local_date)
    )
    groups: Counter[str] = Counter()
    pupils: Counter[str] = Counter()
    for day, of_day, pupils_of_day in session.execute(query):
        groups[f"{day:%Y-%m}"] += of_day
        pupils[f"{day:%Y-%m}"] += pupils_of_day
    return [CountRow(name, groups[name], pupils[name]) for name in _months(period)]


def count_by_municipality(session: Session, period: Period) -> list[CountRow]:
    """Groups and pupils by the leading school's municipality, the most first; "" is unknown."""
    query = (
        select(Municipality.name, func.count(), func.sum(Visit.pupils))
        .select_from(Visit)
        .join(School, School.register_no == Visit.school)
        .outerjoin(Municipality, Municipality.iso_code == School.municipality)
        .where(_days(period), Visit.state.in_(_COMING))
        .group_by(Municipality.name)
    )
    rows = [CountRow(name or "", groups, pupils) for name, groups, pupils in session.execute(query)]
    return sorted(rows, key=lambda row: (-row.groups, row.name))


def fill_of_sessions(session: Session, period: Period) -> list[FillRow]:
    """Seats taken of all seats of each activity's published sessions, by code."""
    seats = aliased(Allocation)
    taken = (
        select(ActivitySession.activity, func.sum(seats.amount).label("used"))
        .join(seats, seats.resource == "session:" + ActivitySession.id)
        .where(ActivitySession.local_date.between(period.first, period.last))
        .where(seats.expires_at.is_(None))
        .group_by(ActivitySession.activity)
        .subquery()
    )
    query = (
        select(
            Activity.code,
            Activity.title_lv,
            Activity.title_en,
            func.coalesce(func.max(taken.c.used), 0),
            func.sum(ActivitySession.capacity),
        )
        .join(ActivitySession, ActivitySession.activity == Activity.code)
        .outerjoin(taken, taken.c.activity == Activity.code)
        .where(ActivitySession.local_date.between(period.first, period.last))
        .group_by(Activity.code, Activity.title_lv, Activity.title_en)
        .order_by(Activity.code)
    )
    return [FillRow(*row) for row in session.execute(query)]


def fill_of_rooms(session: Session, period: Period, *, open_minutes: int) -> list[FillRow]:
    """Minutes for which each room was taken, set-up included, of those that it was open.

    Args:
        open_minutes: the sum of the centre's school hours over the period.
    """
    rooms = select(Room.code, Resource.title_lv, Resource.title_en).join(
        Resource, Resource.code == Room.code
    )
    allocated = select(Allocation.resource, Allocation.start, Allocation.end).where(
        Allocation.resource.in_(select(Room.code)),
        Allocation.start >= period.start,
        Allocation.start < period.end,
        Allocation.expires_at.is_(None),
    )
    used: Counter[str] = Counter()
    for code, start, end in session.execute(allocated):
        used[code] += int((end - start) / timedelta(minutes=1))
    return [
        FillRow(code, title_lv, title_en, used[code], open_minutes)
        for code, title_lv, title_en in session.execute(rooms.order_by(Room.code))
    ]


def _days(period: Period) -> ColumnElement[bool]:
    return Visit.local_date.between(period.first, period.last)


def _by_state(session: Session, period: Period) -> Sequence[tuple[VisitState, tuple[int, int]]]:
    query = (
        select(Visit.state, func.count(), func.sum(Visit.pupils))
        .where(_days(period))
        .group_by(Visit.state)
    )
    return [(state, (groups, pupils)) for state, groups, pupils in session.execute(query)]


def _came(period: Period) -> Select[int, int]:
    # A second count replaces the first, as it does for the claim.
    last = select(func.max(Arrival.id)).group_by(Arrival.visit)
    return (
        select(func.sum(Arrival.pupils), func.sum(Arrival.adults))
        .join(Visit, Visit.id == Arrival.visit)
        .where(Arrival.id.in_(last), _days(period), Visit.state.in_(_HERE))
    )


def _schools(session: Session, condition: ColumnElement[bool]) -> set[str]:
    """Every school of these visits, of joint groups each one."""
    leading = select(Visit.school).where(condition)
    joined = select(VisitParty.school).join(Visit, Visit.id == VisitParty.visit).where(condition)
    return set(session.scalars(union(leading, joined)))


def _months(period: Period) -> list[str]:
    count = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month
    zero = period.first.year * 12 + period.first.month - 1
    return [f"{(zero + n) // 12:04d}-{(zero + n) % 12 + 1:02d}" for n in range(count + 1)]
