"""What hosts have to do on some days, and what they were told of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.courses.queries import list_taught
from bookings.hosts.models import HostDay
from bookings.hosts.rules import Duty, unpacked
from bookings.visits.queries import StopRow, VisitRow, list_visits_between
from bookings.visits.rules import VisitState

# Of what is not sure yet no host hears.
_SURE = frozenset({VisitState.CONFIRMED, VisitState.ARRIVED, VisitState.COMPLETED})
# Keyed by host and day.
Duties = dict[tuple[str, date], list[Duty]]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a host was told of a day; see `models.HostDay`."""

    host: str
    day: date
    version: int
    told: tuple[Duty, ...]
    seen: str
    seen_at: datetime


def list_duties(session: Session, first: date, last: date) -> Duties:
    """What each host has on each of some days, both included, in time order."""
    duties: Duties = defaultdict(list)
    for visit in list_visits_between(session, first, last):
        if visit.state in _SURE:
            for host, duty in _of_visit(visit):
                duties[host, visit.local_date].append(duty)
    for course, taught in list_taught(session, first, last):
        if taught.host_code is None:
            continue
        duty = Duty(
            key=f"course:{taught.id}",
            uid=f"{taught.id}.host@vizium",
            start=taught.start,
            end=taught.end,
            rooms=taught.rooms,
            titles={"lv": course.title("lv"), "en": course.title("en")},
            places=taught.places,
            who=course.code,
            people=course.used,
        )
        duties[taught.host_code, taught.local_date].append(duty)
    for found in duties.values():
        found.sort(key=lambda duty: (duty.start, duty.key))
    return duties


def list_told(session: Session, first: date, last: date) -> dict[tuple[str, date], ToldRow]:
    """What was told of some days, keyed by host and day."""
    query = select(HostDay).where(HostDay.day.between(first, last))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {(one.host, one.day): _told_row(one) for one in found}


def _of_visit(visit: VisitRow) -> Iterator[tuple[str, Duty]]:
    """Each host of a visit with the duty that it makes."""
    counted: dict[tuple[str, ...], int] = defaultdict(int)
    for position, stop in enumerate(visit.stops):
        if stop.host_code is None:
            continue
        same = (stop.code, stop.host_code, str(stop.who) if _is_rotated(visit, stop) else "")
        counted[same] += 1
        yield (
            stop.host_code,
            Duty(
                key=f"{visit.reference}/{stop.code}/{same[2]}/{counted[same]}",
                # As in the calendar that the host subscribes to.
                uid=f"{visit.reference}-{position}@vizium",
                start=stop.start,
                end=stop.end,
                rooms=stop.rooms,
                titles=stop.titles,
                places=stop.places,
                who=visit.school_name,
                people=stop.pupils,
            ),
        )


def _is_rotated(visit: VisitRow, stop: StopRow) -> bool:
    """Whether parts of the class do the same one after the other."""
    return sum(other.code == stop.code for other in visit.stops) > 1


def _told_row(row: HostDay) -> ToldRow:
    told = tuple(unpacked(cast("dict[str, Any]", one)) for one in row.told)
    return ToldRow(row.host, row.day, row.version, told, row.seen, row.seen_at)
