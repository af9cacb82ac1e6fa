"""The timetable of published sessions before the staff, and what is published next.

```
GET  /staff/timetable?day=&activity=&room=   a week, session by session
GET  /staff/timetable/new  (?single=1)       a weekly pattern, or one session
POST /staff/timetable/new                    step=preview: errors (422) or what would be published,
                                             edit: back to the form, save: published
```
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.programmes.queries import ActivityRow, list_activities
from bookings.programmes.rules import ActivityKind
from bookings.resources.queries import (
    HostRow,
    RoomRow,
    list_configurations,
    list_hosts,
    list_rooms,
    list_shifts,
)
from bookings.resources.rules import Shift, rule_of, working_windows
from bookings.visits.forms.timetable import WEEKDAYS, Choosable, parse_pattern, pattern_fields
from bookings.visits.pages.board import day_asked
from bookings.visits.queries import SessionRow, list_sessions
from bookings.visits.rules.timetable import Draft, Obstacle
from bookings.visits.service.sessions import PublishPattern, draft_sessions, publish_pattern
from bookings.visits.service.timetable import list_stranded
from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk, Person, Role
from vizium.db.session import Database, Session
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

EDITORS = (Role.COORDINATOR, Role.ADMIN)
_LIST = "bookings/visits/timetable.html"
_FORM = "bookings/visits/timetable_new.html"
_PREVIEW = "bookings/visits/timetable_preview.html"
_NEW = "/staff/timetable/new"
# So many lines of one kind say enough.
_LINES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class House:
    """What sessions are made of."""

    activities: Sequence[ActivityRow]
    rooms: Sequence[RoomRow]
    hosts: Sequence[HostRow]
    known: Choosable

    def name(self, code: str, lang: str) -> str:
        """What a room or a host is called."""
        titles = {room.code: room.title(lang) for room in self.rooms}
        return titles.get(code) or next(
            (host.name for host in self.hosts if host.code == code), code
        )


@dataclass(frozen=True, slots=True)
class Left:
    """Sessions that would not be published, and why; `more` are not listed."""

    obstacle: Obstacle
    count: int
    lines: Sequence[tuple[Draft, str]]
    more: int


def read_house(session: Session) -> House:
    """The activities for schools, the rooms and the hosts."""
    activities = [
        row
        for row in list_activities(session)
        if row.kind is not ActivityKind.EDUCATOR and not row.archived
    ]
    rooms, hosts = list_rooms(session), list_hosts(session)
    known = Choosable(
        activities={row.code for row in activities},
        hosts={host.code for host in hosts},
        rooms=[room.code for room in rooms],
        combined=[one.rooms for one in list_configurations(session)],
    )
    return House(activities, rooms, hosts, known)


@get("/staff/timetable", guards=[opens(Desk.TIMETABLE)], sync_to_thread=True)
def list_timetable(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """A week of sessions with the places taken and the host; cancelled ones that classes have."""
    today = local_date(page.now)
    wanted = day_asked(asked, today)
    monday = wanted - timedelta(days=wanted.weekday())
    last = days_after(monday, 6)
    with database.reading() as session:
        house = read_house(session)
        rows = list_sessions(session, first_day=monday, last_day=last, now=page.now, cancelled=True)
        stranded = list_stranded(session, today, now=page.now)
    chosen = [row for row in rows if _is_wanted(row, asked)]
    return page.show(
        _LIST,
        form=asked,
        days=_by_day(chosen),
        stranded=stranded,
        house=house,
        monday=monday,
        last=last,
        before=monday - timedelta(days=7),
        after=days_after(monday, 7),
        query=_filters(asked),
        done=asked.raw("published")[:6],
        left=asked.raw("left")[:6],
        may_edit=page.has_role(*EDITORS),
    )


@get(_NEW, guards=[requires(*EDITORS)], sync_to_thread=True)
def new_sessions(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """The form for a weekly pattern, or for one session."""
    with database.reading() as session:
        house = read_house(session)
    return page.show(_FORM, form=asked, **_asked(page, house, asked))


@post(_NEW, guards=[requires(*EDITORS)], sync_to_thread=True)
def create_sessions(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Say what a pattern would publish, or publish it."""
    with database.reading() as session:
        house = read_house(session)
    if form.raw("step") == "edit":
        return page.show(_FORM, form=form, **_asked(page, house, form))
    try:
        pattern = parse_pattern(
            form, house.known, today=local_date(page.now), single=form.flag("single")
        )
        if form.raw("step") != "save":
            with database.reading() as session:
                return _show_preview(page, session, form, house, pattern)

        def act(session: Session) -> str:
            drafts = draft_sessions(session, pattern, not_before=page.now)
            report = publish_pattern(session, pattern, by=person.id, now=page.now)
            told = {
                "day": pattern.first_day.isoformat(),
                "published": report.published,
                "left": len(drafts) - report.published,
            }
            return f"/staff/timetable?{urlencode(told)}"

        return page.go(once(database, form, scope="timetable", now=page.now, act=act))
    except InvalidInput as error:
        return page.show_again(_FORM, form, error, **_asked(page, house, form))


