"""A running site without a network, and a visitor's browser that fills in forms."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from vizium.app import create_app
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.security import CSRF_COOKIE

Browser = TestClient[Litestar]


@contextmanager
def open_site(
    settings: Settings, database: Database, *more_handlers: HTTPRouteHandler
) -> Iterator[Browser]:
    """A fresh browser on the whole application; redirects are shown, not followed."""
    app = create_app(settings, database)
    for handler in more_handlers:
        app.register(handler)
    with TestClient(app, base_url=settings.base_url) as browser:
        browser.follow_redirects = False
        yield browser


def csrf_token(browser: Browser) -> str:
    """The token of this browser's forms; opens a page first where it has none yet."""
    if CSRF_COOKIE not in browser.cookies:
        browser.get("/lv/sign-in")
    return browser.cookies[CSRF_COOKIE]


def submit(browser: Browser, path: str, fields: Mapping[str, Any] | None = None) -> Response:
    """Send a form as the browser would, with its token."""
    return browser.post(path, data={**(fields or {}), "_csrf_token": csrf_token(browser)})
