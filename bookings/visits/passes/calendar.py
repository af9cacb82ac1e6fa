"""The visit as an entry of anybody's calendar: one stable UID, a SEQUENCE that only rises.

A calendar that receives the entry again replaces the older one by UID and SEQUENCE, so a change
moves it and a cancellation strikes it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from vizium.kernel.clock import RIGA

if TYPE_CHECKING:
    from icalendar import Event

_ALARM_BEFORE = timedelta(days=1)
_BEGIN_EVENT = b"BEGIN:VEVENT\r\n"
# How often a program that subscribes may look again.
_REFRESHED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One visit as a calendar shows it, in the words of one language; `url` may be empty."""

    reference: str
    version: int
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    url: str
    cancelled: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One entry of a calendar that is subscribed to.

    `stamp` is fixed, so that a calendar changes with what it shows and not by itself. `is_sure` is
    False for what is held or waits for approval.
    """

    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    is_sure: bool


def make_calendar(entry: CalendarEntry) -> bytes:
    """A whole .ics: VTIMEZONE of Europe/Riga, the event, an alarm one day before."""
    from icalendar import Calendar  # noqa: PLC0415 - 4 MB, see docs/decisions/0017

    calendar = Calendar()
    calendar.add("prodid", "-//VIZIUM//visits//LV")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    # The zone's rules around the visit, not those since 1970: 0.6 kB instead of 3.
    year = timedelta(days=365)
    zone = _zone((entry.start - year).date(), (entry.end + year).date())
    return content.replace(_BEGIN_EVENT, zone + _BEGIN_EVENT, 1)


@lru_cache(maxsize=512)
def _zone(first: date, last: date) -> bytes:
    """The rules of Riga's zone between two days; the visits of a day share them."""
    from icalendar import Timezone  # noqa: PLC0415 - see docs/decisions/0017

    content: bytes = Timezone.from_tzid(RIGA.key, first_date=first, last_date=last).to_ical()
    return content


def make_feed(title: str, events: Sequence[FeedEvent], *, language: str) -> bytes:
    """A calendar to be subscribed to, in time order; the same events, the same bytes."""
    from icalendar import Calendar, vDuration  # noqa: PLC0415 - see docs/decisions/0017

    calendar = Calendar()
    calendar.add("prodid", f"-//VIZIUM//visits//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", _REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESHED))
    ordered = sorted(events, key=lambda one: (one.start, one.uid))
    for one in ordered:
        calendar.add_component(_feed_event(one))
    if ordered:
        year = timedelta(days=365)
        calendar.add_missing_timezones(
            first_date=(ordered[0].start - year).date(), last_date=(ordered[-1].end + year).date()
        )
    content: bytes = calendar.to_ical()
    return content


def _feed_event(one: FeedEvent) -> "Event":
    from icalendar import Event, vText  # noqa: PLC0415 - see docs/decisions/0017

    event = Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.stamp)
    event.add("dtstart", one.start.astimezone(RIGA))
    event.add("dtend", one.end.astimezone(RIGA))
    event.add("summary", one.summary)
    event.add("description", one.description)
    event.add("location", one.location)
    event["status"] = vText("CONFIRMED" if one.is_sure else "TENTATIVE")
    return event


def _event(entry: CalendarEntry) -> "Event":
    from icalendar import Alarm, Event, vText  # noqa: PLC0415 - see docs/decisions/0017

    event = Event()
    event.add("uid", f"{entry.reference}@vizium")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.made_at)
    event.add("dtstart", entry.start.astimezone(RIGA))
    event.add("dtend", entry.end.astimezone(RIGA))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("location", entry.location)
    if entry.url:
        event.add("url", entry.url)
    event["status"] = vText("CANCELLED" if entry.cancelled else "CONFIRMED")
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", -_ALARM_BEFORE)
        event.add_component(alarm)
    return event
