"""What bookings gives to the roof: pages, API handlers and dependencies.

Here the two ends meet that may not know each other: visits ask for a transport desk, compensation
is one.
"""

from collections.abc import Callable
from datetime import date

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from bookings.compensation import api as compensation_api
from bookings.compensation import pages as compensation_pages
from bookings.compensation.service import FundDesk
from bookings.courses import api as courses_api
from bookings.courses import pages as courses_pages
from bookings.programmes import api as programmes_api
from bookings.programmes import pages as programmes_pages
from bookings.programmes.rules.choices import Choice, Choices
from bookings.resources import pages as resources_pages
from bookings.resources.queries import list_hosts, list_machines, list_rooms
from bookings.schools import api as schools_api
from bookings.visits import api as visits_api
from bookings.visits import pages as visits_pages
from bookings.visits.queries import list_visits_of_day
from bookings.visits.rules import VisitState
from bookings.waiting import pages as waiting_pages
from vizium.db.session import Session
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
        "visits_of_day": Provide(lambda: _visits_of_day, sync_to_thread=False),
        "read_choices": Provide(lambda: read_choices, sync_to_thread=False),
    }


def _visits_of_day(session: Session, day: date) -> list[tuple[str, str]]:
    """Reference and school of the visits that would find a closed door."""
    visits = list_visits_of_day(session, day)
    return [(one.reference, one.school_name) for one in visits if one.state in _TO_COME]


def _choices(session: Session, exhibits: tuple[Choice, ...]) -> Choices:
    """What an activity may be given: rooms, skills and machines of resources, and exhibits."""
    machines = list_machines(session)
    return Choices(
        room_kinds=tuple(dict.fromkeys(room.kind for room in list_rooms(session))),
        skills=tuple(sorted({skill for host in list_hosts(session) for skill in host.skills})),
        machines=tuple(Choice(m.code, m.title_lv, m.title_en, m.room) for m in machines),
        exhibits=exhibits,
    )
