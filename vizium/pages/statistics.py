"""What a period came to, over visits and courses, as a page and as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.courses.queries import CourseCounts, course_counts
from bookings.resources.queries import list_closures, list_opening_rules
from bookings.resources.rules import open_day
from bookings.visits.queries.statistics import (
    CountRow,
    FillRow,
    Period,
    Totals,
    count_by_month,
    count_by_municipality,
    fill_of_rooms,
    fill_of_sessions,
    read_totals,
)
from vizium.auth.guards import opens
from vizium.auth.rules import Desk
from vizium.db.session import Database, Session
from vizium.kernel.clock import from_wall, local_date
from vizium.kernel.schoolyear import SchoolYear
from vizium.web.forms import Form
from vizium.web.page import Page
from vizium.web.sheets import XLSX, Column, Kind, Sheet, to_xlsx

# Four school years: more is an archive's work.
_DAYS_MAX = 4 * 366


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything that the page and the workbook show."""

    period: Period
    totals: Totals
    months: Sequence[CountRow]
    municipalities: Sequence[CountRow]
    sessions: Sequence[FillRow]
    rooms: Sequence[FillRow]
    courses: Sequence[CourseCounts]

    @property
    def pupils_most(self) -> int:
        """The longest bar of the months; 1 where there is none."""
        return max((row.pupils for row in self.months), default=0) or 1


@get("/staff/statistics", sync_to_thread=True, guards=[opens(Desk.STATISTICS)])
def show_statistics(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The figures of a period; of this school year unless asked otherwise."""
    period = _period(asked, local_date(page.now))
    if asked.errors:
        return page.show(
            "statistics.html",
            status=422,
            form=asked,
            errors=asked.errors,
            period=period,
            found=None,
        )
    with database.reading() as session:
        found = read_statistics(session, period)
    return page.show("statistics.html", form=asked, period=period, found=found)


@get("/staff/statistics.xlsx", sync_to_thread=True, guards=[opens(Desk.STATISTICS)])
def show_statistics_xlsx(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The same figures as a workbook, a sheet for each table."""
    period = _period(asked, local_date(page.now))
    asked.check()
    with database.reading() as session:
        found = read_statistics(session, period)
    name = f"vizium-{period.first}-{period.last}.xlsx"
    return page.file(to_xlsx(_sheets(found, page)), XLSX, name)


def read_statistics(session: Session, period: Period) -> Statistics:
    """Count everything of a period."""
    return Statistics(
        period=period,
        totals=read_totals(session, period),
        months=count_by_month(session, period),
        municipalities=count_by_municipality(session, period),
        sessions=fill_of_sessions(session, period),
        rooms=fill_of_rooms(session, period, open_minutes=_open_minutes(session, period)),
        courses=course_counts(session, period.first, period.last),
    )


def _open_minutes(session: Session, period: Period) -> int:
    """How long schools may be in the house, summed over the days of a period."""
    rules = list_opening_rules(session, until=period.first)
    closed = {row.day for row in list_closures(session, until=period.first)}
    total = timedelta()
    for number in range((period.last - period.first).days + 1):
        day = period.first + timedelta(days=number)
        hours = open_day(day, rules, closed=day in closed)
        if hours is not None:
            total += from_wall(day, hours.closes) - from_wall(day, hours.schools_from)
    return int(total / timedelta(minutes=1))


def _period(asked: Form, today: date) -> Period:
    """The days asked for; what is wrong with them is noted in the form."""
    year = SchoolYear.of(today)
    period = Period(_day(asked, "first", year.first_day), _day(asked, "last", year.last_day))
    if not timedelta() <= period.last - period.first < timedelta(days=_DAYS_MAX):
        asked.fail("last", "days_in_order", most=_DAYS_MAX)
    return period


def _day(asked: Form, name: str, otherwise: date) -> date:
    parts = ("day", "month", "year")
    if not any(asked.raw(f"{name}_{part}") for part in parts):
        return otherwise
    return asked.date(name, stand_in=otherwise)


def _sheets(found: Statistics, page: Page) -> list[Sheet]:
    t = page.words.t
    counts = [Column(t("Groups"), Kind.WHOLE), Column(t("Pupils"), Kind.WHOLE)]
    totals = found.totals
    facts = [
        (t("Groups booked"), totals.groups),
        (t("Pupils booked"), totals.pupils),
        (t("Groups that came"), totals.groups_came),
        (t("Pupils counted at the door"), totals.pupils_came),
        (t("Adults counted at the door"), totals.adults_came),
        (t("Schools"), totals.schools),
        (t("New schools"), totals.schools_new),
        (t("Returning schools"), totals.schools_returning),
        (t("Cancelled"), totals.cancelled),
        (t("Did not come"), totals.no_shows),
    ]
    months = [(row.name, row.groups, row.pupils) for row in found.months]
    places = [(row.name or t("Unknown"), row.groups, row.pupils) for row in found.municipalities]
    return [
        Sheet(t("Totals"), [Column(""), Column(t("Number"), Kind.WHOLE)], facts),
        Sheet(t("Months"), [Column(t("Month")), *counts], months),
        Sheet(t("Municipalities"), [Column(t("Municipality")), *counts], places),
        _course_sheet(found.courses, page),
        _fill_sheet(t("Fill of sessions"), t("seats"), found.sessions, page),
        _fill_sheet(t("Fill of rooms"), t("minutes"), found.rooms, page),
    ]


def _course_sheet(rows: Sequence[CourseCounts], page: Page) -> Sheet:
    t = page.words.t
    columns = [
        Column(t("For whom")),
        Column(t("Courses"), Kind.WHOLE),
        Column(t("Enrolled"), Kind.WHOLE),
        Column(t("Attended"), Kind.WHOLE),
        Column(t("Completed"), Kind.WHOLE),
    ]
    values = [
        (
            page.words.code("course_audience", row.audience.value),
            row.courses,
            row.enrolled,
            row.attended,
            row.completed,
        )
        for row in rows
    ]
    return Sheet(t("Courses"), columns, values)


def _fill_sheet(name: str, unit: str, rows: Sequence[FillRow], page: Page) -> Sheet:
    t = page.words.t
    columns = [
        Column(t("Code")),
        Column(t("Title")),
        Column(t("Used: %(unit)s", unit=unit), Kind.WHOLE),
        Column(t("There were: %(unit)s", unit=unit), Kind.WHOLE),
        Column(t("Fill"), Kind.SHARE),
    ]
    values = [
        (
            row.code,
            row.title_lv if page.lang == "lv" else row.title_en,
            row.used,
            row.capacity,
            row.share_bp,
        )
        for row in rows
    ]
    return Sheet(name, columns, values)


PAGES = [show_statistics, show_statistics_xlsx]
