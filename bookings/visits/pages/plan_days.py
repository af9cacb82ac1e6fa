"""Which days a school may choose: open ones on weekdays, with the breaks of its grades marked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from bookings.resources.queries import (
    list_closures,
    list_opening_rules,
    list_school_breaks,
)
from bookings.resources.rules import WhyClosed, hours_of
from bookings.visits.service import get_day_policy
from vizium.db.session import Session
from vizium.kernel.clock import days_after, local_date

# Three weeks of school days on one page; a link goes further.
_DAYS_SHOWN = 15
# Half a year without an open day is no calendar to page through.
_DAYS_LOOKED_AT = 190
_SATURDAY = 6


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day to tick.

    `on_break`: some of the pupils have no school; `soon`: it is sooner than the centre asks for.
    """

    day: date
    on_break: bool = False
    soon: bool = False


def first_day_asked_for(session: Session, *, now: datetime) -> date:
    """The first day for which the centre has the time that it asks for."""
    today = local_date(now)
    return days_after(today, get_day_policy(session, today).lead_days)


def list_choices(
    session: Session, first: date, *, grades: Collection[int], now: datetime
) -> list[DayChoice]:
    """The next open school days from a day on."""
    rules = list_opening_rules(session, until=first)
    closures = {closure.day for closure in list_closures(session, until=first)}
    breaks = list_school_breaks(session, until=first)
    prepared = first_day_asked_for(session, now=now)
    choices: list[DayChoice] = []
    for offset in range(_DAYS_LOOKED_AT):
        day = days_after(first, offset)
        if day.isoweekday() >= _SATURDAY:
            continue
        if isinstance(hours_of(day, rules, closed=day in closures), WhyClosed):
            continue
        free = any(one.concerns(day) and not set(grades).isdisjoint(one.grades) for one in breaks)
        choices.append(DayChoice(day, on_break=free, soon=day < prepared))
        if len(choices) == _DAYS_SHOWN or day == date.max:
            break
    return choices
