"""The application with courses alone, on the real kit, its clock in the test's hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from inspect import iscoroutinefunction
from itertools import count
from typing import Any

import pytest
from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from bookings.courses.api import API
from bookings.courses.pages import PAGES
from tests.factories.people import given_link, given_person, given_token
from vizium.auth.guards import SESSION_COOKIE, identify, provide_person, provide_visitor
from vizium.auth.rules import Person, Role
from vizium.auth.service import use_link
from vizium.db.session import Database
from vizium.kernel.errors import VizError
from vizium.settings import Settings
from vizium.web.api import Call, provide_call
from vizium.web.errors import handle_http, handle_unexpected, handle_viz_error
from vizium.web.page import Page, provide_asked, provide_form, provide_page
from vizium.web.security import CSRF_COOKIE, csrf, set_headers

# For what the database has no say in: both kinds would only cost time.
ON_ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@dataclass(slots=True)
class House:
    """A running application."""

    client: TestClient[Litestar]
    database: Database
    settings: Settings
    now: datetime
    keys: Iterator[int] = field(default_factory=count)

    def person(self, *roles: Role) -> Person:
        """Somebody with these roles, one address for each set of them."""
        email = f"{'-'.join(roles)}@vizium.example"
        return given_person(self.database, *roles, now=self.now, email=email)

    def token(self, *roles: Role) -> dict[str, str]:
        """The header of somebody with these roles."""
        secret = given_token(self.database, self.person(*roles), now=self.now)
        return {"authorization": f"Bearer {secret}"}

    def sign_in(self, *roles: Role) -> None:
        """Let the browser be somebody's with these roles."""
        link = given_link(self.database, self.person(*roles), now=self.now)
        with self.database.transaction() as session:
            secret = link.rpartition("/")[2]
            minted = use_link(session, secret, old_secret=None, now=self.now)
        self.client.cookies.set(SESSION_COOKIE, minted.secret)

    def post(self, path: str, body: object, headers: dict[str, str], key: str = "") -> Any:
        """A POST of the API with a key of its own."""
        key = key or f"test-key-{next(self.keys):04}"
        named = headers | {"idempotency-key": key}
        return self.client.post(f"/api/v1{path}", json=body, headers=named)

    def send(self, path: str, fields: dict[str, Any]) -> Any:
        """Send a form as a browser does: with its token and a key, following redirects."""
        self.client.get("/lv/certificates")
        kept = {"key": f"form-key-{next(self.keys):04}", "_csrf_token": self._csrf_token()}
        return self.client.post(path, data=kept | fields)

    def _csrf_token(self) -> str:
        return self.client.cookies[CSRF_COOKIE]


@contextmanager
def open_house(database: Database, settings: Settings, now: datetime) -> Iterator[House]:
    """The application over a database, at an instant."""
    clock: list[House] = []

    def page(request: Request[Any, Any, Any]) -> Page:
        return replace(provide_page(request), now=clock[0].now)

    async def call(request: Request[Any, Any, Any]) -> Call:
        return replace(await provide_call(request), now=clock[0].now)

    app = _make_app(database, settings, {"page": page, "call": call})
    with TestClient(app) as client:
        clock.append(House(client, database, settings, now))
        yield clock[0]


def _make_app(database: Database, settings: Settings, providers: dict[str, Any]) -> Litestar:
    providers |= {
        "database": lambda: database,
        "settings": lambda: settings,
        "asked": provide_asked,
        "form": provide_form,
        "person": provide_person,
        "visitor": provide_visitor,
    }
    return Litestar(
        route_handlers=[
            *(Router(path=f"/{lang}", route_handlers=PAGES) for lang in ("lv", "en")),
            Router(path="/api/v1", route_handlers=API),
        ],
        dependencies={
            name: Provide(one) if iscoroutinefunction(one) else Provide(one, sync_to_thread=False)
            for name, one in providers.items()
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
