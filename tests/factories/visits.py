"""Sessions and visits, for tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bookings.programmes.queries import ActivityRow
from bookings.programmes.rules import ActivityKind
from bookings.programmes.service import load_activity
from bookings.resources.models import OpeningHours, Room
from bookings.resources.rules import ResourceKind
from bookings.resources.service import ensure_resource
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Group, SessionRow, TimetableRow
from bookings.visits.service import HoldSessions, hold_sessions, publish_sessions
from tests.factories.schools import given_school
from vizium.kernel.clock import local_date
from vizium.kernel.money import Cents


def session_row(
    session_id: str = "T-07.20270316.1000",
    *,
    start: datetime = datetime(2027, 3, 16, 8, 0, tzinfo=UTC),
    minutes: int = 60,
    used: int = 0,
    taken_by: str | None = None,
    grades: tuple[int, ...] = tuple(range(1, 13)),
    seats_min: int = 1,
    seats_max: int = 30,
    price_cents: int = 350,
) -> SessionRow:
    """An offer that stands in no database."""
    code = session_id.partition(".")[0]
    return SessionRow(
        id=session_id,
        code=code,
        kind="programme",
        titles={"lv": f"Nodarbība {code}", "en": f"Activity {code}"},
        start=start,
        end=start + timedelta(minutes=minutes),
        local_date=local_date(start),
        capacity=30,
        used=used,
        shared=taken_by is None,
        taken_by=taken_by,
        places={"lv": "A telpa", "en": "Room A"},
        host=None,
        grades=grades,
        languages=("lv",),
        seats_min=seats_min,
        seats_max=seats_max,
        price_cents=Cents(price_cents),
    )


@dataclass(frozen=True, slots=True)
class Centre:
    """A small centre with one school, one programme and one show on a Tuesday in March."""

    school: str
    programme: str
    show: str


DAY = date(2027, 3, 16)
CONTACT = Contact("Anna Parauga", "anna@example.lv", "+37120000001")


def given_centre(session: Session, *, now: datetime, hall: int = 400, seats: int = 30) -> Centre:
    """Pools, two rooms, opening hours, a school, a programme ``T-07`` and a show ``S-01``."""
    for code, capacity in (("hall", hall), ("lunch", 60), ("coach-bays", 6)):
        ensure_resource(session, code, kind=ResourceKind.POOL, capacity=capacity)
    for code in ("room-a", "show-hall"):
        ensure_resource(
            session, code, kind=ResourceKind.SEGMENT, capacity=1, title_lv="Telpa", title_en="Room"
        )
        room = Room(code=code, kind="classroom", seats=seats, position=None, setup_min=0)
        room.step_free, room.quiet = True, True
        session.add(room)
    for weekday in range(2, 7):
        session.add(
            OpeningHours(
                weekday=weekday,
                valid_from=date(2026, 9, 1),
                valid_to=date(2028, 8, 31),
                opens=time(10),
                closes=time(19),
                schools_from=time(9),
            )
        )
    load_activity(session, sample_activity("T-07", ActivityKind.PROGRAMME), position=1, now=now)
    load_activity(session, sample_activity("S-01", ActivityKind.SHOW), position=2, now=now)
    given_school(session, now=now)
    return Centre("3213900123", "T-07", "S-01")


def given_session(
    session: Session,
    activity: str = "T-07",
    *,
    start: str = "10:00",
    day: date = DAY,
    now: datetime,
    **changes: Any,
) -> str:
    """A published session; gives its id back."""
    room = "show-hall" if activity == "S-01" else "room-a"
    row = TimetableRow(activity, (2,), start, (room,), None, **changes)
    publish_sessions(session, [row], first_day=day, last_day=day, now=now)
    return f"{activity}.{day:%Y%m%d}.{start.replace(':', '')}"


def hold_command(*sessions: str, pupils: int = 20, adults: int = 2, **changes: Any) -> HoldSessions:
    """An order of the sample school."""
    values: dict[str, Any] = {
        "sessions": sessions,
        "school": "3213900123",
        "groups": (Group(5, pupils),),
        "adults": adults,
        "language": "lv",
        "page_language": "lv",
        "contact": CONTACT,
    }
    return HoldSessions(**(values | changes))


def given_visit(
    session: Session, session_id: str, *, now: datetime, pupils: int = 20, **changes: Any
) -> VisitRow:
    """A held visit."""
    return hold_sessions(
        session, hold_command(session_id, pupils=pupils, **changes), by="test", now=now
    )


def sample_activity(code: str, kind: ActivityKind) -> ActivityRow:
    """A plain activity of an hour (a show: half an hour) for 30 pupils of any grade."""
    return ActivityRow(
        code=code,
        kind=kind,
        title_lv=f"Paraugs {code}",
        title_en=f"Sample {code}",
        summary_lv="",
        summary_en="",
        outcomes_lv=(),
        outcomes_en=(),
        needs_lv="",
        needs_en="",
        grades=tuple(range(1, 13)),
        areas=(),
        subjects=(),
        languages=("lv", "en"),
        duration_min=60 if kind is ActivityKind.PROGRAMME else 30,
        seats_min=1,
        seats_max=30,
        price_cents=Cents(350),
        room_kind="classroom",
        skill="",
        exhibits=(),
        exhibits_lv=(),
        exhibits_en=(),
        age_group="basic",
    )
