"""What bookings gives to the roof: pages, API handlers and dependencies.

Here the two ends meet that may not know each other: visits ask for a transport desk, compensation
is one.
"""

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from bookings.compensation import api as compensation_api
from bookings.compensation import pages as compensation_pages
from bookings.compensation.service import FundDesk
from bookings.programmes import api as programmes_api
from bookings.programmes import pages as programmes_pages
from bookings.schools import api as schools_api
from bookings.visits import api as visits_api
from bookings.visits import pages as visits_pages
from vizium.settings import Settings

PAGES: list[ControllerRouterHandler] = [
    *programmes_pages.PAGES,
    *visits_pages.PAGES,
    *compensation_pages.PAGES,
]
API: list[ControllerRouterHandler] = [
    *programmes_api.API,
    *schools_api.API,
    *visits_api.API,
    *compensation_api.API,
]


def dependencies(settings: Settings) -> dict[str, Provide]:
    """What handlers of bookings ask for by name."""
    desk = FundDesk(settings)
    return {"transport": Provide(lambda: desk, sync_to_thread=False)}
