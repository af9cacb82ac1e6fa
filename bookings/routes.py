"""What bookings gives to the roof: pages, API handlers and dependencies.

Here the two ends meet that may not know each other: visits ask for a transport desk, compensation
is one.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from bookings.compensation import api as compensation_api
from bookings.compensation import pages as compensation_pages
from bookings.compensation.service import FundDesk
from bookings.courses import api as courses_api
from bookings.courses import pages as courses_pages
from bookings.courses.queries import list_taught
from bookings.hosts.service import list_course_events
from bookings.programmes import api as programmes_api
from bookings.programmes import pages as programmes_pages
from bookings.programmes.rules.choices import Choice, Choices
from bookings.resources import pages as resources_pages
from bookings.resources.queries import UseRow, list_machines, list_terms
from bookings.resources.rules import TermKind
from bookings.schools import api as schools_api
from bookings.visits import api as visits_api
from bookings.visits import pages as visits_pages
from bookings.visits.queries import get_sessions, list_visits_by_id, list_visits_of_day
from bookings.visits.rules import VisitState
from bookings.waiting import api as waiting_api
from bookings.waiting import pages as waiting_pages
from vizium.db.session import Session
from vizium.kernel.clock import local_date
from vizium.settings import Settings

PAGES: list[ControllerRouterHandler] = [
    *programmes_pages.PAGES,
    *resources_pages.PAGES,
    *visits_pages.PAGES,
    *waiting_pages.PAGES,
    *courses_pages.PAGES,
    *compensation_pages.PAGES,
]
# States in which a class means to come.
_TO_COME = frozenset({VisitState.HELD, VisitState.PROVISIONAL, VisitState.CONFIRMED})
API: list[ControllerRouterHandler] = [
    *programmes_api.API,
    *schools_api.API,
    *visits_api.API,
    *waiting_api.API,
    *courses_api.API,
    *compensation_api.API,
]


def dependencies(
    settings: Settings, list_exhibits: Callable[[Session], tuple[Choice, ...]]
) -> dict[str, Provide]:
    """What handlers of bookings ask for by name.

    Args:
        list_exhibits: what activities may use of the other context.
    """
    desk = FundDesk(settings)

    def read_choices(session: Session) -> Choices:
        return _choices(session, list_exhibits(session))

    def exhibit_names(session: Session, lang: str) -> list[tuple[str, str]]:
        exhibits = list_exhibits(session)
        return [(one.code, one.title_lv if lang == "lv" else one.title_en) for one in exhibits]

    return {
        "transport": Provide(lambda: desk, sync_to_thread=False),
        "exhibit_names": Provide(lambda: exhibit_names, sync_to_thread=False),
        "name_users": Provide(lambda: _name_users, sync_to_thread=False),
        "course_events": Provide(lambda: list_course_events, sync_to_thread=False),
        "visits_of_day": Provide(lambda: _visits_of_day, sync_to_thread=False),
        "read_choices": Provide(lambda: read_choices, sync_to_thread=False),
    }


def _visits_of_day(session: Session, day: date) -> list[tuple[str, str]]:
    """Reference and school of the visits that would find a closed door."""
    visits = list_visits_of_day(session, day)
    return [(one.reference, one.school_name) for one in visits if one.state in _TO_COME]


def _name_users(
    session: Session, uses: Sequence[UseRow], lang: str, now: datetime
) -> dict[str, tuple[str, str]]:
    """Words and address of the visits and sessions that have something, keyed by owner."""
    owners: dict[str, list[str]] = {}
    for kind, _, owner in sorted({use.owner.partition(":") for use in uses}):
        owners.setdefault(kind, []).append(owner)
    named = {
        f"visit:{v.id}": (f"{v.reference} {v.school_name}", f"/staff/visits/{v.reference}")
        for v in list_visits_by_id(session, owners.get("visit", []))
    }
    published = owners.get("session", [])
    for one in get_sessions(session, published, now=now, counted=False) if published else []:
        named[f"session:{one.id}"] = one.title(lang), f"/staff/timetable/{one.id}"
    if "course" in owners:
        days = [local_date(use.start) for use in uses]
        for course, taught in list_taught(session, min(days), max(days)):
            path = f"/staff/courses/{course.code}/sessions/{taught.id}"
            named[f"course:{taught.id}"] = course.title(lang), path
    return named


def _choices(session: Session, exhibits: tuple[Choice, ...]) -> Choices:
    """What an activity may be given: rooms, skills and machines of resources, and exhibits."""
    terms, machines = list_terms(session), list_machines(session)

    def words(kind: TermKind) -> tuple[Choice, ...]:
        return tuple(Choice(one.code, one.title_lv, one.title_en) for one in terms[kind])

    return Choices(
        room_kinds=words(TermKind.ROOM_KIND),
        skills=words(TermKind.SKILL),
        machines=tuple(Choice(m.code, m.title_lv, m.title_en, m.room) for m in machines),
        exhibits=exhibits,
    )
