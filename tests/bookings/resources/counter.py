"""The staff's pages about resources alone, on the real kit, at a set instant."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from bookings.resources.pages import PAGES
from vizium.auth.guards import SESSION_COOKIE, identify, provide_person
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Role
from vizium.auth.service import NewPerson, make_link, save_person, use_link
from vizium.db.session import Database
from vizium.kernel.errors import VizError
from vizium.settings import Settings
from vizium.web.errors import handle_http, handle_unexpected, handle_viz_error
from vizium.web.page import Page, provide_asked, provide_form, provide_page
from vizium.web.security import CSRF_COOKIE, csrf, set_headers

# A visit that stands on a day that is going to be closed.
VISITED = date(2027, 4, 13)
_HIDDEN = re.compile(r'<input type="hidden" name="(key|seen)" value="([^"]*)">')


@dataclass(slots=True)
class Counter:
    """A running application at a set instant, and its one browser."""

    client: TestClient[Litestar]
    database: Database
    now: datetime

    def sign_in(self, role: Role) -> None:
        """Let the browser be somebody's with this role."""
        email = f"{role}@vizium.example"
        with self.database.transaction() as session:
            save_person(
                session,
                NewPerson(email, "Anna Parauga", frozenset({role}), "lv", None),
                now=self.now,
            )
            person = find_by_email(session, email)
            assert person is not None
            link = make_link(session, person, next_path="/", base_url="", lang="lv", now=self.now)
            minted = use_link(session, link.rpartition("/")[2], old_secret=None, now=self.now)
        self.client.cookies.set(SESSION_COOKIE, minted.secret)

    def send(self, path: str, fields: dict[str, Any], *, form: str | None = None) -> Any:
        """Fill in the form at a path (or at `form`) and send it; redirects are not followed."""
        page = self.client.get(form or path).text
        hidden: dict[str, Any] = {}
        for name, value in _HIDDEN.findall(page):
            hidden.setdefault(name, value)
        return self.send_again(path, hidden | fields)

    def send_again(self, path: str, fields: dict[str, Any]) -> Any:
        """Send exactly these fields."""
        secret = {"_csrf_token": self.client.cookies[CSRF_COOKIE]}
        return self.client.post(path, data=fields | secret)


def _visits_of_day(_session: Session, day: date) -> list[tuple[str, str]]:
    return [("VZ-7K3QM9", "Kuldīgas pamatskola")] if day == VISITED else []


def _exhibit_names(_session: Session, _lang: str) -> list[tuple[str, str]]:
    return [("ex-041", "Zemestrīce")]


@contextmanager
def open_counter(database: Database, settings: Settings, now: datetime) -> Iterator[Counter]:
    """The application over a database, at an instant."""

    def page(request: Request[Any, Any, Any]) -> Page:
        return replace(provide_page(request), now=now)

    app = Litestar(
        route_handlers=[Router(path=f"/{lang}", route_handlers=PAGES) for lang in ("lv", "en")],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "page": Provide(page, sync_to_thread=False),
            "asked": Provide(provide_asked, sync_to_thread=False),
            "form": Provide(provide_form),
            "person": Provide(provide_person, sync_to_thread=False),
            "visits_of_day": Provide(lambda: _visits_of_day, sync_to_thread=False),
            "exhibit_names": Provide(lambda: _exhibit_names, sync_to_thread=False),
        },
        middleware=[identify],
        csrf_config=csrf(settings),
        before_send=[set_headers],
        exception_handlers={
            VizError: handle_viz_error,
            HTTPException: handle_http,
            Exception: handle_unexpected,
        },
        logging_config=None,
        state=State({"settings": settings, "database": database}),
        openapi_config=None,
    )
    with TestClient(app, base_url=settings.base_url) as client:
        client.follow_redirects = False
        yield Counter(client, database, now)
