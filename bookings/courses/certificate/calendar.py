"""A course as entries of anybody's calendar: one stable UID a session, a SEQUENCE that only rises.

A calendar that receives the entries again replaces the older ones by UID and SEQUENCE; a session
that was cancelled is struck out, the others stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vizium.kernel.clock import RIGA

if TYPE_CHECKING:
    from icalendar import Event

_ALARM_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One session as a calendar shows it, in the words of one language."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    url: str
    cancelled: bool


def make_calendar(days: Sequence[CalendarDay], *, made_at: datetime) -> bytes:
    """A whole .ics: VTIMEZONE of Europe/Riga, an event a session, an alarm one day before each."""
    from icalendar import Calendar  # noqa: PLC0415 - 4 MB, see docs/decisions/0017

    calendar = Calendar()
    calendar.add("prodid", "-//VIZIUM//courses//LV")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if all(day.cancelled for day in days) else "PUBLISH")
    for day in days:
        calendar.add_component(_event(day, made_at))
    if days:
        # The zone's rules around the course, not those since 1970: 0.6 kB instead of 3.
        year = timedelta(days=365)
        calendar.add_missing_timezones(
            first_date=(min(day.start for day in days) - year).date(),
            last_date=(max(day.end for day in days) + year).date(),
        )
    content: bytes = calendar.to_ical()
    return content


def _event(day: CalendarDay, made_at: datetime) -> "Event":
    from icalendar import Alarm, Event, vText  # noqa: PLC0415 - see docs/decisions/0017

    event = Event()
    event.add("uid", day.uid)
    event.add("sequence", day.sequence)
    event.add("dtstamp", made_at)
    event.add("dtstart", day.start.astimezone(RIGA))
    event.add("dtend", day.end.astimezone(RIGA))
    event.add("summary", day.summary)
    event.add("description", day.description)
    event.add("location", day.location)
    event.add("url", day.url)
    event["status"] = vText("CANCELLED" if day.cancelled else "CONFIRMED")
    if not day.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", day.summary)
        alarm.add("trigger", -_ALARM_BEFORE)
        event.add_component(alarm)
    return event
