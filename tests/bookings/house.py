"""A feature of bookings alone, on the real kit, at a set instant, with people of every role."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler

from tests.factories.people import given_link, given_person, given_token
from vizium.auth.guards import SESSION_COOKIE, identify, provide_person, provide_visitor
from vizium.auth.rules import Person, Role
from vizium.auth.service import use_link
from vizium.db.session import Database
from vizium.kernel.errors import VizError
from vizium.settings import Settings
from vizium.web.api import Call, provide_call
from vizium.web.errors import handle_http, handle_unexpected, handle_viz_error
from vizium.web.once import provide_asking, provide_sent
from vizium.web.page import Page, provide_asked, provide_form, provide_page
from vizium.web.security import CSRF_COOKIE, csrf, set_headers


@dataclass(slots=True)
class House:
    """A running application and its one browser, the clock in the test's hand."""

    client: TestClient[Litestar]
    database: Database
    settings: Settings
    now: datetime
    keys: Iterator[int] = field(default_factory=count)

    def person(self, *roles: Role, school: str | None = None) -> Person:
        """Somebody with these roles, one address for each set of them and school."""
        email = f"{'-'.join(roles)}.{school}@vizium.example".lower()
        return given_person(self.database, *roles, now=self.now, email=email, school=school)

    def token(self, *roles: Role, school: str | None = None) -> dict[str, str]:
        """The header of a program that acts for somebody with these roles."""
        secret = given_token(self.database, self.person(*roles, school=school), now=self.now)
        return {"authorization": f"Bearer {secret}"}

    def sign_in(self, *roles: Role, school: str | None = None) -> None:
        """Let the browser be somebody's with these roles."""
        link = given_link(self.database, self.person(*roles, school=school), now=self.now)
        with self.database.transaction() as session:
            secret = link.rpartition("/")[2]
            minted = use_link(session, secret, old_secret=None, now=self.now)
        self.client.cookies.set(SESSION_COOKIE, minted.secret)

    def post(self, path: str, body: object, headers: dict[str, str], key: str = "") -> Any:
        """A POST of the API, with a key of its own unless told."""
        keyed = headers | {"idempotency-key": key or f"test-key-{next(self.keys):04}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=keyed)

    def submit(self, path: str, fields: Mapping[str, Any], **files: tuple[str, bytes]) -> Any:
        """Send exactly these fields, with the token of the browser's cookie."""
        secret = {"_csrf_token": self.client.cookies[CSRF_COOKIE]}
        return self.client.post(path, data={**fields, **secret}, files=files or None)


def make_app(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    pages: Sequence[ControllerRouterHandler],
    api: Sequence[ControllerRouterHandler] = (),
    **lent: object,
) -> Litestar:
    """The application of some handlers; `lent` are further dependencies of theirs."""

    def page(request: Request[Any, Any, Any]) -> Page:
        return replace(provide_page(request), now=clock())

    async def call(request: Request[Any, Any, Any]) -> Call:
        return replace(await provide_call(request), now=clock())

    values = {"database": database, "settings": settings, **lent}
    return Litestar(
        route_handlers=[
            *(Router(path=f"/{lang}", route_handlers=pages) for lang in ("lv", "en")),
            Router(path="/api/v1", route_handlers=api),
        ],
        dependencies={
            "page": Provide(page, sync_to_thread=False),
            "call": Provide(call),
            "asked": Provide(provide_asked, sync_to_thread=False),
            "form": Provide(provide_form),
            "asking": Provide(provide_asking, sync_to_thread=False),
            "sent": Provide(provide_sent, sync_to_thread=False),
            "person": Provide(provide_person, sync_to_thread=False),
            "visitor": Provide(provide_visitor, sync_to_thread=False),
            **{name: _instantly(value) for name, value in values.items()},
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


def _instantly(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)
