"""The fund's pages and API alone, on the real kit, with people of every role and a set clock."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from bookings.compensation.api import API
from bookings.compensation.pages import PAGES
from vizium.auth.guards import SESSION_COOKIE, identify, provide_person
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Person, Role
from vizium.auth.service import NewPerson, make_link, make_token, save_person, use_link
from vizium.db.session import Database
from vizium.kernel.errors import VizError
from vizium.settings import Settings
from vizium.web.api import Call, provide_call
from vizium.web.errors import handle_http, handle_unexpected, handle_viz_error
from vizium.web.page import Page, provide_asked, provide_form, provide_page
from vizium.web.security import CSRF_COOKIE, csrf, set_headers


@dataclass(slots=True)
class Office:
    """A running application at a set instant, and its one browser."""

    client: TestClient[Litestar]
    database: Database
    settings: Settings
    now: datetime
    keys: Iterator[int] = field(default_factory=itertools.count)

    def token(self, role: Role, school: str | None = None) -> dict[str, str]:
        """The headers of a program that acts for somebody with this role."""
        person = self._person(role, school)
        with self.database.transaction() as session:
            secret = make_token(session, person, name="test", by="test", now=self.now)
        return {"authorization": f"Bearer {secret}", "accept-language": "en"}

    def sign_in(self, role: Role) -> None:
        """Let the browser be somebody's with this role."""
        person = self._person(role, None)
        with self.database.transaction() as session:
            link = make_link(session, person, next_path="/", base_url="", lang="lv", now=self.now)
            secret = link.rpartition("/")[2]
            minted = use_link(session, secret, old_secret=None, now=self.now)
        self.client.cookies.set(SESSION_COOKIE, minted.secret)

    def call(self, path: str, body: object, headers: dict[str, str], key: str = "") -> Any:
        """A POST of the API, with a key of its own unless told."""
        keyed = headers | {"idempotency-key": key or f"test-key-{next(self.keys):04}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=keyed)

    def send(self, path: str, fields: dict[str, str], **files: tuple[str, bytes]) -> Any:
        """A form as the browser sends it, with its token; redirects are shown, not followed."""
        if CSRF_COOKIE not in self.client.cookies:
            self.client.get("/lv/fund")
        secret = {"_csrf_token": self.client.cookies[CSRF_COOKIE]}
        return self.client.post(path, data=fields | secret, files=files or None)

    def _person(self, role: Role, school: str | None) -> Person:
        email = f"{role}.{school}@vizium.example".lower()
        with self.database.transaction() as session:
            new = NewPerson(email, f"{role} Parauga", frozenset({role}), "lv", school)
            save_person(session, new, now=self.now)
            person = find_by_email(session, email)
        assert person is not None
        return person


@contextmanager
def open_office(database: Database, settings: Settings, now: datetime) -> Iterator[Office]:
    """The application over a database, at an instant."""

    def page(request: Request[Any, Any, Any]) -> Page:
        return replace(provide_page(request), now=now)

    async def call(request: Request[Any, Any, Any]) -> Call:
        return replace(await provide_call(request), now=now)

    app = Litestar(
        route_handlers=[
            *(Router(path=f"/{lang}", route_handlers=PAGES) for lang in ("lv", "en")),
            Router(path="/api/v1", route_handlers=API),
        ],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "files_dir": Provide(lambda: settings.data_dir / "files", sync_to_thread=False),
            "page": Provide(page, sync_to_thread=False),
            "call": Provide(call),
            "asked": Provide(provide_asked, sync_to_thread=False),
            "form": Provide(provide_form),
            "person": Provide(provide_person, sync_to_thread=False),
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
        yield Office(client, database, settings, now)
