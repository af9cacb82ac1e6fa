"""What the staff change of rooms, galleries, pools, machines and hosts in pages.

Who saves a row says which edition of it they saw (`queries.edition`); when somebody else has
changed it meanwhile nothing is written. Each change leaves its before and after in the audit.
A thing is never deleted: it is retired from a day on (`plan_change` to nothing), and what is booked
by then stays booked.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.models import Resource
from bookings.resources.queries import (
    GalleryRow,
    HostRow,
    MachineRow,
    Planned,
    ResourceRow,
    RoomRow,
    change_at,
    edition,
    get_gallery,
    get_host,
    get_machine,
    get_resource,
    get_room,
    list_fuller,
    list_rooms,
)
from bookings.resources.rules import ResourceKind
from bookings.resources.service.capacity import align_cells, ensure_resource
from bookings.resources.service.centre import (
    load_galleries,
    load_hosts,
    load_machine,
    load_rooms,
)
from vizium.db.audit import record
from vizium.db.inserts import insert_for
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput

AnyRow = RoomRow | GalleryRow | ResourceRow | MachineRow | HostRow
_DAYS_NAMED = 8
_GET: dict[type[AnyRow], Callable[[Session, str], Any]] = {
    RoomRow: get_room,
    GalleryRow: get_gallery,
    ResourceRow: get_resource,
    MachineRow: get_machine,
    HostRow: get_host,
}
# Codes are never seen by people; each kind's begin alike. A pool is known to the planner by its
# code, therefore none can be added.
_CODES: dict[type[AnyRow], tuple[str, ResourceKind]] = {
    RoomRow: ("room", ResourceKind.SEGMENT),
    GalleryRow: ("g", ResourceKind.POOL),
    MachineRow: ("m", ResourceKind.MACHINE),
    HostRow: ("h", ResourceKind.HOST),
}


def add_thing(session: Session, row: AnyRow, *, by: str, now: datetime) -> AnyRow:
    """Add a room, gallery, machine or host; its code is the next free one of its kind.

    Raises:
        InvalidInput: another room stands at the same place in its row.
        NotFound: ``room`` of a machine.
    """
    added: AnyRow = replace(row, code=_next_code(session, row))
    _check(session, added, now)
    _store(session, added)
    _note(session, "add", added.code, {"after": _facts(added)}, by=by, now=now)
    return added


def _next_code(session: Session, row: AnyRow) -> str:
    """The next free code, which is nobody else's from now on: two may add at once."""
    prefix, kind = _CODES[type(row)]
    blank = {"kind": kind, "capacity": 1, "title_lv": "", "title_en": ""}
    codes = (f"{prefix}-{number:02}" for number in count(1))
    free = (code for code in codes if session.get(Resource, code) is None)
    return next(code for code in free if _is_added(session, {"code": code} | blank))


def _is_added(session: Session, values: dict[str, Any]) -> bool:
    adding = insert_for(session, Resource).values(values).on_conflict_do_nothing()
    return session.scalar(adding.returning(Resource.code)) is not None


