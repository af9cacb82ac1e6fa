"""The fund's pages and API alone, on the real kit, with people of every role and a set clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from litestar.testing import TestClient

from bookings.compensation.api import API
from bookings.compensation.pages import PAGES
from tests.bookings import house
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.security import CSRF_COOKIE


class Office(house.House):
    """A running application at a set instant, and its one browser."""

    def token(self, *roles: Role, school: str | None = None) -> dict[str, str]:
        """The headers of a program that acts in English for somebody with these roles."""
        return super().token(*roles, school=school) | {"accept-language": "en"}

    def send(self, path: str, fields: dict[str, str], **files: tuple[str, bytes]) -> Any:
        """A form as the browser sends it, with its token; redirects are shown, not followed."""
        if CSRF_COOKIE not in self.client.cookies:
            self.client.get("/lv/fund")
        return self.submit(path, fields, **files)


@contextmanager
def open_office(database: Database, settings: Settings, now: datetime) -> Iterator[Office]:
    """The application over a database, at an instant."""
    opened: list[Office] = []
    files_dir = settings.data_dir / "files"
    app = house.make_app(
        database, settings, lambda: opened[0].now, pages=PAGES, api=API, files_dir=files_dir
    )
    with TestClient(app, base_url=settings.base_url) as client:
        client.follow_redirects = False
        opened.append(Office(client, database, settings, now))
        yield opened[0]
