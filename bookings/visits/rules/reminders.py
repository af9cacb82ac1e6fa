"""When a class is reminded of its day: at marks some days before, each once, never in a storm."""

from collections.abc import Collection
from datetime import date, timedelta

# A mark may fall on days on which no letter leaves; a reminder that is later is none.
_LATE_MOST = 2


def reminder_due(day: date, *, booked: date, today: date, marks: Collection[int]) -> int | None:
    """The mark (days before the visit) whose reminder is to be sent today, or None.

    Who booked on the day of a mark or later knows without being reminded.
    """
    left = (day - today).days
    for mark in sorted(marks):
        if max(1, mark - _LATE_MOST) <= left <= mark and booked < day - timedelta(days=mark):
            return mark
    return None


def reminded_days(today: date, marks: Collection[int]) -> list[date]:
    """The days whose visits may be reminded today, ascending."""
    left = {n for mark in marks for n in range(max(1, mark - _LATE_MOST), mark + 1)}
    return [today + timedelta(days=n) for n in sorted(left)]
