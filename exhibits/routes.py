"""What exhibits gives to the roof: pages, labels, API handlers, dependencies."""

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from exhibits.health.queries import always_open
from exhibits.maintenance import api as maintenance_api
from exhibits.maintenance import pages as maintenance_pages
from exhibits.telemetry import api as telemetry_api
from exhibits.telemetry import pages as telemetry_pages
from vizium.settings import Settings

PAGES: list[ControllerRouterHandler] = [*telemetry_pages.PAGES, *maintenance_pages.PAGES]
ROOT: list[ControllerRouterHandler] = [*maintenance_pages.ROOT]
API: list[ControllerRouterHandler] = [*telemetry_api.API, *maintenance_api.API]


def dependencies(settings: Settings) -> dict[str, Provide]:
    """What handlers of exhibits ask for by name; the roof may give other opening hours."""
    _ = settings
    shelf = telemetry_pages.BoardShelf()
    return {
        "opening_hours": Provide(lambda: always_open, sync_to_thread=False),
        "shelf": Provide(lambda: shelf, sync_to_thread=False),
    }
