"""The start page, the choice of language, accessibility and privacy."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from vizium.web.i18n import choose_language
from vizium.web.page import Page


@get("/", sync_to_thread=False, include_in_schema=False)
def choose(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the visitor to the start page in the language that the browser prefers."""
    lang = choose_language(request.headers.get("accept-language", ""))
    return Response(
        b"", status_code=303, headers={"location": f"/{lang}/", "vary": "accept-language"}
    )


@get("/", sync_to_thread=True)
def show_home(page: NamedDependency[Page]) -> Response[bytes]:
    """What a school can do here."""
    return page.show("home.html")


@get("/accessibility", sync_to_thread=True)
def show_accessibility(page: NamedDependency[Page]) -> Response[bytes]:
    """The accessibility statement (Cabinet regulation 445)."""
    return page.show("accessibility.html")


@get("/privacy", sync_to_thread=True)
def show_privacy(page: NamedDependency[Page]) -> Response[bytes]:
    """What is stored about whom, and for how long."""
    return page.show("privacy.html")


PAGES = [show_home, show_accessibility, show_privacy]
ROOT = [choose]
