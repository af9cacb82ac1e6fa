"""When a mail that can wait may leave: nobody's telephone rings at night or on a day of rest; pure.

What answers a person's own act, or is about today, does not ask here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vizium.kernel.clock import from_wall, to_riga

# The longest row of days of rest in Latvia is shorter, Christmas with its Sundays included.
_REST_DAYS_MAX = 14


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From an evening hour to a morning hour of Riga, and whole weekdays (ISO, 7 is Sunday)."""

    starts: time = time(20, 0)
    ends: time = time(7, 0)
    weekdays: frozenset[int] = frozenset({7})


def _never(_: date) -> bool:
    return False


def loud_from(
    instant: datetime, quiet: QuietHours, *, is_rest_day: Callable[[date], bool] = _never
) -> datetime:
    """The first instant, from this one on, at which a mail that can wait may leave.

    Args:
        is_rest_day: whether a day is a holiday; weekdays of rest are in `quiet`.
    """
    assert quiet.ends < quiet.starts
    local = to_riga(instant)
    day, at = local.date(), local.time()
    if at >= quiet.starts:
        day, at = day + timedelta(days=1), time.min
    for _ in range(_REST_DAYS_MAX):
        if day.isoweekday() not in quiet.weekdays and not is_rest_day(day):
            break
        day, at = day + timedelta(days=1), time.min
    if (day, at) == (local.date(), local.time()) and at >= quiet.ends:
        return instant
    return from_wall(day, quiet.ends)


def is_quiet(
    instant: datetime, quiet: QuietHours, *, is_rest_day: Callable[[date], bool] = _never
) -> bool:
    """Whether a mail that can wait has to wait now."""
    return loud_from(instant, quiet, is_rest_day=is_rest_day) > instant
