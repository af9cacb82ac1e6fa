"""Forms of the timetable: a weekly pattern or one session to be published, and where one moves."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bookings.visits.forms.clock import parse_wall
from bookings.visits.rules import SessionRow, TimetableRow
from bookings.visits.service.sessions import PublishPattern
from bookings.visits.service.timetable_moves import MoveSession
from vizium.kernel.clock import to_riga
from vizium.web.forms import Form

WEEKDAYS = range(1, 8)
# A school year; a longer pattern is a mistake of the year.
_DAYS_MOST = 366
_STARTS_MOST = 12
# As many as are published in one go; a term of two starts a day is half of it.
SESSIONS_MOST = 400
_NEVER = time(0)


@dataclass(frozen=True, slots=True)
class Choosable:
    """What a session may be made of: codes of activities, hosts, and rooms that may be combined."""

    activities: Collection[str]
    hosts: Collection[str]
    rooms: Sequence[str]
    combined: Collection[tuple[str, ...]]


def parse_pattern(form: Form, known: Choosable, *, today: date, single: bool) -> PublishPattern:
    """The sessions that shall be published.

    Args:
        single: one day only, without weekdays.

    Raises:
        InvalidInput: every field's error.
    """
    activity = form.choice("activity", sorted(known.activities) or [""], missing="choose_activity")
    if single:
        first_day = last_day = form.date("first_day", stand_in=today)
        weekdays: tuple[int, ...] = (first_day.isoweekday(),)
    else:
        first_day = form.date("first_day", stand_in=today)
        last_day = form.date("last_day", stand_in=first_day)
        weekdays = _weekdays(form)
    if first_day < today:
        form.fail("first_day", "day_is_over")
    if last_day < first_day:
        form.fail("last_day", "end_before_start")
    elif (last_day - first_day).days > _DAYS_MOST:
        form.fail("last_day", "period_too_long", most=_DAYS_MOST)
    starts, rooms = _starts(form), _rooms(form, known)
    host = _host(form, known)
    shared = form.choice("shared", ("yes", "no")) == "yes"
    if (last_day - first_day).days // 7 * len(weekdays) * len(starts) > SESSIONS_MOST:
        form.fail("last_day", "sessions_too_many", most=SESSIONS_MOST)
    form.check()
    rows = tuple(
        TimetableRow(activity, weekdays, f"{start:%H:%M}", rooms, host, shared) for start in starts
    )
    return PublishPattern(rows, first_day, last_day)


def parse_session_move(form: Form, row: SessionRow, known: Choosable) -> MoveSession:
    """Where a session shall be.

    Raises:
        InvalidInput: every field's error.
    """
    start = _quarter(form, "start")
    rooms, host = _rooms(form, known), _host(form, known)
    form.check()
    return MoveSession(row.id, version_seen(form), start, rooms, host)


def session_form(row: SessionRow) -> Form:
    """The fields as a session stands."""
    return Form(
        {
            "start": [f"{to_riga(row.start):%H.%M}"],
            "rooms": list(row.rooms),
            "host": [row.host_code or ""],
            "version": [str(row.version)],
        }
    )


def version_seen(form: Form) -> int:
    """The version that the person saw; a form without one saw none."""
    seen = form.raw("version")
    return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else 0


def _weekdays(form: Form) -> tuple[int, ...]:
    days = tuple(day for day in WEEKDAYS if str(day) in form.all("weekdays"))
    if not days:
        form.fail("weekdays", "choose_weekdays")
    return days


def _starts(form: Form) -> list[time]:
    """The hours of one field, ascending, each a whole quarter; errors are noted in the form."""
    words = [word for word in re.split(r"[\s,;]+", form.raw("starts")) if word]
    if not words:
        form.fail("starts", "missing")
    elif len(words) > _STARTS_MOST:
        form.fail("starts", "too_many_hours", most=_STARTS_MOST)
    read = {_one_start(form, word) for word in words[:_STARTS_MOST]}
    return sorted(read)


def _one_start(form: Form, word: str) -> time:
    alone = Form({"starts": [word]})
    start = _quarter(alone, "starts")
    for error in alone.errors:
        form.fail("starts", error.code)
    return start


def _quarter(form: Form, name: str) -> time:
    at = parse_wall(form, name)
    if at is None:
        form.fail(name, "missing")
    elif at.minute % 15:
        form.fail(name, "not_a_quarter")
    return at or _NEVER


def _rooms(form: Form, known: Choosable) -> tuple[str, ...]:
    """The rooms that were ticked, as the wall between them is opened; errors are noted."""
    chosen = tuple(room for room in known.rooms if room in form.all("rooms"))
    if not chosen:
        form.fail("rooms", "choose_rooms")
    if len(chosen) > 1 and not any(set(chosen) == set(one) for one in known.combined):
        form.fail("rooms", "rooms_apart")
    return next((one for one in known.combined if set(one) == set(chosen)), chosen)


def _host(form: Form, known: Choosable) -> str | None:
    host = form.raw("host")
    if host and host not in known.hosts:
        form.fail("host", "choose")
    return host or None


def pattern_fields(form: Form) -> Mapping[str, Sequence[str]]:
    """The answers of a pattern, for hidden fields."""
    named = ("activity", "weekdays", "starts", "rooms", "host", "shared", "single")
    dates = (f"{day}_{part}" for day in ("first_day", "last_day") for part in _DATE_PARTS)
    return {name: form.all(name) for name in (*named, *dates) if form.all(name)}


_DATE_PARTS = ("day", "month", "year")
