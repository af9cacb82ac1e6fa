"""The application with visits alone, on the real kit, with people who hold tokens and sessions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler

from bookings.hosts.service import list_course_events
from bookings.visits.api import API
from bookings.visits.pages import PAGES
from tests.bookings import house
from tests.bookings.visits.desk import RememberingDesk
from vizium.db.session import Database
from vizium.settings import Settings


@dataclass(slots=True)
class House(house.House):
    """A running application and the desk that it asks for bus money."""

    desk: RememberingDesk = field(default_factory=RememberingDesk)

    def send(self, path: str, fields: dict[str, str]) -> Any:
        """Send a form as a browser does: with the token of its cookie, following redirects."""
        self.client.get("/lv/visits/check-in/none")
        return self.submit(path, fields)


@contextmanager
def open_house(
    database: Database,
    settings: Settings,
    desk: RememberingDesk,
    now: datetime,
    *,
    more_pages: Sequence[ControllerRouterHandler] = (),
) -> Iterator[House]:
    """The application over a database, at an instant; `more_pages` of features above visits."""
    opened: list[House] = []
    pages = [*PAGES, *more_pages]
    app = house.make_app(
        *(database, settings, lambda: opened[0].now),
        pages=pages,
        api=API,
        transport=desk,
        course_events=list_course_events,
    )
    with TestClient(app) as client:
        opened.append(House(client, database, settings, now, desk=desk))
        yield opened[0]
