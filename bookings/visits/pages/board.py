"""The day board and the week calendar of the staff.

The day is one page without a script: all four views of it are there at once, so it prints, and goes
on working on a tablet whose line is gone.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.resources.queries import opening
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.plan_view import moments_of_visit
from bookings.visits.pages.staff_words import resource_name
from bookings.visits.queries import list_visits_between
from bookings.visits.queries.board import read_board
from bookings.visits.queries.rows import VisitRow
from bookings.visits.service.access import CHANGING_ROLES, as_seen_by
from vizium.auth.guards import opens
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database
from vizium.kernel.clock import days_after, local_date
from vizium.web.forms import Form
from vizium.web.page import Page


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """A day of the calendar: whether schools may come, and who does."""

    day: date
    is_open: bool
    visits: tuple[VisitRow, ...]

    @property
    def pupils(self) -> int:
        """All pupils who are expected."""
        return sum(visit.pupils for visit in self.visits)


@get("/staff/day", guards=[opens(Desk.DAY)], sync_to_thread=True)
def show_day(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """One day by class, host, room and gallery; today unless asked otherwise."""
    day = day_asked(asked, local_date(page.now))
    with database.reading() as session:
        board = read_board(session, day, now=page.now)
        names = names_of(session, [], lang=page.lang, now=page.now)
    return page.show(
        "bookings/visits/day.html",
        board=board,
        classes=[
            (
                as_seen_by(visit, person, now=page.now),
                moments_of_visit(visit.stops, visit.subgroups, page.lang),
            )
            for visit in board.visits
        ],
        outages=[
            (outage, resource_name(outage, names))
            for outage in board.floor.outages
            if outage.ended_at is None
        ],
        may_book=page.has_role(*CHANGING_ROLES),
        day=day,
        before=day - timedelta(days=1),
        after=days_after(day, 1),
    )


@get("/staff/week", guards=[opens(Desk.WEEK)], sync_to_thread=True)
def show_week(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """A week from Monday: every visit of each day, and how many come."""
    wanted = day_asked(asked, local_date(page.now))
    monday = wanted - timedelta(days=wanted.weekday())
    days = [days_after(monday, number) for number in range(7)]
    with database.reading() as session:
        visits = list_visits_between(session, days[0], days[-1])
        kept = [visit for visit in (row.seen_at(page.now) for row in visits) if visit.is_shown]
        week = [
            DayOfWeek(
                day,
                is_open=opening(session, day) is not None,
                visits=tuple(visit for visit in kept if visit.local_date == day),
            )
            for day in days
        ]
    return page.show(
        "bookings/visits/week.html",
        week=week,
        before=monday - timedelta(days=7),
        after=days_after(monday, 7),
    )


def day_asked(asked: Form, otherwise: date) -> date:
    """The day of the address, or another one where it names none that a calendar has."""
    try:
        day = date.fromisoformat(asked.raw("day"))
    except ValueError:
        return otherwise
    # A week around it must have dates of its own.
    return day if date(2000, 1, 1) <= day <= date(2199, 12, 31) else otherwise
