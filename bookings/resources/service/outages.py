"""What cannot be used for a while, and how nobody new gets it.

An outage takes what is still free of its resource, as an owner like any other; what visits hold
already stays theirs until they are planned anew, and is topped up then. An exhibit has no capacity:
the planner alone avoids it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.models import Gallery, Outage, Resource
from bookings.resources.queries import OutageRow, get_outage, list_open_outages
from bookings.resources.rules import (
    CellKey,
    ResourceKind,
    Window,
    on_grid,
    outage_owner,
    runs,
)
from bookings.resources.service.capacity import release, take
from bookings.resources.service.cells import lock_free, look_at, make_cells
from vizium.db.audit import record
from vizium.kernel.clock import CELL, days_after, from_wall, local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.ids import new_id

# Longer than any illness or repair that is known in advance; it bounds the cells of one outage.
OUTAGE_DAYS_MAX = 92
_AHEAD_DAYS_MAX = 400
# The house is never used outside these wall times, so nothing needs to be kept there.
_DAY_BEGINS, _DAY_ENDS = time(7), time(22)
_EXHIBIT = re.compile(r"exhibit:[a-z0-9][a-z0-9-]{0,39}")
_TAKEN_OR_FREE = {ResourceKind.SEGMENT, ResourceKind.HOST, ResourceKind.MACHINE}


@dataclass(frozen=True, slots=True)
class ReportOutage:
    """A room, host, gallery or machine by code, or ``exhibit:ex-041``, in [start, end), aware."""

    resource: str
    start: datetime
    end: datetime
    reason: str


def report_outage(session: Session, command: ReportOutage, *, by: str, now: datetime) -> OutageRow:
    """Keep something from being used; nobody new can take it from now on.

    Returns:
        The outage, widened to whole cells.

    Raises:
        InvalidInput: `resource` is nothing that can be out of order, or the time is not a time to
            come of at most `OUTAGE_DAYS_MAX` days.
    """
    _check(session, command, now)
    start, end = on_grid((command.start, command.end))
    outage = Outage(id=new_id(now), resource=command.resource, start=start, end=end)
    outage.reason, outage.reported_by, outage.reported_at = command.reason, by, now
    session.add(outage)
    session.flush()
    taken = _take_free(session, outage.id, command.resource, (start, end), now=now)
    # The reason may speak of a person's health: it stays in the outage's own row.
    facts = {"resource": command.resource, "start": start.isoformat(), "end": end.isoformat()}
    _note(session, "report_outage", outage.id, by=by, now=now, facts=facts | {"cells": taken})
    return get_outage(session, outage.id)


def top_up_outage(session: Session, outage_id: str, *, now: datetime) -> int:
    """Take what has become free of an outage's resource since it was reported.

    Returns:
        How many cells were taken; 0 also when the outage has ended.

    Raises:
        NotFound: ``outage``.
    """
    outage = get_outage(session, outage_id)
    if outage.ended_at is not None or outage.end <= now:
        return 0
    window = max(outage.start, on_grid((now, now))[0]), outage.end
    return _take_free(session, outage.id, outage.resource, window, now=now)


def sweep_outages(session: Session, *, now: datetime) -> int:
    """Top up every outage that lasts; returns how many cells were taken."""
    outages = list_open_outages(session, now=now)
    return sum(top_up_outage(session, outage.id, now=now) for outage in outages)


def end_outage(session: Session, outage_id: str, *, by: str, now: datetime) -> OutageRow:
    """It can be used again: give back what the outage took; ending it twice changes nothing.

    Raises:
        NotFound: ``outage``.
    """
    get_outage(session, outage_id)
    outage = session.get_one(Outage, outage_id, with_for_update=True, populate_existing=True)
    if outage.ended_at is None:
        outage.ended_at = now
        session.flush()
        cells = release(session, outage_owner(outage_id))
        _note(session, "end_outage", outage_id, by=by, now=now, facts={"allocations": cells})
    return get_outage(session, outage_id)


def _check(session: Session, command: ReportOutage, now: datetime) -> None:
    errors = []
    if not _can_be_out(session, command.resource):
        errors.append(FieldError("resource", "outage_resource"))
    if not command.start < command.end:
        errors.append(FieldError("end", "end_before_start"))
    elif command.end <= now:
        errors.append(FieldError("end", "end_is_past"))
    elif command.end > now + timedelta(days=_AHEAD_DAYS_MAX):
        errors.append(FieldError("end", "too_far_ahead", {"most": _AHEAD_DAYS_MAX}))
    elif command.end - command.start > timedelta(days=OUTAGE_DAYS_MAX):
        errors.append(FieldError("end", "outage_too_long", {"most": OUTAGE_DAYS_MAX}))
    if errors:
        raise InvalidInput(errors)


def _can_be_out(session: Session, resource: str) -> bool:
    if _EXHIBIT.fullmatch(resource):
        return True
    kind = session.scalar(select(Resource.kind).where(Resource.code == resource))
    return kind in _TAKEN_OR_FREE or session.get(Gallery, resource) is not None


def _take_free(
    session: Session, outage_id: str, resource: str, window: Window, *, now: datetime
) -> int:
    keys = [] if resource.startswith("exhibit:") else list(_cells_of_days(resource, window))
    if not keys:
        return 0
    wanted = [(key, 0) for key in keys]
    missing = look_at(session, wanted).missing
    make_cells(session, [key for key in keys if key in missing])
    free = {key: left for key, left in lock_free(session, wanted).items() if left > 0}
    take(session, outage_owner(outage_id), runs(free), expires_at=None, now=now)
    return len(free)


def _cells_of_days(resource: str, window: Window) -> Iterator[CellKey]:
    """The cells of a window in which the house may be used, ascending."""
    day = local_date(window[0])
    while from_wall(day, _DAY_BEGINS) < window[1]:
        start = max(window[0], from_wall(day, _DAY_BEGINS))
        while start < min(window[1], from_wall(day, _DAY_ENDS)):
            yield resource, start
            start += CELL
        day = days_after(day, 1)


def _note(
    session: Session,
    verb: str,
    outage_id: str,
    *,
    by: str,
    now: datetime,
    facts: dict[str, object],
) -> None:
    action, subject = f"resources.{verb}", f"outage:{outage_id}"
    record(session, by=by, action=action, subject=subject, facts=facts, now=now)
