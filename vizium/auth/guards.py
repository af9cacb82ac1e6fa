"""Who is asking, read before the handler; and which roles a route lets in."""

from typing import Any

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection, Request
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Guard, Receive, Scope, Send

from vizium.auth.queries import find_by_session, find_by_token
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Person, Role
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.kernel.errors import Forbidden

SESSION_COOKIE = "vizium_session"
# No cookie or token of ours is longer; more is not looked up.
_SECRET_LENGTH_MAX = 100


def identify(app: ASGIApp) -> ASGIApp:
    """Middleware: put the person into the scope, from a bearer token on the API, else a cookie."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            scope["user"] = await _who(Request(scope))
        await app(scope, receive, send)

    return identified


async def _who(request: Request[Any, Any, Any]) -> Person | None:
    database: Database = request.app.state.database
    if request.url.path.startswith(("/api/", "/core/")):
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(secret) <= _SECRET_LENGTH_MAX:
            return None
        return await sync_to_thread(_by_token, database, secret.strip())
    secret = request.cookies.get(SESSION_COOKIE, "")
    if not 0 < len(secret) <= _SECRET_LENGTH_MAX:
        return None
    return await sync_to_thread(_by_session, database, secret)


def _by_token(database: Database, secret: str) -> Person | None:
    with database.asking() as session:
        return find_by_token(session, secret)


def _by_session(database: Database, secret: str) -> Person | None:
    with database.asking() as session:
        return find_by_session(session, secret, now=system_now())


def requires(*roles: Role) -> Guard:
    """A guard that lets in people with one of the roles.

    An unknown person is asked to sign in (page) or 401 (API); a known one without
    the role gets 403.
    """
    allowed = frozenset(roles)

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        person: Person | None = connection.scope.get("user")
        if person is None:
            raise NotAuthorizedException
        if person.roles.isdisjoint(allowed):
            raise Forbidden("role_missing")

    return guard


def opens(desk: Desk) -> Guard:
    """A guard that lets in those to whom a desk opens."""
    return requires(*OPEN_TO[desk])


signed_in: Guard = requires(*Role)
"""A guard that lets in everybody who is known."""

staff_only: Guard = requires(*STAFF_ROLES)
"""A guard that lets in everybody who works at the centre."""


def provide_person(request: Request[Any, Any, Any]) -> Person:
    """The `person` dependency of guarded routes.

    Raises:
        NotAuthorizedException: nobody is signed in.
    """
    person: Person | None = request.scope.get("user")
    if person is None:
        raise NotAuthorizedException
    return person


def provide_visitor(request: Request[Any, Any, Any]) -> Person | None:
    """The `visitor` dependency of public routes: the person, if one is signed in."""
    person: Person | None = request.scope.get("user")
    return person
