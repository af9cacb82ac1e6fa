"""Reads of runs and their sessions, with what the catalogue and the rooms say of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bookings.courses.models import CourseRun, CourseSession, Enrolment
from bookings.courses.rules import (
    CompletionRule,
    CourseAudience,
    CourseStatus,
    EnrolmentState,
    TaughtSession,
    is_open,
)
from bookings.programmes.queries import ActivityRow, get_activity, list_activities
from bookings.resources.queries import list_cells, list_hosts, list_rooms
from vizium.kernel.clock import CELL
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents

# Places of a course have no time of their own: its one cell stands at this instant.
SEATS_AT = datetime(2000, 1, 1, tzinfo=UTC)


def seats_of(code: str) -> str:
    """The resource whose one cell counts the places of a run."""
    return f"course:{code}"


@dataclass(frozen=True, slots=True)
class CourseSessionRow:
    """One dated session; `places` (the rooms' names) are keyed by language, `host` is a name."""

    id: str
    run: str
    start: datetime
    end: datetime
    local_date: date
    rooms: tuple[str, ...]
    places: dict[str, str]
    host_code: str | None
    host: str | None
    cancelled_at: datetime | None
    cancel_reason: str
    version: int = 0

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.end - self.start).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A run with its sessions by time; `used` places are enrolled or offered."""

    code: str
    activity: ActivityRow
    audience: CourseAudience
    language: str
    capacity: int
    used: int
    waiting: int
    hours: int
    price_cents: Cents
    rule: CompletionRule
    enrol_until: date
    published_at: datetime | None
    sessions: tuple[CourseSessionRow, ...]

    @property
    def free(self) -> int:
        """Places left."""
        return max(self.capacity - self.used, 0)

    @property
    def taught(self) -> tuple[CourseSessionRow, ...]:
        """The sessions that were not cancelled."""
        return tuple(one for one in self.sessions if one.cancelled_at is None)

    @property
    def minutes(self) -> int:
        """How long the sessions last together."""
        return sum(one.minutes for one in self.taught)

    @property
    def start(self) -> datetime | None:
        """When the first session starts."""
        return min((one.start for one in self.taught), default=None)

    @property
    def end(self) -> datetime | None:
        """When the last session ends."""
        return max((one.end for one in self.taught), default=None)

    @property
    def is_cancelled(self) -> bool:
        """Whether every session was cancelled."""
        return bool(self.sessions) and not self.taught

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.activity.title(lang)

    def is_open(self, now: datetime) -> bool:
        """Whether somebody may enrol now."""
        starts = [one.start for one in self.taught]
        published = self.published_at is not None
        return is_open(published=published, enrol_until=self.enrol_until, starts=starts, now=now)

    def is_over(self, now: datetime) -> bool:
        """Whether the last session has ended."""
        return self.end is not None and self.end <= now

    def status(self, now: datetime) -> CourseStatus:
        """Where it stands, for lists."""
        if self.is_cancelled:
            return CourseStatus.CANCELLED
        if self.published_at is None:
            return CourseStatus.PLANNED
        if self.is_over(now):
            return CourseStatus.OVER
        if self.start is not None and self.start <= now:
            return CourseStatus.BEGUN
        if not self.is_open(now):
            return CourseStatus.CLOSED
        return CourseStatus.OPEN if self.free else CourseStatus.FULL

    def to_measure(self) -> list[TaughtSession]:
        """The sessions as the completion rule sees them."""
        return [TaughtSession(one.id, one.minutes) for one in self.taught]


@dataclass(frozen=True, slots=True)
class CourseWish:
    """Which runs a list shows: those with a session that ends after `after`; empty means all."""

    audience: CourseAudience | None = None
    after: datetime | None = None
    published: bool = False
    activity: str = ""


def get_course(session: Session, code: str) -> CourseRow:
    """One run.

    Raises:
        NotFound: ``course``.
    """
    rows = _course_rows(session, select(CourseRun).where(CourseRun.code == code))
    if not rows:
        raise NotFound("course")
    return rows[0]


def list_courses(session: Session, wish: CourseWish, *, most: int = 200) -> list[CourseRow]:
    """Runs, the one that starts first on top; those without sessions come last."""
    query = select(CourseRun).order_by(CourseRun.enrol_until, CourseRun.code).limit(most)
    if wish.audience is not None:
        query = query.where(CourseRun.audience == wish.audience)
    if wish.published:
        query = query.where(CourseRun.published_at.is_not(None))
    if wish.activity:
        query = query.where(CourseRun.activity == wish.activity)
    if wish.after is not None:
        going_on = select(CourseSession.run).where(CourseSession.end > wish.after)
        planned = CourseRun.published_at.is_(None)
        query = query.where(CourseRun.code.in_(going_on) | planned)
    rows = _course_rows(session, query)
    return sorted(rows, key=lambda row: (row.start is None, row.start or row.code, row.code))


def list_taught(
    session: Session, first: date, last: date
) -> list[tuple[CourseRow, CourseSessionRow]]:
    """The sessions of published runs on some days, both included, each with its run."""
    of_days = CourseSession.local_date.between(first, last)
    runs = select(CourseSession.run).where(of_days, CourseSession.cancelled_at.is_(None))
    published = CourseRun.published_at.is_not(None)
    courses = _course_rows(session, select(CourseRun).where(CourseRun.code.in_(runs), published))
    return [
        (course, one)
        for course in courses
        for one in course.taught
        if first <= one.local_date <= last
    ]


def get_session(session: Session, code: str, session_id: str) -> CourseSessionRow:
    """One session of a run.

    Raises:
        NotFound: ``course_session``.
    """
    found = session.get(CourseSession, session_id, populate_existing=True)
    if found is None or found.run != code:
        raise NotFound("course_session")
    return _session_rows(session, [found])[0]


def _course_rows(session: Session, query: Select[CourseRun]) -> list[CourseRow]:
    runs = session.scalars(query).all()
    codes = [run.code for run in runs]
    by_run = _sessions_of(session, codes)
    # The catalogue is kept in memory; an archived activity is read by itself.
    offered = {row.code: row for row in list_activities(session)}
    activities = {
        code: offered.get(code) or get_activity(session, code)
        for code in {r.activity for r in runs}
    }
    used = _used(session, codes)
    waiting = _waiting(session, codes)
    return [
        CourseRow(
            code=run.code,
            activity=activities[run.activity],
            audience=run.audience,
            language=run.language,
            capacity=run.capacity,
            used=used.get(run.code, 0),
            waiting=waiting.get(run.code, 0),
            hours=run.hours,
            price_cents=run.price_cents,
            rule=CompletionRule(run.measure, run.share_bp),
            enrol_until=run.enrol_until,
            published_at=run.published_at,
            sessions=tuple(by_run.get(run.code, ())),
        )
        for run in runs
    ]


def _sessions_of(session: Session, codes: Collection[str]) -> dict[str, list[CourseSessionRow]]:
    query = select(CourseSession).where(CourseSession.run.in_(codes)).order_by(CourseSession.start)
    by_run: dict[str, list[CourseSessionRow]] = {}
    for row in _session_rows(session, session.scalars(query).all()):
        by_run.setdefault(row.run, []).append(row)
    return by_run


def _session_rows(session: Session, found: Sequence[CourseSession]) -> list[CourseSessionRow]:
    rooms = {room.code: room for room in list_rooms(session)} if found else {}
    hosts = {host.code: host.name for host in list_hosts(session)} if found else {}

    def places(codes: Sequence[str]) -> dict[str, str]:
        known = [rooms[code] for code in codes if code in rooms]
        return {lang: ", ".join(room.title(lang) for room in known) for lang in ("lv", "en")}

    return [
        CourseSessionRow(
            id=one.id,
            run=one.run,
            start=one.start,
            end=one.end,
            local_date=one.local_date,
            rooms=tuple(one.rooms),
            places=places(one.rooms),
            host_code=one.host,
            host=hosts.get(one.host or ""),
            cancelled_at=one.cancelled_at,
            cancel_reason=one.cancel_reason,
            version=one.version,
        )
        for one in found
    ]


def _used(session: Session, codes: Sequence[str]) -> Mapping[str, int]:
    by_resource = {seats_of(code): code for code in codes}
    cells = list_cells(session, list(by_resource), start=SEATS_AT, end=SEATS_AT + CELL)
    return {by_resource[cell.resource]: cell.used for cell in cells}


def _waiting(session: Session, codes: Sequence[str]) -> Mapping[str, int]:
    query = (
        select(Enrolment.run, func.count())
        .where(Enrolment.run.in_(codes), Enrolment.state == EnrolmentState.WAITING)
        .group_by(Enrolment.run)
    )
    return {run: int(count) for run, count in session.execute(query)}
