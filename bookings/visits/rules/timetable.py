"""Sessions to be: what a weekly pattern would publish, and what stands in the way of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bookings.visits.rules.sessions import TimetableRow, session_start
from vizium.kernel.clock import cells, to_riga

Taken = set[tuple[str, datetime]]
"""The cells of rooms and hosts that are taken: code and start."""


class Obstacle(StrEnum):
    """Why a session of a pattern is not published."""

    CLOSED_DAY = "closed_day"
    PAST = "past"
    OUTSIDE_HOURS = "outside_hours"
    STANDING = "standing"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Draft:
    """One session to be; `resource` is the room or host that is taken already."""

    id: str
    row: TimetableRow
    day: date
    start: datetime
    end: datetime
    capacity: int
    obstacle: Obstacle | None = None
    resource: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The rooms and the host, as codes."""
        return (*self.row.rooms, *([self.row.host] if self.row.host else []))

    def cells(self) -> Iterator[tuple[str, datetime]]:
        """Everything that it would take."""
        return ((code, start) for code in self.needs for start in cells(self.start, self.end))


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern needs to know of an activity: how long it is, and how many it seats."""

    duration: timedelta
    seats_max: int


def draft_of(row: TimetableRow, pattern: Pattern, day: date, seats: Mapping[str, int]) -> Draft:
    """One line of the timetable on a day; places are those of the rooms, at most the activity's."""
    start = session_start(row, day)
    in_rooms = sum(seats.get(room, 0) for room in row.rooms)
    return Draft(
        id=f"{row.activity}.{day:%Y%m%d}.{row.start.replace(':', '')}",
        row=row,
        day=day,
        start=start,
        end=start + pattern.duration,
        capacity=min(in_rooms or pattern.seats_max, pattern.seats_max),
    )


def days_of(rows: Sequence[TimetableRow], first: date, last: date) -> Iterator[date]:
    """The days, both included, on which a line of the timetable falls."""
    weekdays = {weekday for row in rows for weekday in row.weekdays}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in days if day.isoweekday() in weekdays)


def first_taken(draft: Draft, taken: Taken) -> str:
    """The room or host of a session that somebody else has; empty where all are free."""
    return next((code for code, start in draft.cells() if (code, start) in taken), "")


def is_within(start: datetime, end: datetime, opens: time, closes: time) -> bool:
    """Whether a session lies inside the wall times between which schools may be there."""
    starts, ends = to_riga(start).time(), to_riga(end).time()
    return opens <= starts < ends <= closes
