"""When the centre is open and when a host works, in wall times of Latvia.

Of two rules that cover a day the one that came into force later counts: a change is a new rule, and
what held before stays readable.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Protocol, TypeVar

from vizium.kernel.clock import CELL, days_after, from_wall

Window = tuple[datetime, datetime]
"""[start, end), aware UTC."""


class WhyClosed(StrEnum):
    """Why nobody can come on a day."""

    CLOSURE = "closure"
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSED_WEEKDAY = "closed_weekday"
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True)
class OpeningRule:
    """The hours of one weekday (ISO, 1 is Monday) from `valid_from` to `valid_to`, both included.

    `schools_from` is when the first school group may start, before the doors open to all. No hours:
    closed on that weekday.
    """

    weekday: int
    valid_from: date
    valid_to: date
    opens: time | None
    closes: time | None
    schools_from: time | None


@dataclass(frozen=True, slots=True)
class OpenDay:
    """The wall times of one day in Latvia."""

    day: date
    opens: time
    closes: time
    schools_from: time


@dataclass(frozen=True, slots=True)
class Shift:
    """When a host works on one weekday (ISO) in a period, both ends included; a break or none."""

    host: str
    weekday: int
    valid_from: date
    valid_to: date
    starts: time
    ends: time
    break_starts: time | None = None
    break_ends: time | None = None


class _Dated(Protocol):
    """A rule of one weekday that holds in a period."""

    @property
    def weekday(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date: ...


_D = TypeVar("_D", bound=_Dated)


def rule_of(day: date, rules: Iterable[_D]) -> _D | None:
    """The rule that counts on a day: of those that cover it, the one that began last."""
    covering = [
        rule
        for rule in rules
        if rule.weekday == day.isoweekday() and rule.valid_from <= day <= rule.valid_to
    ]
    return max(covering, key=lambda rule: rule.valid_from, default=None)


def hours_of(
    day: date, rules: Iterable[OpeningRule], *, closed: bool = False
) -> OpenDay | WhyClosed:
    """The hours of a day, or why there are none.

    Args:
        closed: whether the operator closed this very day.
    """
    if closed:
        return WhyClosed.CLOSURE
    if is_public_holiday(day):
        return WhyClosed.PUBLIC_HOLIDAY
    rule = rule_of(day, rules)
    if rule is None:
        return WhyClosed.NO_HOURS
    if rule.opens is None or rule.closes is None or rule.schools_from is None:
        return WhyClosed.CLOSED_WEEKDAY
    return OpenDay(day, rule.opens, rule.closes, rule.schools_from)


def open_day(day: date, rules: Iterable[OpeningRule], *, closed: bool = False) -> OpenDay | None:
    """The hours of a day, or None when the centre is closed for whatever reason."""
    hours = hours_of(day, rules, closed=closed)
    return None if isinstance(hours, WhyClosed) else hours


def is_public_holiday(day: date) -> bool:
    """Whether the law of Latvia makes the day a holiday."""
    return day in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(_latvia()(years=year))


@cache
def _latvia() -> Callable[..., Iterable[date]]:
    """The holidays of Latvia, loaded by their file: the package of countries imports all 250."""
    library = find_spec("holidays")
    assert library is not None
    assert library.origin is not None
    file = Path(library.origin).parent / "countries" / "latvia.py"
    found = spec_from_file_location("holidays_of_latvia", file)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    country: Callable[..., Iterable[date]] = module.Latvia
    return country


def whole_day(day: date) -> Window:
    """From midnight to midnight in Latvia: 23, 24 or 25 hours."""
    return from_wall(day, time()), from_wall(days_after(day, 1), time())


def working_windows(
    day: date, shift: Shift | None, away: Sequence[Window] = ()
) -> tuple[Window, ...]:
    """When a host works on a day, ascending.

    Args:
        shift: the shift that counts on the day; None when the host does not work.
        away: absences, in any order; they may overlap.
    """
    if shift is None:
        return ()
    windows = [(from_wall(day, shift.starts), from_wall(day, shift.ends))]
    gaps = list(away)
    if shift.break_starts is not None and shift.break_ends is not None:
        gaps.append((from_wall(day, shift.break_starts), from_wall(day, shift.break_ends)))
    for gap in gaps:
        windows = [part for window in windows for part in without_gap(window, gap)]
    return tuple(windows)


def without_gap(window: Window, gap: Window) -> list[Window]:
    """What is left of a window when a gap is cut out of it."""
    before = window[0], min(window[1], gap[0])
    after = max(window[0], gap[1]), window[1]
    return [part for part in (before, after) if part[0] < part[1]]


def on_grid(window: Window) -> Window:
    """The whole cells that a window touches."""
    cell_s = int(CELL.total_seconds())
    first, last = (instant.timestamp() for instant in window)
    return (
        datetime.fromtimestamp(first // cell_s * cell_s, UTC),
        datetime.fromtimestamp(-(-last // cell_s) * cell_s, UTC),
    )
