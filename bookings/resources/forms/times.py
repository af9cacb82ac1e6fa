"""Forms of the staff about times: shifts, outages, opening hours, closed days, school breaks.

A clock time is one field, as people write it: ``9``, ``9.30``, ``09:30``, always a whole quarter of
an hour; a break and a closed weekday may stay empty.
"""

import re
from datetime import date, datetime, time

from bookings.resources.queries import ClosureRow
from bookings.resources.rules import (
    BreakKind,
    BreakStatus,
    OpeningRule,
    SchoolBreak,
    Shift,
    parse_grades,
)
from bookings.resources.service import ReportOutage
from vizium.kernel.clock import from_wall, local_date
from vizium.web.forms import Form

WEEKDAYS = range(1, 8)


def parse_shifts(form: Form, host: str, *, today: date) -> list[Shift]:
    """One shift for each weekday that was ticked.

    Raises:
        InvalidInput: every field's error.
    """
    weekdays = _weekdays(form)
    valid_from, valid_to = _period(form, today)
    starts, ends = _clock(form, "starts"), _clock(form, "ends")
    pause = _clock_or_none(form, "break_starts"), _clock_or_none(form, "break_ends")
    if starts >= ends:
        form.fail("ends", "end_before_start")
    break_starts, break_ends = pause
    if (break_starts is None) != (break_ends is None):
        form.fail("break_ends" if break_ends is None else "break_starts", "break_half")
    elif break_starts and break_ends and not starts < break_starts < break_ends < ends:
        form.fail("break_starts", "break_outside")
    form.check()
    return [
        Shift(host, day, valid_from, valid_to, starts, ends, break_starts, break_ends)
        for day in weekdays
    ]


def parse_outage(form: Form, *, now: datetime) -> ReportOutage:
    """What is out of order and how long; without a time it is the whole day.

    Raises:
        InvalidInput: every field's error.
    """
    today = local_date(now)
    resource = form.text("resource")
    first_day = form.date("first_day", stand_in=today)
    last_day = form.date("last_day", stand_in=first_day)
    starts = _clock_or_none(form, "starts") or time()
    ends = _clock_or_none(form, "ends")
    reason = form.text("reason")
    form.check()
    end = from_wall(last_day, ends) if ends else from_wall(last_day, time(23, 45))
    return ReportOutage(resource, from_wall(first_day, starts), end, reason)


def parse_hours(form: Form, *, today: date) -> list[OpeningRule]:
    """The hours of the seven weekdays of a period; a weekday without any is closed.

    Raises:
        InvalidInput: every field's error.
    """
    valid_from, valid_to = _period(form, today)
    rules = [_hours_of(form, day, valid_from, valid_to) for day in WEEKDAYS]
    form.check()
    return rules


def parse_closure(form: Form, *, today: date) -> ClosureRow:
    """A day on which the centre is closed, and why in both languages.

    Raises:
        InvalidInput: every field's error.
    """
    day = form.date("day", stand_in=today)
    if day < today:
        form.fail("day", "day_is_over")
    row = ClosureRow(day, form.text("reason_lv"), form.text("reason_en"))
    form.check()
    return row


def parse_break(form: Form, *, today: date) -> SchoolBreak:
    """A break of the school calendar.

    Raises:
        InvalidInput: every field's error.
    """
    kind = form.choice("kind", list(BreakKind))
    first_day = form.date("first_day", stand_in=today)
    last_day = form.date("last_day", stand_in=first_day)
    if last_day < first_day:
        form.fail("last_day", "end_before_start")
    try:
        grades = parse_grades(form.text("grades"))
    except ValueError:
        form.fail("grades", "grades_form")
        grades = ()
    status = BreakStatus.OFFICIAL if form.flag("official") else BreakStatus.ASSUMPTION
    source = form.text("source", missing=None)
    form.check()
    return SchoolBreak(BreakKind(kind), first_day, last_day, grades, status, source)


def _weekdays(form: Form) -> list[int]:
    days = [day for day in WEEKDAYS if str(day) in form.all("weekdays")]
    if not days:
        form.fail("weekdays", "choose")
    return days


def _period(form: Form, today: date) -> tuple[date, date]:
    valid_from = form.date("valid_from", stand_in=today)
    valid_to = form.date("valid_to", stand_in=valid_from)
    if valid_to < valid_from:
        form.fail("valid_to", "end_before_start")
    return valid_from, valid_to


def _hours_of(form: Form, day: int, valid_from: date, valid_to: date) -> OpeningRule:
    names = f"opens_{day}", f"closes_{day}", f"schools_from_{day}"
    times = [_clock_or_none(form, name) for name in names]
    opens, closes, schools_from = times
    if any(times) and not (opens and closes):
        form.fail(names[1] if opens else names[0], "hours_half")
    elif opens and closes and not opens < closes:
        form.fail(names[1], "end_before_start")
    elif opens and schools_from and schools_from > opens:
        form.fail(names[2], "schools_after_opening")
    return OpeningRule(day, valid_from, valid_to, opens, closes, schools_from or opens)


def _clock(form: Form, name: str) -> time:
    if not form.raw(name).strip():
        form.fail(name, "missing")
    return _clock_or_none(form, name) or time()


def _clock_or_none(form: Form, name: str) -> time | None:
    """A wall time of a whole quarter of an hour; None where the field is empty or wrong."""
    text = form.raw(name).strip()
    if not text:
        return None
    match = re.fullmatch(r"([0-9]{1,2})(?:[.:, ]([0-9]{2}))?", text)
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        form.fail(name, "not_a_time")
        return None
    if int(match[2] or 0) % 15:
        form.fail(name, "not_a_quarter")
        return None
    return time(int(match[1]), int(match[2] or 0))
