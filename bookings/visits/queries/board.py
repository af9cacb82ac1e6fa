"""One day for the people who run it: the same stops by class, by host, by room and by gallery.

A published session is one line however many classes take it, also when none does yet: its host has
to be there. A hold counts: its places are taken.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.resources.queries import Floor, read_floor
from bookings.visits.models import ActivitySession
from bookings.visits.queries.rows import StopRow, VisitRow
from bookings.visits.queries.sessions import list_sessions
from bookings.visits.queries.visits import list_visits_of_day


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happens: `visits` are the classes that take it, none for an empty session.

    `titles` and `places` are keyed by language; `capacity` is a session's, None for what is made
    for one class.
    """

    start: datetime
    end: datetime
    kind: str
    titles: dict[str, str]
    places: dict[str, str]
    rooms: tuple[str, ...]
    host: str | None
    host_code: str | None
    pupils: int
    adults: int
    capacity: int | None
    visits: tuple[VisitRow, ...]

    def title(self, language: str) -> str:
        """The title in a language, or in Latvian where it has none."""
        return self.titles.get(language) or self.titles["lv"]


@dataclass(frozen=True, slots=True)
class Lane:
    """What happens at one place or with one host, in time order."""

    code: str
    title_lv: str
    title_en: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A whole day; `visits` are those that keep their places or were here, the first to come first.

    Lanes without anything are left out of hosts and rooms, and stay in galleries: an empty gallery
    is what a class without a place looks for.
    """

    floor: Floor
    visits: tuple[VisitRow, ...]
    hosts: tuple[Lane, ...]
    rooms: tuple[Lane, ...]
    galleries: tuple[Lane, ...]

    @property
    def people(self) -> int:
        """Everybody who is expected over the day."""
        return sum(visit.pupils + visit.adults for visit in self.visits)


def read_board(session: Session, day: date, *, now: datetime) -> Board:
    """A day as it stands now."""
    floor = read_floor(session, day, now=now)
    visits = tuple(
        sorted(
            (
                visit
                for visit in (row.seen_at(now) for row in list_visits_of_day(session, day))
                if visit.is_shown
            ),
            key=lambda visit: (visit.arrive_at, visit.reference),
        )
    )
    lines = sorted(_lines(session, day, visits, now), key=lambda line: (line.start, line.end))
    return Board(
        floor=floor,
        visits=visits,
        hosts=_lanes(
            ((host.code, host.name, host.name) for host in floor.hosts),
            lambda code: [line for line in lines if line.host_code == code],
        ),
        rooms=_lanes(
            ((room.code, room.title_lv, room.title_en) for room in floor.rooms),
            lambda code: [line for line in lines if code in line.rooms],
        ),
        galleries=_lanes(
            ((one.code, one.title_lv, one.title_en) for one in floor.galleries),
            lambda code: [line for line in lines if code in line.rooms],
            keep_empty=True,
        ),
    )


def _lines(session: Session, day: date, visits: Sequence[VisitRow], now: datetime) -> list[Line]:
    published = _published(session, day, now)
    own: list[Line] = []
    for visit in visits:
        for stop in visit.stops:
            if stop.session in published:
                line = published[stop.session]
                published[stop.session] = replace(
                    line,
                    pupils=line.pupils + stop.pupils,
                    adults=line.adults + stop.adults,
                    visits=(*line.visits, visit),
                )
            else:
                own.append(_own_line(visit, stop))
    return [*published.values(), *own]


def _published(session: Session, day: date, now: datetime) -> dict[str, Line]:
    """The day's published sessions, keyed by id, before any class is in them."""
    query = select(ActivitySession.id, ActivitySession.rooms, ActivitySession.host)
    where = {
        session_id: (tuple(rooms), host)
        for session_id, rooms, host in session.execute(
            query.where(ActivitySession.local_date == day)
        )
    }
    return {
        row.id: Line(
            start=row.start,
            end=row.end,
            kind=row.kind,
            titles=row.titles,
            places=row.places,
            rooms=where[row.id][0],
            host=row.host,
            host_code=where[row.id][1],
            pupils=0,
            adults=0,
            capacity=row.capacity,
            visits=(),
        )
        for row in list_sessions(session, first_day=day, last_day=day, now=now)
    }


def _own_line(visit: VisitRow, stop: StopRow) -> Line:
    return Line(
        start=stop.start,
        end=stop.end,
        kind=stop.kind,
        titles=stop.titles,
        places=stop.places,
        # A gallery and the lunch places are found by their own codes.
        rooms=stop.rooms if stop.is_activity else (stop.code,),
        host=stop.host,
        host_code=stop.host_code,
        pupils=stop.pupils,
        adults=stop.adults,
        capacity=None,
        visits=(visit,),
    )


def _lanes(
    named: Iterable[tuple[str, str, str]],
    lines_of: Callable[[str], list[Line]],
    *,
    keep_empty: bool = False,
) -> tuple[Lane, ...]:
    lanes = (Lane(*names, tuple(lines_of(names[0]))) for names in named)
    return tuple(lane for lane in lanes if lane.lines or keep_empty)
