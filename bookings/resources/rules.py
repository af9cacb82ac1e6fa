"""What a demand for capacity comes to in cells, and when the centre is open; pure.

Time is cut into cells of 15 minutes. A demand over several resources and hours becomes one sorted
list of cells, each with one sum: everybody who takes several cells takes them in this order, so two
takers can wait for each other only in one direction.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache

import holidays

from vizium.kernel.clock import cells

CellKey = tuple[str, datetime]
"""A resource's code and the start of a cell, aware UTC."""


class ResourceKind(StrEnum):
    """What a resource is; a segment, a host and a machine are taken or free, the others count."""

    SEGMENT = "segment"
    POOL = "pool"
    HOST = "host"
    MACHINE = "machine"
    SEATS = "seats"


@dataclass(frozen=True, slots=True)
class Take:
    """So much of a resource over [start, end), both aware and on the grid of cells."""

    resource: str
    start: datetime
    end: datetime
    amount: int


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
class CellProblem:
    """A cell whose `used` is not what its allocations add up to."""

    resource: str
    start: datetime
    used: int
    allocated: int


def demand(takes: Iterable[Take]) -> list[tuple[CellKey, int]]:
    """Sum takes by cell.

    Returns:
        Each cell once, ascending by (resource, start), with the amount wanted of it.
    """
    wanted: Counter[CellKey] = Counter()
    for take in takes:
        assert take.amount > 0
        for start in cells(take.start.astimezone(UTC), take.end.astimezone(UTC)):
            wanted[take.resource, start] += take.amount
    return sorted(wanted.items())


def open_day(day: date, rules: Iterable[OpeningRule], *, closed: bool = False) -> OpenDay | None:
    """The hours of a day, or None when the centre is closed.

    Args:
        closed: whether the operator closed this very day.

    Returns:
        None also on public holidays and on a day that no rule covers; of two rules that cover it,
        the one that came into force later counts.
    """
    if closed or is_public_holiday(day):
        return None
    for rule in sorted(rules, key=lambda rule: rule.valid_from, reverse=True):
        if rule.weekday == day.isoweekday() and rule.valid_from <= day <= rule.valid_to:
            if rule.opens is None or rule.closes is None or rule.schools_from is None:
                return None
            return OpenDay(day, rule.opens, rule.closes, rule.schools_from)
    return None


def is_public_holiday(day: date) -> bool:
    """Whether the law of Latvia makes the day a holiday."""
    return day in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("LV", years=year))