def _asked(page: Page, house: House, form: Form) -> dict[str, Any]:
    return {
        "house": house,
        "weekdays": WEEKDAYS,
        "single": form.flag("single"),
        "key": page.new_key(),
    }


def _show_preview(
    page: Page, session: Session, form: Form, house: House, pattern: PublishPattern
) -> Response[bytes]:
    """What would be published and what would not; nothing is written yet."""
    drafts = draft_sessions(session, pattern, not_before=page.now)
    good = [draft for draft in drafts if draft.obstacle is None]
    row = pattern.rows[0]
    shifts = list_shifts(session, row.host) if row.host else []
    return page.show(
        _PREVIEW,
        form=form,
        single=form.flag("single"),
        activity=next(one for one in house.activities if one.code == row.activity),
        pattern=pattern,
        rooms=[house.name(room, page.lang) for room in row.rooms],
        host=house.name(row.host, page.lang) if row.host else "",
        good=good,
        shown=good[:_LINES_SHOWN],
        left=[one for obstacle in Obstacle if (one := _left(drafts, obstacle, house, page.lang))],
        misfits=_misfits(row.activity, row.rooms, row.host, house),
        off_shift=[draft for draft in good if row.host and not _is_at_work(draft, shifts)],
        answers=[
            (name, value) for name, values in pattern_fields(form).items() for value in values
        ],
        key=page.new_key(),
    )


def _left(drafts: Sequence[Draft], obstacle: Obstacle, house: House, lang: str) -> Left | None:
    found = [draft for draft in drafts if draft.obstacle is obstacle]
    if not found:
        return None
    lines = [
        (draft, house.name(draft.resource, lang) if draft.resource else "")
        for draft in found[:_LINES_SHOWN]
    ]
    return Left(obstacle, len(found), lines, len(found) - len(lines))


def _misfits(activity: str, rooms: Sequence[str], host: str | None, house: House) -> list[str]:
    """Codes of what does not suit the activity, whatever the day."""
    about = next(one for one in house.activities if one.code == activity)
    kinds = {room.kind for room in house.rooms if room.code in rooms}
    skills = {skill for one in house.hosts if one.code == host for skill in one.skills}
    found = []
    if kinds - {about.room_kind}:
        found.append("wrong_room_kind")
    if host and about.skill and about.skill not in skills:
        found.append("host_lacks_skill")
    return found


def _is_at_work(draft: Draft, shifts: Sequence[Shift]) -> bool:
    windows = working_windows(draft.day, rule_of(draft.day, shifts))
    return any(start <= draft.start and draft.end <= end for start, end in windows)


def _is_wanted(row: SessionRow, asked: Form) -> bool:
    activity, room = asked.raw("activity"), asked.raw("room")
    return (not activity or row.code == activity) and (not room or room in row.rooms)


def _by_day(rows: Sequence[SessionRow]) -> list[tuple[date, list[SessionRow]]]:
    days = dict.fromkeys(row.local_date for row in rows)
    return [(day, [row for row in rows if row.local_date == day]) for day in days]


def _filters(asked: Form) -> str:
    said = {name: asked.raw(name)[:40] for name in ("activity", "room") if asked.raw(name)}
    return urlencode(said)


TIMETABLE = [list_timetable, new_sessions, create_sessions]
