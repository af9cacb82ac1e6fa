"""The application with visits alone, on the real kit, with people who hold tokens and sessions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from inspect import iscoroutinefunction
from itertools import count
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler
from sqlalchemy.orm import Session

from bookings.visits.api import API
from bookings.visits.pages import PAGES
from tests.bookings.visits.desk import RememberingDesk
from vizium.auth.guards import SESSION_COOKIE, identify, provide_person, provide_visitor
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Person, Role
from vizium.auth.service import NewPerson, make_link, make_token, save_person, use_link
from vizium.db.session import Database
from vizium.kernel.errors import VizError
from vizium.settings import Settings
from vizium.web.api import Call, provide_call
from vizium.web.errors import handle_http, handle_unexpected, handle_viz_error
from vizium.web.page import Page, provide_asked, provide_form, provide_page
from vizium.web.security import csrf, set_headers


@dataclass(slots=True)
class House:
    """A running application, its clock in the test's hand."""

    client: TestClient[Litestar]
    database: Database
    settings: Settings
    desk: RememberingDesk
    now: datetime
    keys: Iterator[int] = field(default_factory=count)

    def token(self, *roles: Role, school: str | None = None) -> dict[str, str]:
        """The header of somebody with these roles."""
        with self.database.transaction() as session:
            person = self._person(session, roles, school)
            secret = make_token(session, person, name="test", by="test", now=self.now)
        return {"authorization": f"Bearer {secret}"}

    def sign_in(self, *roles: Role, school: str | None = None) -> None:
        """Let the browser be somebody's with these roles."""
        with self.database.transaction() as session:
            person = self._person(session, roles, school)
            link = make_link(session, person, next_path="/", base_url="", lang="lv", now=self.now)
            secret = link.rpartition("/")[2]
            minted = use_link(session, secret, old_secret=None, now=self.now)
        self.client.cookies.set(SESSION_COOKIE, minted.secret)

    def post(self, path: str, body: object, headers: dict[str, str], key: str = "") -> Any:
        """A POST of the API with a key of its own."""
        key = key or f"test-key-{next(self.keys):04}"
        return self.client.post(
            f"/api/v1{path}", json=body, headers=headers | {"idempotency-key": key}
        )

    def send(self, path: str, fields: dict[str, str]) -> Any:
        """Send a form as a browser does: with the token of its cookie, following redirects."""
        self.client.get("/lv/visits/check-in/none")
        token = self.client.cookies["vizium_csrf"]
        return self.client.post(path, data=fields | {"_csrf_token": token})

    def _person(self, session: Session, roles: tuple[Role, ...], school: str | None) -> Person:
        email = f"{'-'.join(roles)}.{school}@vizium.example".lower()
        new = NewPerson(email, "Zane Parauga", frozenset(roles), "lv", school)
        save_person(session, new, now=self.now)
        person = find_by_email(session, email)
        assert person is not None
        return person


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
    clock: list[House] = []

    def page(request: Request[Any, Any, Any]) -> Page:
        return replace(provide_page(request), now=clock[0].now)

    async def call(request: Request[Any, Any, Any]) -> Call:
        return replace(await provide_call(request), now=clock[0].now)

    providers = {"page": page, "call": call, "transport": lambda: desk}
    app = _make_app(database, settings, providers, [*PAGES, *more_pages])
    with TestClient(app) as client:
        clock.append(House(client, database, settings, desk, now))
        yield clock[0]


def _make_app(
    database: Database,
    settings: Settings,
    providers: dict[str, Any],
    pages: list[ControllerRouterHandler],
) -> Litestar:
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
            *(Router(path=f"/{lang}", route_handlers=pages) for lang in ("lv", "en")),
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
