"""The web application: handlers of all contexts under one roof, with what they ask for by name.

```
/                 chooses the language            /api/v1/…      JSON, bearer tokens
/lv/…  /en/…      pages                           /healthz /readyz /metrics
/x/<exhibit>      the label on an exhibit         /static/…      our own scripts
```
"""

from datetime import date
from pathlib import Path

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

import bookings.routes
import exhibits.routes
from bookings.programmes.rules.choices import Choice
from bookings.resources.queries import opening
from exhibits.health.queries import always_open
from exhibits.health.rules import OpenSpan
from exhibits.registry.queries import list_exhibits
from vizium.auth import pages as auth_pages
from vizium.auth.guards import identify, provide_person, provide_visitor
from vizium.db.session import Database, Session
from vizium.kernel.clock import from_wall
from vizium.kernel.errors import VizError
from vizium.pages import dashboard, health, home, mailbox, statistics
from vizium.settings import Settings
from vizium.web.api import provide_call
from vizium.web.errors import handle_http, handle_unexpected, handle_unreadable, handle_viz_error
from vizium.web.once import provide_asking, provide_sent
from vizium.web.page import know_language, provide_asked, provide_form, provide_page
from vizium.web.security import csrf, refuse_nul, set_headers

# Forms and JSON bodies are small; handlers that take a file say so themselves.
_BODY_BYTES_MAX = 256_000
_STATIC = Path(__file__).parent / "web" / "static"


def create_app(settings: Settings, database: Database) -> Litestar:
    """The application over a migrated database."""
    return Litestar(
        route_handlers=[*_routers(settings)],
        dependencies=_dependencies(settings, database),
        middleware=[identify],
        csrf_config=csrf(settings),
        # Weak lines: a page of 14 kB travels as 4. A live stream must not wait for a full buffer.
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=3, exclude=[r"/stream$"]
        ),
        before_request=refuse_nul,
        before_send=[set_headers],
        exception_handlers={
            VizError: handle_viz_error,
            HTTPException: handle_http,
            RecursionError: handle_unreadable,
            UnicodeDecodeError: handle_unreadable,
            Exception: handle_unexpected,
        },
        logging_config=None,
        state=State({"settings": settings, "database": database}),
        request_max_body_size=_BODY_BYTES_MAX,
        openapi_config=OpenAPIConfig(
            title="VIZIUM",
            version="1",
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            use_handler_docstrings=True,
        ),
        on_shutdown=[database.close],
    )


def _routers(settings: Settings) -> list[ControllerRouterHandler]:
    pages: list[ControllerRouterHandler] = [
        *home.PAGES,
        *dashboard.PAGES,
        *statistics.PAGES,
        *auth_pages.PAGES,
        *bookings.routes.PAGES,
        *exhibits.routes.PAGES,
    ]
    if settings.demo:
        pages += mailbox.PAGES
    # One set for all languages: a set for each takes 7 MB and a third of a second.
    in_languages = Router(
        path="/{lang:str}",
        route_handlers=pages,
        include_in_schema=False,
        middleware=[know_language],
    )
    api = Router(path="/api/v1", route_handlers=[*bookings.routes.API, *exhibits.routes.API])
    static = create_static_files_router(
        path="/static", directories=[_STATIC], include_in_schema=False
    )
    return [*home.ROOT, *health.ROOT, *exhibits.routes.ROOT, in_languages, api, static]


def _dependencies(settings: Settings, database: Database) -> dict[str, Provide]:
    def instantly(value: object) -> Provide:
        return Provide(lambda: value, sync_to_thread=False)

    return {
        "database": instantly(database),
        "settings": instantly(settings),
        "files_dir": instantly(settings.data_dir / "files"),
        "page": Provide(provide_page, sync_to_thread=False),
        "asked": Provide(provide_asked, sync_to_thread=False),
        "form": Provide(provide_form),
        "asking": Provide(provide_asking, sync_to_thread=False),
        "sent": Provide(provide_sent, sync_to_thread=False),
        "call": Provide(provide_call),
        "person": Provide(provide_person, sync_to_thread=False),
        "visitor": Provide(provide_visitor, sync_to_thread=False),
        **bookings.routes.dependencies(settings, _exhibit_choices),
        **exhibits.routes.dependencies(settings),
        # The demo's exhibits are visited at any hour, so that it is never asleep when it is shown.
        "opening_hours": instantly(always_open if settings.demo else _floor_hours),
    }


def _exhibit_choices(session: Session) -> tuple[Choice, ...]:
    """The exhibits that an activity may use, in their galleries."""
    rows = list_exhibits(session)
    return tuple(Choice(each.code, each.title_lv, each.title_en, each.gallery) for each in rows)


def _floor_hours(session: Session, day: date) -> OpenSpan | None:
    """When the floor is in use: from the first school's hour to closing; None on a closed day."""
    found = opening(session, day)
    if found is None:
        return None
    return OpenSpan(from_wall(day, found.schools_from), from_wall(day, found.closes))
