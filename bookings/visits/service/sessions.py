"""Publish the weekly timetable as sessions that schools can take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.resources.models import Cell
from bookings.resources.queries import list_rooms, opening
from bookings.resources.rules import OpenDay, ResourceKind, Take
from bookings.resources.service import ensure_resource, take
from bookings.visits.models import ActivitySession
from bookings.visits.rules import SessionState, TimetableRow
from bookings.visits.rules.timetable import (
    Draft,
    Obstacle,
    Pattern,
    Taken,
    days_of,
    draft_of,
    first_taken,
    is_within,
)
from vizium.db import audit
from vizium.kernel.clock import days_after, from_wall, to_riga
from vizium.kernel.errors import CapacityExceeded, NotFound

_MIDNIGHT = time(0)


@dataclass(slots=True)
class PublishReport:
    """What publishing did; `clashes` are sessions whose room or host was taken already."""

    published: int = 0
    kept: int = 0
    outside_hours: int = 0
    clashes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PublishPattern:
    """A weekly pattern between two days, both included."""

    rows: tuple[TimetableRow, ...]
    first_day: date
    last_day: date


def publish_sessions(
    session: Session,
    timetable: Sequence[TimetableRow],
    *,
    first_day: date,
    last_day: date,
    now: datetime,
) -> PublishReport:
    """Make the sessions of a timetable on every open day, first and last day included.

    A session that stands is left alone, so the same timetable can be published again. Places are
    those of the rooms, at most what the activity takes.

    Raises:
        NotFound: ``activity``, ``resource``: the timetable names what does not exist.
    """
    pattern = PublishPattern(tuple(timetable), first_day, last_day)
    return _publish_all(session, draft_sessions(session, pattern), now)


def publish_pattern(
    session: Session, pattern: PublishPattern, *, by: str, now: datetime
) -> PublishReport:
    """Publish what a person of the staff has looked at; what has begun already is left out.

    Raises:
        NotFound: as `publish_sessions`.
    """
    drafts = draft_sessions(session, pattern, not_before=now)
    report = _publish_all(session, drafts, now)
    if report.published:
        facts = {
            "first_day": pattern.first_day.isoformat(),
            "last_day": pattern.last_day.isoformat(),
            "starts": sorted({row.start for row in pattern.rows}),
            "published": report.published,
        }
        for activity in sorted({row.activity for row in pattern.rows}):
            audit.record(
                session,
                by=by,
                action="visits.publish_sessions",
                subject=f"timetable:{activity}",
                facts=facts,
                now=now,
            )
    return report


def draft_sessions(
    session: Session, pattern: PublishPattern, *, not_before: datetime | None = None
) -> list[Draft]:
    """What a pattern would publish, day by day, and what stands in the way; writes nothing.

    Raises:
        NotFound: ``activity``: the pattern names what does not exist.
    """
    patterns = _patterns(session, {row.activity for row in pattern.rows})
    seats = {room.code: room.seats for room in list_rooms(session)}
    standing = _standing(session, pattern)
    taken = _taken(session, pattern)
    found = []
    for day in days_of(pattern.rows, pattern.first_day, pattern.last_day):
        opened = opening(session, day)
        for row in (row for row in pattern.rows if day.isoweekday() in row.weekdays):
            draft = draft_of(row, patterns[row.activity], day, seats)
            judged = _judged(draft, opened, standing, taken, not_before)
            if judged.obstacle is None:
                standing |= {draft.id, (row.activity, draft.start)}
                taken.update(draft.cells())
            found.append(judged)
    return found


def _judged(
    draft: Draft,
    opened: OpenDay | None,
    standing: set[object],
    taken: Taken,
    not_before: datetime | None,
) -> Draft:
    if opened is None:
        return replace(draft, obstacle=Obstacle.CLOSED_DAY)
    if not standing.isdisjoint({draft.id, (draft.row.activity, draft.start)}):
        return replace(draft, obstacle=Obstacle.STANDING)
    if not_before is not None and draft.start <= not_before:
        return replace(draft, obstacle=Obstacle.PAST)
    if not is_within(draft.start, draft.end, opened.schools_from, opened.closes):
        return replace(draft, obstacle=Obstacle.OUTSIDE_HOURS)
    resource = first_taken(draft, taken)
    return replace(draft, obstacle=Obstacle.TAKEN, resource=resource) if resource else draft


def _patterns(session: Session, codes: set[str]) -> dict[str, Pattern]:
    found = session.scalars(select(Activity).where(Activity.code.in_(codes)))
    patterns = {
        one.code: Pattern(timedelta(minutes=one.duration_min), one.seats_max) for one in found
    }
    for code in sorted(codes - patterns.keys()):
        raise NotFound("activity", code=code)
    return patterns


def _standing(session: Session, pattern: PublishPattern) -> set[object]:
    """The sessions that stand, by their ids and by activity and hour: one may have been moved."""
    query = select(ActivitySession.id, ActivitySession.activity, ActivitySession.start)
    days = ActivitySession.local_date.between(pattern.first_day, pattern.last_day)
    rows = session.execute(query.where(days)).all()
    return {row.id for row in rows} | {(row.activity, row.start) for row in rows}


def _taken(session: Session, pattern: PublishPattern) -> Taken:
    codes = {code for row in pattern.rows for code in (*row.rooms, row.host) if code}
    start = from_wall(pattern.first_day, _MIDNIGHT)
    end = from_wall(days_after(pattern.last_day, 1), _MIDNIGHT)
    query = select(Cell.resource, Cell.start).where(
        Cell.resource.in_(codes), Cell.start.between(start, end), Cell.used >= Cell.capacity
    )
    return {(resource, at) for resource, at in session.execute(query)}


def _publish_all(session: Session, drafts: Sequence[Draft], now: datetime) -> PublishReport:
    report = PublishReport()
    for draft in drafts:
        if draft.obstacle is None:
            _publish(session, draft, report, now)
        elif draft.obstacle is Obstacle.TAKEN:
            report.clashes.append((draft.id, draft.resource))
        report.kept += draft.obstacle is Obstacle.STANDING
        report.outside_hours += draft.obstacle is Obstacle.OUTSIDE_HOURS
    return report


def _publish(session: Session, draft: Draft, report: PublishReport, now: datetime) -> None:
    takes = list(takes_of_session(draft.needs, draft.start, draft.end))
    try:
        with session.begin_nested():
            take(session, owner_of_session(draft.id), takes, expires_at=None, now=now)
    except CapacityExceeded as error:
        report.clashes.append((draft.id, str(error.facts["resource"])))
        return
    seats = seats_of_session(draft.id)
    ensure_resource(session, seats, kind=ResourceKind.SEATS, capacity=draft.capacity)
    session.execute(insert(ActivitySession).values(_values(draft)))
    report.published += 1


def owner_of_session(session_id: str) -> str:
    """Under which name a session holds its rooms and its host."""
    return f"session:{session_id}"


def seats_of_session(session_id: str) -> str:
    """The resource that the places of a session are."""
    return f"session:{session_id}"


def takes_of_session(codes: Sequence[str], start: datetime, end: datetime) -> Iterator[Take]:
    """The rooms and the host that a session takes."""
    return (Take(code, start, end, 1) for code in codes)


def _values(draft: Draft) -> dict[str, object]:
    return {
        "id": draft.id,
        "activity": draft.row.activity,
        "start": draft.start,
        "end": draft.end,
        "local_date": to_riga(draft.start).date(),
        "rooms": list(draft.row.rooms),
        "host": draft.row.host,
        "capacity": draft.capacity,
        "shared": draft.row.shared,
        "state": SessionState.OPEN,
        "version": 1,
    }