def save_thing(session: Session, row: AnyRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change what is known of a thing, from now on.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: ``resource_changed``: somebody has changed it since `seen`.
        InvalidInput: more is taken already than the new capacity allows, and on which days; or
            another room stands at the same place in its row.
        NotFound: there is no such thing, or no such room for a machine.
    """
    before = _lock(session, row, seen)
    _check(session, row, now)
    _settle(session, before, now)
    if not _store(session, row):
        return False
    if isinstance(row, GalleryRow | ResourceRow) and row.capacity < before.capacity:
        _refuse_fuller(session, row.code, "capacity", now)
    facts: dict[str, object] = {"before": _facts(before), "after": _facts(row)}
    _note(session, "save", row.code, facts, by=by, now=now)
    return True


def plan_change(
    session: Session,
    row: AnyRow,
    planned: Planned | None,
    *,
    seen: str,
    by: str,
    now: datetime,
) -> None:
    """Give a thing another capacity from a day on; none retires it, None takes the change back.

    A change that was planned before is replaced. Who retires a thing takes nothing from anybody:
    what is booked stays, and nobody new gets it from that day on.

    Raises:
        Conflict: ``resource_changed``.
        InvalidInput: more is taken from that day on than the new capacity allows.
        NotFound: there is no such thing.
    """
    before = _lock(session, row, seen)
    resource = session.get_one(Resource, row.code)
    resource.changes_at = change_at(planned.day) if planned else None
    resource.changes_to = planned.capacity if planned else None
    session.flush()
    align_cells(session, resource)
    if planned is None or planned.capacity:
        _refuse_fuller(session, row.code, "new_capacity", now)
    facts: dict[str, object] = {
        "before": _facts(before),
        "after": _facts(replace(before, planned=planned)),
    }
    _note(session, "plan_change", row.code, facts, by=by, now=now)


def _lock(session: Session, row: AnyRow, seen: str) -> Any:  # noqa: ANN401 - a row of the same kind
    # Not against foreign keys: who takes holds cells already when an allocation names the row.
    lock = select(Resource).where(Resource.code == row.code).with_for_update(key_share=True)
    session.execute(lock.execution_options(populate_existing=True))
    stands = _GET[type(row)](session, row.code)
    if edition(stands) != seen:
        raise Conflict("resource_changed", resource=row.code)
    return stands


def _check(session: Session, row: AnyRow, now: datetime) -> None:
    """Two rooms of a kind at one place would make configurations that are not there."""
    if not isinstance(row, RoomRow) or row.position is None:
        return
    place, today = (row.kind, row.position), local_date(now)
    for other in list_rooms(session):
        stands = other.code != row.code and other.stands_on(today)
        if stands and (other.kind, other.position) == place:
            room: dict[str, object] = {"room": other.title_lv}
            raise InvalidInput([FieldError("position", "position_taken", room)])


def _settle(session: Session, before: AnyRow, now: datetime) -> None:
    """A change that has come into force makes room for the capacity that is saved now."""
    planned = before.planned
    if planned and planned.capacity and planned.day <= local_date(now):
        resource = session.get_one(Resource, before.code)
        resource.changes_at = resource.changes_to = None
        resource.capacity = planned.capacity
        session.flush()


def _store(session: Session, row: AnyRow) -> bool:
    match row:
        case RoomRow():
            return load_rooms(session, [row]) > 0
        case GalleryRow():
            return load_galleries(session, [row]) > 0
        case HostRow():
            return load_hosts(session, [row]) > 0
        case MachineRow():
            titles = {"title_lv": row.title_lv, "title_en": row.title_en}
            return load_machine(session, row.code, room=row.room, **titles)
        case ResourceRow():
            titles = {"title_lv": row.title_lv, "title_en": row.title_en}
            kind = get_resource(session, row.code).kind
            return ensure_resource(session, row.code, kind=kind, capacity=row.capacity, **titles)


def _refuse_fuller(session: Session, code: str, field: str, now: datetime) -> None:
    """Looked up after the cells are changed and locked, so nobody can slip in between."""
    days: Counter[str] = Counter()
    for cell in list_fuller(session, code, now=now):
        day = f"{local_date(cell.start):%d.%m.%Y}"
        days[day] = max(days[day], cell.used)
    if days:
        named = [f"{day}: {most}" for day, most in list(days.items())[:_DAYS_NAMED]]
        more = ["…"] if len(days) > _DAYS_NAMED else []
        facts = {"days": ", ".join([*named, *more]), "least": max(days.values())}
        raise InvalidInput([FieldError(field, "capacity_taken", facts)])


def _facts(row: AnyRow) -> dict[str, object]:
    planned = f"{row.planned.day.isoformat()}: {row.planned.capacity}" if row.planned else None
    return asdict(row) | {"planned": planned}


def _note(
    session: Session, verb: str, code: str, facts: dict[str, object], *, by: str, now: datetime
) -> None:
    action, subject = f"resources.{verb}", f"resource:{code}"
    record(session, by=by, action=action, subject=subject, facts=facts, now=now)
