"""What a demand for capacity comes to in cells.

Time is cut into cells of 15 minutes. A demand over several resources and hours becomes one sorted
list of cells, each with one sum: everybody who takes several cells takes them in this order, so two
takers can wait for each other only in one direction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from vizium.kernel.clock import CELL, cells

CellKey = tuple[str, datetime]
"""A resource's code and the start of a cell, aware UTC."""


class ResourceKind(StrEnum):
    """What a resource is; pools and seats count, all others are taken or free.

    A party is the one group that a gallery takes at a time, beside the pool of its places.
    """

    SEGMENT = "segment"
    POOL = "pool"
    HOST = "host"
    MACHINE = "machine"
    SEATS = "seats"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Take:
    """So much of a resource over [start, end), both aware and on the grid of cells."""

    resource: str
    start: datetime
    end: datetime
    amount: int


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


def runs(free: Mapping[CellKey, int]) -> list[Take]:
    """Takes of what is free in cells: neighbouring cells with as much free make one."""
    takes: list[Take] = []
    for (resource, start), amount in sorted(free.items()):
        last = takes[-1] if takes else None
        if amount <= 0:
            continue
        if last and (last.resource, last.end, last.amount) == (resource, start, amount):
            takes[-1] = replace(last, end=start + CELL)
        else:
            takes.append(Take(resource, start, start + CELL, amount))
    return takes


def party_of(gallery: str) -> str:
    """The resource by which a gallery takes one group at a time."""
    return f"alone:{gallery}"


def outage_owner(outage_id: str) -> str:
    """Who keeps the capacity of something out of order from everybody else."""
    return f"outage:{outage_id}"
