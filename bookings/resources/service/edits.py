"""What the staff change of rooms, galleries, pools, machines and hosts in pages.

Who saves a row says which edition of it they saw (`queries.edition`); when somebody else has
changed it meanwhile nothing is written. Each change leaves its before and after in the audit.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.resources.models import Host, Resource
from bookings.resources.queries import (
    GalleryRow,
    HostRow,
    MachineRow,
    ResourceRow,
    RoomRow,
    edition,
    get_gallery,
    get_host,
    get_machine,
    get_resource,
    get_room,
)
from bookings.resources.service.capacity import ensure_resource
from bookings.resources.service.centre import (
    load_galleries,
    load_hosts,
    load_machine,
    load_rooms,
)
from vizium.db.audit import record
from vizium.kernel.errors import Conflict

Row = RoomRow | GalleryRow | ResourceRow | MachineRow | HostRow


def save_room(session: Session, row: RoomRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change a room's titles, seats, set-up and marks.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: ``resource_changed``: somebody has changed it since `seen`.
        NotFound: ``room``.
    """
    _lock(session, row.code)
    before = get_room(session, row.code)
    _refuse_stale(before, seen)
    return _save(session, before, row, lambda: load_rooms(session, [row]) > 0, by=by, now=now)


def save_gallery(session: Session, row: GalleryRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change a gallery; a smaller capacity takes nothing away from who has it.

    Raises:
        Conflict: ``resource_changed``.
        NotFound: ``gallery``.
    """
    _lock(session, row.code)
    before = get_gallery(session, row.code)
    _refuse_stale(before, seen)
    return _save(session, before, row, lambda: load_galleries(session, [row]) > 0, by=by, now=now)


def save_pool(session: Session, row: ResourceRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change a pool; a smaller capacity takes nothing away from who has it.

    Raises:
        Conflict: ``resource_changed``.
        NotFound: ``resource``.
    """
    _lock(session, row.code)
    before = get_resource(session, row.code)
    _refuse_stale(before, seen)
    after = replace(row, kind=before.kind)

    def store() -> bool:
        titles = {"title_lv": after.title_lv, "title_en": after.title_en}
        kind, capacity = after.kind, after.capacity
        return ensure_resource(session, after.code, kind=kind, capacity=capacity, **titles)

    return _save(session, before, after, store, by=by, now=now)


def save_machine(session: Session, row: MachineRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change a machine's titles and where it stands.

    Raises:
        Conflict: ``resource_changed``.
        NotFound: ``machine``, ``room``.
    """
    _lock(session, row.code)
    before = get_machine(session, row.code)
    _refuse_stale(before, seen)

    def store() -> bool:
        titles = {"title_lv": row.title_lv, "title_en": row.title_en}
        return load_machine(session, row.code, room=row.room, **titles)

    return _save(session, before, row, store, by=by, now=now)


def save_host(session: Session, row: HostRow, *, seen: str, by: str, now: datetime) -> bool:
    """Change a host's name, skills, languages and most minutes.

    Raises:
        Conflict: ``resource_changed``.
        NotFound: ``host``.
    """
    _lock(session, row.code)
    before = get_host(session, row.code)
    _refuse_stale(before, seen)
    return _save(session, before, row, lambda: load_hosts(session, [row]) > 0, by=by, now=now)


def add_host(session: Session, row: HostRow, *, by: str, now: datetime) -> HostRow:
    """Take on a host; the code in the row does not count, the next free one is given."""
    number = (session.scalar(select(func.count()).select_from(Host)) or 0) + 1
    while session.get(Resource, f"h-{number:02}") is not None:
        number += 1
    added = replace(row, code=f"h-{number:02}")
    load_hosts(session, [added])
    _note(session, "add_host", added.code, {"after": asdict(added)}, by=by, now=now)
    return added


def _lock(session: Session, code: str) -> None:
    session.execute(select(Resource.code).where(Resource.code == code).with_for_update())


def _refuse_stale(now_stands: Row, seen: str) -> None:
    if edition(now_stands) != seen:
        raise Conflict("resource_changed", resource=now_stands.code)


def _save(
    session: Session, before: Row, after: Row, store: Callable[[], bool], *, by: str, now: datetime
) -> bool:
    if not store():
        return False
    facts: dict[str, object] = {"before": asdict(before), "after": asdict(after)}
    _note(session, "save", after.code, facts, by=by, now=now)
    return True


def _note(
    session: Session, verb: str, code: str, facts: dict[str, object], *, by: str, now: datetime
) -> None:
    action, subject = f"resources.{verb}", f"resource:{code}"
    record(session, by=by, action=action, subject=subject, facts=facts, now=now)
