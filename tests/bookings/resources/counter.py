"""The staff's pages about resources alone, on the real kit, at a set instant."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from litestar.testing import TestClient
from sqlalchemy.orm import Session

from bookings.resources.pages import PAGES
from bookings.resources.queries import UseRow
from tests.bookings import house
from vizium.db.session import Database
from vizium.settings import Settings

# A visit that stands on a day that is going to be closed.
VISITED = date(2027, 4, 13)
_HIDDEN = re.compile(r'<input type="hidden" name="(key|seen)" value="([^"]*)">')


class Counter(house.House):
    """A running application at a set instant, and its one browser."""

    def send(self, path: str, fields: dict[str, Any], *, form: str | None = None) -> Any:
        """Fill in the form at a path (or at `form`) and send it; redirects are not followed."""
        page = self.client.get(form or path).text
        hidden: dict[str, Any] = {}
        for name, value in _HIDDEN.findall(page):
            hidden.setdefault(name, value)
        return self.submit(path, hidden | fields)


def _visits_of_day(_session: Session, day: date) -> list[tuple[str, str]]:
    return [("VZ-7K3QM9", "Kuldīgas pamatskola")] if day == VISITED else []


def _name_users(
    _session: Session, uses: Sequence[UseRow], _lang: str, _now: datetime
) -> dict[str, tuple[str, str]]:
    named = "VZ-7K3QM9 Kuldīgas pamatskola", "/staff/visits/VZ-7K3QM9"
    return {use.owner: named for use in uses}


def _exhibit_names(_session: Session, _lang: str) -> list[tuple[str, str]]:
    return [("ex-041", "Zemestrīce")]


@contextmanager
def open_counter(database: Database, settings: Settings, now: datetime) -> Iterator[Counter]:
    """The application over a database, at an instant."""
    opened: list[Counter] = []
    app = house.make_app(
        database,
        settings,
        lambda: opened[0].now,
        pages=PAGES,
        visits_of_day=_visits_of_day,
        exhibit_names=_exhibit_names,
        name_users=_name_users,
    )
    with TestClient(app, base_url=settings.base_url) as client:
        client.follow_redirects = False
        opened.append(Counter(client, database, settings, now))
        yield opened[0]
