"""One day of the whole floor, for the planner: six queries, however full the day is.

What nobody holds any more counts as free: cells of a hold that ran out but was not swept yet, and
those of the one owner whose day is being planned anew. What is out of order counts as taken, also
where a visit that has to be moved still holds it. What is retired by that day is not there at all.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bookings.resources import models
from bookings.resources.models import Allocation, Cell, Gallery, Host, Machine, Resource, Room
from bookings.resources.queries.centre import list_walks
from bookings.resources.queries.change import capacity_at, change_at
from bookings.resources.queries.hours import list_outages, read_hours
from bookings.resources.queries.rows import (
    Floor,
    GalleryRow,
    HostDayRow,
    HostRow,
    MachineRow,
    OutageRow,
    ResourceRow,
    RoomRow,
    TakenRow,
)
from bookings.resources.rules import (
    CellKey,
    ResourceKind,
    Shift,
    Take,
    WhyClosed,
    Window,
    demand,
    hours_of,
    outage_owner,
    rule_of,
    whole_day,
    working_windows,
)
from vizium.kernel.clock import CELL, cells

_CELL_MIN = CELL // timedelta(minutes=1)
_SHIFT = models.Shift
_FACTS = (
    Resource.code,
    Resource.kind,
    Resource.title_lv,
    Resource.title_en,
    Room.kind.label("room_kind"),
    Room.seats,
    Room.position,
    Room.setup_min,
    Room.step_free,
    Room.quiet,
    Gallery.code.label("gallery"),
    Gallery.alone,
    Gallery.step_free.label("gallery_step_free"),
    Gallery.quiet.label("gallery_quiet"),
    Machine.room,
    Host.name,
    Host.skills,
    Host.languages,
    Host.minutes_a_day_max,
    _SHIFT.weekday,
    _SHIFT.valid_from,
    _SHIFT.valid_to,
    _SHIFT.starts,
    _SHIFT.ends,
    _SHIFT.break_starts,
    _SHIFT.break_ends,
)


@dataclass(slots=True)
class _Facts:
    """What the day's resources are, filled row by row; `capacity` and `hosts` keyed by code."""

    rooms: list[RoomRow] = field(default_factory=list)
    galleries: list[GalleryRow] = field(default_factory=list)
    machines: list[MachineRow] = field(default_factory=list)
    pools: list[ResourceRow] = field(default_factory=list)
    hosts: dict[str, HostRow] = field(default_factory=dict)
    shifts: dict[str, list[Shift]] = field(default_factory=lambda: defaultdict(list))
    capacity: dict[str, int] = field(default_factory=dict)


def read_floor(session: Session, day: date, *, now: datetime, without: str | None = None) -> Floor:
    """Everything that can be taken on a day, and what of it is taken.

    Args:
        without: an owner whose own allocations count as free, e.g. ``visit:01K…``.
    """
    window = whole_day(day)
    rules, closure = read_hours(session, day)
    hours = hours_of(day, rules, closed=closure is not None)
    facts = _read_facts(session, day)
    outages = list_outages(session, start=window[0], end=window[1])
    taken = _read_cells(session, facts.capacity, window)
    idle = _give_back(session, taken, window, outages, now=now, without=without)
    worked = Counter(code for (code, start), row in taken.items() if row.amount > idle[code, start])
    _close(taken, outages, facts.capacity, window)
    return Floor(
        day=day,
        open=None if isinstance(hours, WhyClosed) else hours,
        why_closed=hours if isinstance(hours, WhyClosed) else None,
        closure=closure,
        rooms=tuple(facts.rooms),
        hosts=tuple(
            _host_day(day, host, facts.shifts[code], outages, busy_min=worked[code] * _CELL_MIN)
            for code, host in facts.hosts.items()
        ),
        galleries=tuple(facts.galleries),
        machines=tuple(facts.machines),
        pools=tuple(facts.pools),
        taken=_by_resource(taken),
        outages=tuple(outages),
        walks=list_walks(session),
    )


def _read_facts(session: Session, day: date) -> _Facts:
    shift_holds = and_(
        _SHIFT.host == Host.code,
        _SHIFT.weekday == day.isoweekday(),
        _SHIFT.valid_from <= day,
        _SHIFT.valid_to >= day,
    )
    in_force = capacity_at(change_at(day))
    query = (
        select(*_FACTS, in_force.label("in_force"))
        .select_from(Resource)
        .outerjoin(Room, Room.code == Resource.code)
        .outerjoin(Gallery, Gallery.code == Resource.code)
        .outerjoin(Machine, Machine.code == Resource.code)
        .outerjoin(Host, Host.code == Resource.code)
        .outerjoin(_SHIFT, shift_holds)
        .where(
            Resource.kind.in_([kind for kind in ResourceKind if kind != ResourceKind.SEATS]),
            in_force > 0,
        )
        .order_by(Resource.code)
    )
    facts = _Facts()
    for row in session.execute(query):
        facts.capacity[row.code] = row.in_force
        _add_fact(facts, row)
    return facts


