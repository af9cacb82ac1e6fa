"""Publish the weekly timetable as sessions that schools can take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity
from bookings.resources.queries import list_rooms, opening
from bookings.resources.rules import OpenDay, ResourceKind, Take
from bookings.resources.service import ensure_resource, take
from bookings.visits.models import ActivitySession
from bookings.visits.rules import TimetableRow, session_start
from vizium.kernel.clock import to_riga
from vizium.kernel.errors import CapacityExceeded, NotFound


@dataclass(slots=True)
class PublishReport:
    """What publishing did; `clashes` are sessions whose room or host was taken already."""

    published: int = 0
    kept: int = 0
    outside_hours: int = 0
    clashes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One session to be."""

    id: str
    row: TimetableRow
    activity: Activity
    start: datetime
    end: datetime
    capacity: int


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
    report = PublishReport()
    activities = _activities(session, {row.activity for row in timetable})
    seats = {room.code: room.seats for room in list_rooms(session)}
    standing = _standing(session, first_day, last_day)
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        rows = [row for row in timetable if day.isoweekday() in row.weekdays]
        opened = opening(session, day) if rows else None
        if opened is None:
            continue
        for row in rows:
            plan = _plan(row, activities[row.activity], day, seats)
            if plan.id in standing:
                report.kept += 1
            elif not _is_within(plan, opened):
                report.outside_hours += 1
            else:
                _publish(session, plan, report, now)
    return report


def _activities(session: Session, codes: set[str]) -> dict[str, Activity]:
    found = session.scalars(select(Activity).where(Activity.code.in_(codes)))
    activities = {activity.code: activity for activity in found}
    for code in sorted(codes - activities.keys()):
        raise NotFound("activity", code=code)
    return activities


def _standing(session: Session, first_day: date, last_day: date) -> set[str]:
    days = ActivitySession.local_date.between(first_day, last_day)
    return set(session.scalars(select(ActivitySession.id).where(days)))


def _plan(row: TimetableRow, activity: Activity, day: date, seats: dict[str, int]) -> _Plan:
    start = session_start(row, day)
    in_rooms = sum(seats.get(room, 0) for room in row.rooms)
    return _Plan(
        id=f"{row.activity}.{day:%Y%m%d}.{row.start.replace(':', '')}",
        row=row,
        activity=activity,
        start=start,
        end=start + timedelta(minutes=activity.duration_min),
        capacity=min(in_rooms or activity.seats_max, activity.seats_max),
    )


def _is_within(plan: _Plan, opened: OpenDay) -> bool:
    starts, ends = to_riga(plan.start).time(), to_riga(plan.end).time()
    return opened.schools_from <= starts < ends <= opened.closes


def _publish(session: Session, plan: _Plan, report: PublishReport, now: datetime) -> None:
    people_and_rooms = [*plan.row.rooms, *([plan.row.host] if plan.row.host else [])]
    takes = [Take(code, plan.start, plan.end, 1) for code in people_and_rooms]
    try:
        with session.begin_nested():
            take(session, f"session:{plan.id}", takes, expires_at=None, now=now)
    except CapacityExceeded as error:
        report.clashes.append((plan.id, str(error.facts["resource"])))
        return
    ensure_resource(session, f"session:{plan.id}", kind=ResourceKind.SEATS, capacity=plan.capacity)
    session.execute(insert(ActivitySession).values(_values(plan)))
    report.published += 1


def _values(plan: _Plan) -> dict[str, object]:
    return {
        "id": plan.id,
        "activity": plan.row.activity,
        "start": plan.start,
        "end": plan.end,
        "local_date": to_riga(plan.start).date(),
        "rooms": list(plan.row.rooms),
        "host": plan.row.host,
        "capacity": plan.capacity,
        "shared": plan.row.shared,
    }
