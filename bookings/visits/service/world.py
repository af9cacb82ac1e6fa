"""One day of the centre as the planner's value: the floor, the catalogue, what is published.

The floor takes six queries, the sessions two or three; rules and catalogue are read once for all
days of a request.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bookings.programmes.queries import ActivityRow, list_editions
from bookings.programmes.rules import ActivityKind
from bookings.resources.models import Allocation, Cell
from bookings.resources.queries import (
    Floor,
    GalleryRow,
    HostDayRow,
    ResourceRow,
    TakenRow,
    read_floor,
)
from bookings.resources.rules import party_of
from bookings.visits.models import ActivitySession
from bookings.visits.planner.plan import StopKind
from bookings.visits.planner.world import (
    ActivityFact,
    DayPolicy,
    GalleryFact,
    HostFact,
    Mask,
    OfferFact,
    PoolFact,
    RoomFact,
    World,
)
from bookings.visits.queries import find_takers
from bookings.visits.rules import SessionState
from bookings.visits.service.policy import get_day_policy, get_policy
from vizium.kernel.clock import CELL, from_wall
from vizium.kernel.schoolyear import SchoolYear

_SEATS = "session:"
_MIDNIGHT = time(0)
_Taken = Mapping[str, tuple[TakenRow, ...]]


def load_world(
    session: Session,
    day: date,
    *,
    now: datetime,
    without: str | None = None,
    schools: Collection[str] = (),
) -> World:
    """One day as it counts now.

    Args:
        without: an owner whose own places count as free, e.g. ``visit:01K…``.
        schools: whose class it is for: a session that another school has alone is full for it.
    """
    worlds = load_worlds(session, [day], now=now, without=without, schools=schools)
    return worlds[day]


def load_worlds(
    session: Session,
    days: Sequence[date],
    *,
    now: datetime,
    without: str | None = None,
    schools: Collection[str] = (),
) -> dict[date, World]:
    """Several days, keyed by day; see `load_world`."""
    # Keyed by school year: a programme may be another one from September on.
    years = {SchoolYear.of(day): day for day in days}
    editions = {year: _activities(session, day) for year, day in years.items()}
    worlds = {}
    for day in dict.fromkeys(days):
        activities = editions[SchoolYear.of(day)]
        floor = read_floor(session, day, now=now, without=without)
        if floor.open is None:
            worlds[day] = World(
                day=day,
                now=now,
                start=from_wall(day, _MIDNIGHT),
                cells=0,
                why_closed=floor.why_closed.value if floor.why_closed else None,
                activities=activities,
            )
            continue
        policy = get_day_policy(session, day)
        offers = _offers(session, floor, now=now, without=without, schools=schools)
        world = build_world(floor, activities, offers, policy, now=now)
        worlds[day] = replace(world, visiting=get_policy(session, day))
    return worlds


def build_world(
    floor: Floor,
    activities: Mapping[str, ActivityFact],
    offers: Mapping[str, OfferFact],
    policy: DayPolicy,
    *,
    now: datetime,
) -> World:
    """An open day made of what was read of it."""
    assert floor.open is not None
    start = from_wall(floor.day, floor.open.schools_from)
    cells = (from_wall(floor.day, floor.open.closes) - start) // CELL
    day = _Day(start, cells)
    pools: list[ResourceRow | GalleryRow] = [*floor.pools, *floor.galleries]
    return World(
        day=floor.day,
        now=now,
        start=start,
        cells=cells,
        rooms={
            room.code: RoomFact(
                code=room.code,
                kind=room.kind,
                seats=room.seats,
                position=room.position,
                setup=timedelta(minutes=room.setup_min),
                step_free=room.step_free,
                quiet=room.quiet,
                free=day.free(floor.taken, room.code),
            )
            for room in floor.rooms
        },
        hosts={host.code: _host(host, day, floor.taken) for host in floor.hosts},
        machines={one.code: day.free(floor.taken, one.code) for one in floor.machines},
        galleries={
            one.code: GalleryFact(
                code=one.code,
                alone=one.alone,
                step_free=one.step_free,
                quiet=one.quiet,
                untaken=day.free(floor.taken, party_of(one.code)),
            )
            for one in floor.galleries
        },
        pools={
            one.code: PoolFact(
                code=one.code,
                capacity=one.capacity,
                free=day.places(floor.taken, one.code, one.capacity),
            )
            for one in pools
        },
        activities=activities,
        offers=offers,
        walks={pair: timedelta(minutes=minutes) for pair, minutes in floor.walks.items()},
        out_of_order=frozenset(one.exhibit for one in floor.outages if one.exhibit is not None),
        policy=policy,
    )


class _Day:
    """The cells of a day, to say in masks and tuples what is free of them."""

    def __init__(self, start: datetime, cells: int) -> None:
        self._start = start
        self._cells = cells
        self._all: Mask = (1 << cells) - 1

    def mask(self, start: datetime, end: datetime) -> Mask:
        """The cells that lie wholly in [start, end)."""
        first = max(0, -((self._start - start) // CELL))
        last = min(self._cells, (end - self._start) // CELL)
        return ((1 << max(0, last - first)) - 1) << first

    def free(self, taken: _Taken, code: str) -> Mask:
        """The cells in which something of capacity 1 is free."""
        free = self._all
        for row in taken.get(code, ()):
            cell = (row.start - self._start) // CELL
            if 0 <= cell < self._cells and row.amount >= row.capacity:
                free &= ~(1 << cell)
        return free

    def places(self, taken: _Taken, code: str, capacity: int) -> tuple[int, ...]:
        """The free places of a pool, cell by cell."""
        places = [capacity] * self._cells
        for row in taken.get(code, ()):
            cell = (row.start - self._start) // CELL
            if 0 <= cell < self._cells:
                places[cell] = max(0, row.capacity - row.amount)
        return tuple(places)


def _host(host: HostDayRow, day: _Day, taken: _Taken) -> HostFact:
    shift = 0
    for start, end in host.windows:
        shift |= day.mask(start, end)
    return HostFact(
        code=host.code,
        skills=frozenset(host.skills),
        languages=frozenset(host.languages),
        shift=shift,
        free=shift & day.free(taken, host.code),
        minutes_left=host.minutes_left,
    )


def _activities(session: Session, day: date) -> dict[str, ActivityFact]:
    rows = list_editions(session, day)
    return {row.code: _activity(row) for row in rows if row.kind is not ActivityKind.EDUCATOR}


def _activity(one: ActivityRow) -> ActivityFact:
    return ActivityFact(
        code=one.code,
        kind=StopKind(one.kind.value),
        grades=frozenset(one.grades),
        languages=frozenset(one.languages),
        areas=frozenset(one.areas),
        subjects=frozenset(one.subjects),
        duration=timedelta(minutes=one.duration_min),
        seats_min=one.seats_min,
        seats_max=one.seats_max,
        price_cents=one.price_cents,
        room_kind=one.room_kind,
        skill=one.skill,
        machines=tuple(one.machines),
        exhibits=frozenset(one.exhibits),
        galleries=frozenset(one.galleries),
        on_request=one.on_request and not one.archived,
    )


def _offers(
    session: Session,
    floor: Floor,
    *,
    now: datetime,
    without: str | None,
    schools: Collection[str],
) -> dict[str, OfferFact]:
    seats = Cell.resource == _SEATS + ActivitySession.id
    query = (
        select(ActivitySession, Cell.used)
        .outerjoin(Cell, seats)
        .where(ActivitySession.local_date == floor.day)
        .where(ActivitySession.state != SessionState.CANCELLED)
        .order_by(ActivitySession.start, ActivitySession.id)
    )
    rows = [(one, used or 0) for one, used in session.execute(query)]
    given_back, own = _given_back(session, rows, now=now, without=without)
    sole = [one.id for one, used in rows if not one.shared and used]
    others = {
        taken
        for taken, school in find_takers(session, sole, now=now, without=without).items()
        if school not in schools
    }
    offers = {}
    for one, used in rows:
        # What is closed takes nobody new; who has it keeps what they have.
        is_open = one.state is SessionState.OPEN
        free = one.capacity - used + given_back[one.id] if is_open else own[one.id]
        out = _out(one, floor)
        usable = one.id not in others and out is None
        offers[one.id] = OfferFact(
            session=one.id,
            code=one.activity,
            start=one.start,
            end=one.end,
            free=free if usable else 0,
            rooms=tuple(one.rooms),
            host=one.host,
            out=out,
        )
    return offers


def _given_back(
    session: Session,
    rows: Sequence[tuple[ActivitySession, int]],
    *,
    now: datetime,
    without: str | None,
) -> tuple[Counter[str], Counter[str]]:
    """The seats that count as free though their cells are raised, and of these one's own.

    Both are keyed by session.
    """
    given_back: Counter[str] = Counter()
    own: Counter[str] = Counter()
    if not any(used for _, used in rows):
        return given_back, own
    starts = [one.start for one, _ in rows]
    query = select(Allocation.resource, Allocation.amount, Allocation.owner).where(
        Allocation.resource.startswith(_SEATS),
        Allocation.start.between(min(starts), max(starts)),
        or_(Allocation.expires_at <= now, Allocation.owner == (without or "")),
    )
    for resource, amount, owner in session.execute(query):
        one = resource.removeprefix(_SEATS)
        given_back[one] += amount
        own[one] += amount if owner == without else 0
    return given_back, own


def _out(one: ActivitySession, floor: Floor) -> str | None:
    """The host or a room of a session that is out of order while it lasts."""
    out = {
        outage.resource
        for outage in floor.outages
        if outage.start < one.end and one.start < outage.end
    }
    return next((code for code in (one.host, *one.rooms) if code in out), None)
