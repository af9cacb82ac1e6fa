"""Hours and days as people write them in one field: ``9``, ``9.30``, ``16.3., 17.3.2027``."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from vizium.web.forms import Form

_HOUR = re.compile(r"(?P<hour>\d{1,2})(?:[.:, ]?(?P<minute>\d{2}))?")
_DAY = re.compile(
    r"(?P<iso>\d{4}-\d{2}-\d{2})|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.?(?:\s?(?P<year>\d{4}))?"
)
_HALF_A_YEAR = timedelta(days=182)
_BETWEEN = re.compile(r"[\s,;.]*")


def parse_wall(form: Form, name: str) -> time | None:
    """An hour, None where the field is empty; an error is noted in the form."""
    typed = form.raw(name).strip()
    if not typed:
        return None
    match = _HOUR.fullmatch(typed)
    if match is None or int(match["hour"]) > 23 or int(match["minute"] or 0) > 59:
        form.fail(name, "not_an_hour")
        return None
    return time(int(match["hour"]), int(match["minute"] or 0))


def parse_days_typed(form: Form, name: str, *, today: date) -> tuple[date, ...]:
    """The days to come of one field, ascending; one without a year is the next of that name."""
    days = read_days(form.text(name), today)
    if not days:
        form.fail(name, "not_days")
    elif days[0] < today:
        form.fail(name, "day_is_past_one", date=f"{days[0]:%d.%m.%Y}")
    return days


def parse_day_typed(form: Form, name: str, *, today: date) -> date | None:
    """One day, None where the field is empty; an error is noted in the form.

    It may be past: without a year it is the nearest of that name.
    """
    typed = form.text(name, missing=None)
    days = read_days(typed, today - _HALF_A_YEAR)
    if typed and len(days) != 1:
        form.fail(name, "not_days")
    return days[0] if len(days) == 1 else None


def read_days(typed: str, earliest: date) -> tuple[date, ...]:
    """The days of a text, ascending; none where it is no list of days.

    Args:
        earliest: a day without a year is the first of that name from here on.
    """
    try:
        return tuple(sorted(set(_days(typed, earliest))))
    except ValueError:
        return ()


def _days(typed: str, earliest: date) -> Iterator[date]:
    at = 0
    for match in _DAY.finditer(typed):
        if not _BETWEEN.fullmatch(typed[at : match.start()]):
            raise ValueError(typed)
        at = match.end()
        yield date.fromisoformat(match["iso"]) if match["iso"] else _dotted(match, earliest)
    if not _BETWEEN.fullmatch(typed[at:]):
        raise ValueError(typed)


def _dotted(match: re.Match[str], earliest: date) -> date:
    day, month = int(match["day"]), int(match["month"])
    if match["year"]:
        return date(int(match["year"]), month, day)
    this = date(earliest.year, month, day)
    return this if this >= earliest else date(earliest.year + 1, month, day)