def _add_fact(facts: _Facts, row: Any) -> None:  # noqa: ANN401 - a row of `_FACTS` has no name
    titles = row.title_lv, row.title_en
    if row.seats is not None:
        room = row.seats, row.position, row.setup_min, row.step_free, row.quiet
        facts.rooms.append(RoomRow(row.code, row.room_kind, *titles, *room))
    elif row.gallery is not None:
        gallery = row.in_force, row.alone, row.gallery_step_free, row.gallery_quiet
        facts.galleries.append(GalleryRow(row.code, *titles, *gallery))
    elif row.room is not None:
        facts.machines.append(MachineRow(row.code, row.room, *titles))
    elif row.name is not None:
        skills = tuple(row.skills), tuple(row.languages), row.minutes_a_day_max
        facts.hosts[row.code] = HostRow(row.code, row.name, *skills)
        if row.weekday is not None:
            shift = row.weekday, row.valid_from, row.valid_to, row.starts, row.ends
            facts.shifts[row.code].append(
                Shift(row.code, *shift, break_starts=row.break_starts, break_ends=row.break_ends)
            )
    elif row.kind == ResourceKind.POOL:
        facts.pools.append(ResourceRow(row.code, row.kind, row.in_force, *titles))


def _read_cells(
    session: Session, capacity: dict[str, int], window: Window
) -> dict[CellKey, TakenRow]:
    query = (
        select(Cell.resource, Cell.start, Cell.used, Cell.capacity)
        .where(Cell.resource.in_(capacity), Cell.start >= window[0], Cell.start < window[1])
        .where(Cell.used > 0)
        .order_by(Cell.resource, Cell.start)
    )
    return {
        (resource, start): TakenRow(start, used, most)
        for resource, start, used, most in session.execute(query)
    }


def _give_back(
    session: Session,
    taken: dict[CellKey, TakenRow],
    window: Window,
    outages: Sequence[OutageRow],
    *,
    now: datetime,
    without: str | None,
) -> Counter[CellKey]:
    """Take out of `taken` what counts as free; returns what outages keep from others, by cell."""
    idlers = {outage_owner(outage.id) for outage in outages}
    query = select(
        Allocation.owner,
        Allocation.resource,
        Allocation.start,
        Allocation.end,
        Allocation.amount,
    ).where(
        Allocation.start < window[1],
        Allocation.end > window[0],
        or_(Allocation.expires_at <= now, Allocation.owner.in_([without or "", *idlers])),
    )
    freed: list[Take] = []
    idle: list[Take] = []
    for row in session.execute(query):
        (idle if row.owner in idlers else freed).append(Take(*row[1:]))
    for key, amount in demand(freed):
        if key in taken:
            taken[key] = taken[key]._replace(amount=max(0, taken[key].amount - amount))
    return Counter(dict(demand(idle)))


def _close(
    taken: dict[CellKey, TakenRow],
    outages: Sequence[OutageRow],
    capacity: dict[str, int],
    window: Window,
) -> None:
    """Make the cells of every outage wholly taken."""
    for outage in outages:
        most = capacity.get(outage.resource)
        if most is None:
            continue
        for start in cells(max(outage.start, window[0]), min(outage.end, window[1])):
            taken[outage.resource, start] = TakenRow(start, most, most)


def _host_day(
    day: date,
    host: HostRow,
    shifts: Sequence[Shift],
    outages: Sequence[OutageRow],
    *,
    busy_min: int,
) -> HostDayRow:
    shift = rule_of(day, shifts)
    away = [(outage.start, outage.end) for outage in outages if outage.resource == host.code]
    return HostDayRow(
        code=host.code,
        name=host.name,
        skills=host.skills,
        languages=host.languages,
        minutes_a_day_max=host.minutes_a_day_max,
        shift=shift,
        windows=working_windows(day, shift, away),
        busy_min=busy_min,
    )


def _by_resource(taken: dict[CellKey, TakenRow]) -> dict[str, tuple[TakenRow, ...]]:
    rows: dict[str, list[TakenRow]] = defaultdict(list)
    for (resource, _), row in taken.items():
        if row.amount > 0:
            rows[resource].append(row)
    return {resource: tuple(sorted(found)) for resource, found in rows.items()}
