"""The application with courses alone, on the real kit, with people who hold tokens and sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from litestar.testing import TestClient

from bookings.courses.api import API
from bookings.courses.pages import PAGES
from tests.bookings import house
from vizium.db.session import Database
from vizium.settings import Settings

# For what the database has no say in: both kinds would only cost time.
ON_ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class House(house.House):
    """A running application."""

    def send(self, path: str, fields: dict[str, Any]) -> Any:
        """Send a form as a browser does: with its token and a key, following redirects."""
        self.client.get("/lv/certificates")
        return self.submit(path, {"key": f"form-key-{next(self.keys):04}"} | fields)


@contextmanager
def open_house(database: Database, settings: Settings, now: datetime) -> Iterator[House]:
    """The application over a database, at an instant."""
    opened: list[House] = []
    app = house.make_app(database, settings, lambda: opened[0].now, pages=PAGES, api=API)
    with TestClient(app) as client:
        opened.append(House(client, database, settings, now))
        yield opened[0]
