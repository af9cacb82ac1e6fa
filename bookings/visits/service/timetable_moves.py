"""Put a published session elsewhere: what speaks against it, and doing it.

The judge looks at the session as at a stop made for nobody: is the room fit and free, can the host,
is the centre open? Then it looks at each class that has the session: does its day still hold?
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bookings.resources.models import Allocation, Cell
from bookings.resources.queries import list_rooms
from bookings.resources.rules import ResourceKind
from bookings.resources.service import ensure_resource
from bookings.visits.models import ActivitySession
from bookings.visits.planner.plan import Plan, Stop, StopKind, Subgroup
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.validate import validate
from bookings.visits.planner.violations import Violation, blocks
from bookings.visits.planner.world import World
from bookings.visits.queries import VisitRow
from bookings.visits.rules import SessionRow, SessionState
from bookings.visits.service.moves import owner_of
from bookings.visits.service.sessions import owner_of_session, seats_of_session
from bookings.visits.service.stand_ins import tell_classes
from bookings.visits.service.timetable import (
    SessionCommand,
    change_session,
    list_classes,
    load_session,
    note_session,
    take_places,
)
from bookings.visits.service.world import load_world
from vizium.kernel.clock import from_wall, to_riga
from vizium.kernel.errors import Conflict
from vizium.settings import Settings

# What the judge says of the place, the host and the hour of a session, whoever comes.
_OF_THE_SESSION = frozenset(
    {
        *("outside_hours", "off_grid", "closed_day"),
        *("room_unknown", "wrong_room_kind", "rooms_not_neighbours", "room_too_small"),
        *("room_taken", "setup_missing", "host_lacks_skill", "host_off_shift", "host_taken"),
    }
)
# Of these the coordinator may know better: a shift that is not entered yet, chairs brought in.
_KNOWN_BETTER = frozenset({"host_off_shift", "host_lacks_skill", "wrong_room_kind"})


@dataclass(frozen=True, slots=True)
class MoveSession:
    """Where, when and with whom a session shall be; `start` is a wall time of its day."""

    id: str
    version: int
    start: time
    rooms: tuple[str, ...]
    host: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What speaks against a move: of the session itself, and for each class that has it.

    `plan` holds the session as one stop, for the words of its faults.
    """

    plan: Plan
    is_other: bool
    blocking: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    hour_is_kept: bool = True
    seats_missing: int = 0
    classes: tuple[tuple[VisitRow, tuple[Violation, ...]], ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot be done at all."""
        return bool(self.blocking or self.seats_missing) or not self.hour_is_kept

    @property
    def asks(self) -> bool:
        """Whether somebody has to say that they know."""
        return bool(self.warnings or self.classes)


def preview_move(session: Session, command: MoveSession, *, now: datetime) -> Verdict:
    """What a move would meet; writes nothing.

    Raises:
        NotFound: ``session``, ``activity``.
        Conflict: as `close_session`.
    """
    row = load_session(session, SessionCommand(command.id, command.version), now=now)
    if row.state is SessionState.CANCELLED:
        raise Conflict("session_cancelled")
    return _judge(session, row, _moved(row, command), now)


def move_session(
    session: Session, command: MoveSession, *, settings: Settings, by: str, now: datetime
) -> Verdict:
    """Put a session into another room, with another host, or, while nobody has it, another hour.

    The classes that have it are told.

    Returns:
        What spoke against it without forbidding it.

    Raises:
        NotFound, Conflict: as `preview_move`; ``session_move_refused`` where it is blocked,
            ``session_twice`` where the activity is published at that hour already.
        CapacityExceeded: somebody has just taken the room or the host.
    """
    row = load_session(session, SessionCommand(command.id, command.version), now=now)
    if not row.shared:
        # Who books a session of one school locks its row first.
        session.execute(
            select(ActivitySession.id).where(ActivitySession.id == row.id).with_for_update()
        )
    verdict = preview_move(session, command, now=now)
    if verdict.is_blocked:
        raise Conflict("session_move_refused")
    moved, classes = _moved(row, command), list_classes(session, row.id, now=now)
    if moved.start != row.start:
        _refuse_twice(session, moved)
        _forget_seats(session, row)
    take_places(session, moved, now=now)
    capacity = _capacity(session, moved)
    ensure_resource(session, seats_of_session(row.id), kind=ResourceKind.SEATS, capacity=capacity)
    change_session(
        session,
        row,
        start=moved.start,
        end=moved.end,
        rooms=list(moved.rooms),
        host=moved.host_code,
        capacity=capacity,
    )
    facts = {
        "before": _place(row),
        "after": _place(moved),
    }
    note_session(session, row, "move_session", by=by, now=now, **facts)
    tell_classes(session, classes, settings=settings, by=by, now=now)
    return verdict


def _moved(row: SessionRow, command: MoveSession) -> SessionRow:
    start = from_wall(row.local_date, command.start)
    return replace(
        row,
        start=start,
        end=start + (row.end - row.start),
        rooms=command.rooms,
        host_code=command.host,
    )


def _capacity(session: Session, row: SessionRow) -> int:
    seats = {room.code: room.seats for room in list_rooms(session)}
    in_rooms = sum(seats.get(room, 0) for room in row.rooms)
    return min(in_rooms or row.seats_max, row.seats_max)


def _refuse_twice(session: Session, moved: SessionRow) -> None:
    same_hour = (ActivitySession.activity == moved.code) & (ActivitySession.start == moved.start)
    if session.scalar(select(ActivitySession.id).where(same_hour)) is not None:
        raise Conflict("session_twice")


def _forget_seats(session: Session, row: SessionRow) -> None:
    """The places of the old hour, which nobody has; those of the new one are made when taken.

    Raises:
        Conflict: ``session_move_refused``: somebody is just taking them.
    """
    seats = seats_of_session(row.id)
    if session.scalar(select(Allocation.id).where(Allocation.resource == seats).limit(1)):
        raise Conflict("session_move_refused")
    session.execute(delete(Cell).where(Cell.resource == seats, Cell.used == 0))


def _judge(session: Session, row: SessionRow, moved: SessionRow, now: datetime) -> Verdict:
    classes = list_classes(session, row.id, now=now)
    plan, request = _as_plan(row, moved)
    before = (row.start, row.rooms, row.host_code)
    if before == (moved.start, moved.rooms, moved.host_code):
        return Verdict(plan, is_other=False)
    owner = owner_of_session(row.id)
    world = load_world(session, row.local_date, now=now, without=owner)
    # What is so already, such as too short a set-up, forbids no other change.
    borne = validate(*_as_plan(row, row), world)
    faults = [
        one
        for one in validate(plan, request, world)
        if one.code in _OF_THE_SESSION and one not in borne
    ]
    warnings = tuple(one for one in faults if one.code in _KNOWN_BETTER)
    return Verdict(
        plan,
        is_other=True,
        blocking=tuple(one for one in blocks(faults) if one not in warnings),
        warnings=warnings,
        hour_is_kept=moved.start == row.start or not classes,
        seats_missing=max(0, row.used - _capacity(session, moved)),
        classes=tuple(_hurt(session, moved, classes, now)),
    )


def _as_plan(row: SessionRow, moved: SessionRow) -> tuple[Plan, PlanRequest]:
    """The session as a day of one stop, made for nobody, so that the judge can look at it."""
    stop = Stop(
        kind=StopKind(row.kind),
        code=row.code,
        start=moved.start,
        end=moved.end,
        rooms=moved.rooms,
        host=moved.host_code,
    )
    group = (Subgroup(pupils=max(1, row.used), adults=0),)
    plan = Plan(
        day=row.local_date, arrive=moved.start, leave=moved.end, subgroups=group, stops=(stop,)
    )
    request = PlanRequest(
        schools=(), dates=(row.local_date,), groups=(), adults=0, language=row.languages[0]
    )
    return plan, request


def _hurt(
    session: Session, moved: SessionRow, classes: Sequence[VisitRow], now: datetime
) -> list[tuple[VisitRow, tuple[Violation, ...]]]:
    """The classes whose plan a move makes worse, and what of it: a walk, a need, a language."""
    hurt = []
    for visit in classes:
        owner, schools = owner_of(visit.id), visit.request.schools
        world = load_world(session, moved.local_date, now=now, without=owner, schools=schools)
        borne = validate(visit.plan, visit.request, world, under_way=True)
        after = validate(visit.plan, visit.request, _with_offer(world, moved), under_way=True)
        worse = tuple(one for one in after if one not in borne)
        if worse:
            hurt.append((visit, worse))
    return hurt


def _with_offer(world: World, moved: SessionRow) -> World:
    offer = world.offers.get(moved.id)
    if offer is None:
        return world
    elsewhere = replace(
        offer, start=moved.start, end=moved.end, rooms=moved.rooms, host=moved.host_code
    )
    return replace(world, offers={**world.offers, moved.id: elsewhere})


def _place(row: SessionRow) -> Mapping[str, object]:
    at = f"{to_riga(row.start):%H:%M}"
    return {"start": at, "rooms": list(row.rooms), "host": row.host_code}
