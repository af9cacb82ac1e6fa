"""How full days are and were, which are open, and who came this year."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.resources.models import Cell
from bookings.resources.queries import list_closures, list_opening_rules
from bookings.resources.rules import WhyClosed, hours_of
from bookings.visits.models import Visit
from bookings.visits.planner.world import HALL
from bookings.visits.rules import VisitState
from bookings.waiting.models import WaitingDay
from bookings.waiting.queries.rows import DayRow
from vizium.kernel.clock import days_after, from_wall, local_date
from vizium.kernel.schoolyear import SchoolYear

_CAME = (VisitState.CONFIRMED, VisitState.ARRIVED, VisitState.COMPLETED)
# Half a year without an open day is no calendar to choose from.
_DAYS_LOOKED_AT = 190
_SATURDAY = 6
_MIDNIGHT = datetime.min.time()


def count_visits_of_year(session: Session, schools: Collection[str], day: date) -> Counter[str]:
    """How many visits each school has in the school year of a day, come or confirmed."""
    year = SchoolYear.of(day)
    query = (
        select(Visit.school, func.count().label("visits"))
        .where(
            Visit.school.in_(schools),
            Visit.state.in_(_CAME),
            Visit.local_date.between(year.first_day, year.last_day),
        )
        .group_by(Visit.school)
    )
    return Counter({row.school: row.visits for row in session.execute(query)})


def list_days(session: Session, days: Sequence[date]) -> list[DayRow]:
    """How full these days are and were; a day without any visit is used by nobody."""
    if not days:
        return []
    first, last = min(days), max(days)
    cells = select(Cell.start, Cell.used).where(
        Cell.resource == HALL,
        Cell.start >= from_wall(first, _MIDNIGHT),
        Cell.start < from_wall(last + timedelta(days=1), _MIDNIGHT),
    )
    used: Counter[date] = Counter()
    for start, count in session.execute(cells):
        used[local_date(start)] += count
    known = {
        row.day: row
        for row in session.scalars(
            select(WaitingDay)
            .where(WaitingDay.day.in_(days))
            .execution_options(populate_existing=True)
        )
    }
    return [
        DayRow(
            day,
            used[day],
            known[day].used if day in known else None,
            known[day].looked_at if day in known else None,
        )
        for day in sorted(set(days))
    ]


def list_open_days(session: Session, first: date, *, most: int) -> list[date]:
    """The next days from a day on on which schools may come."""
    rules = list_opening_rules(session, until=first)
    closed = {closure.day for closure in list_closures(session, until=first)}
    days = (days_after(first, offset) for offset in range(_DAYS_LOOKED_AT))
    open_days = (
        day
        for day in days
        if day.isoweekday() < _SATURDAY
        and not isinstance(hours_of(day, rules, closed=day in closed), WhyClosed)
    )
    return list(islice(open_days, most))
