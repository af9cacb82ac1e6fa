"""Sign in by a mailed link, sign out."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from vizium.auth import service
from vizium.auth.forms import parse_sign_in
from vizium.auth.guards import SESSION_COOKIE
from vizium.auth.queries import find_by_session
from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.page import Page

_ASKS_PER_PEER, _ASKS_PER_ADDRESS = 20, 5
_WINDOW = timedelta(minutes=15)


@get("/sign-in", sync_to_thread=True)
def new_sign_in(page: NamedDependency[Page], asked: NamedDependency[Form]) -> Response[bytes]:
    """The form that asks for an address."""
    return page.show("auth/sign_in.html", form=asked)


@post("/sign-in", sync_to_thread=True)
def create_sign_in(
    page: NamedDependency[Page], database: NamedDependency[Database], form: NamedDependency[Form]
) -> Response[bytes]:
    """Mail a link; the answer does not tell whether the address is known."""
    try:
        email, next_path = parse_sign_in(form)
    except InvalidInput as error:
        return page.show_again("auth/sign_in.html", form, error)
    with database.transaction() as session:
        for key, most in ((page.peer, _ASKS_PER_PEER), (email, _ASKS_PER_ADDRESS)):
            use_once(session, f"sign-in:{key}", most=most, window=_WINDOW, now=page.now)
    with database.transaction() as session:
        service.ask_link(
            session,
            email,
            next_path=next_path,
            base_url=page.settings.base_url,
            lang=page.lang,
            now=page.now,
        )
    return page.go("/sign-in/sent")


@get("/sign-in/sent", sync_to_thread=True)
def show_sent(page: NamedDependency[Page]) -> Response[bytes]:
    """What happens next."""
    return page.show("auth/sent.html")


@get("/sign-in/{secret:str}", sync_to_thread=True)
def show_link(page: NamedDependency[Page], secret: FromPath[str]) -> Response[bytes]:
    """One button: a mail scanner that follows links must not use the link up."""
    return page.show("auth/link.html", secret=secret[:100])


@post("/sign-in/{secret:str}", sync_to_thread=True)
def use_link(
    request: Request[Any, Any, Any],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    secret: FromPath[str],
) -> Response[bytes]:
    """Exchange the link for a session."""
    old_secret = request.cookies.get(SESSION_COOKIE)
    with database.transaction() as session:
        signed_in = service.use_link(session, secret, old_secret=old_secret, now=page.now)
        person = find_by_session(session, signed_in.secret, now=page.now)
    next_path = signed_in.next_path
    if next_path == "/" and person is not None and person.is_staff:
        next_path = "/staff"
    response = page.go(next_path)
    response.set_cookie(
        Cookie(
            key=SESSION_COOKIE,
            value=signed_in.secret,
            max_age=int(service.SESSION_KEPT.total_seconds()),
            httponly=True,
            secure=page.settings.secure_cookies,
            samesite="lax",
        )
    )
    return response


@post("/sign-out", sync_to_thread=True)
def delete_session(
    request: Request[Any, Any, Any],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Sign out."""
    with database.transaction() as session:
        service.end_session(session, request.cookies.get(SESSION_COOKIE, ""))
    response = page.go("/")
    response.delete_cookie(SESSION_COOKIE)
    return response


PAGES = [new_sign_in, create_sign_in, show_sent, show_link, use_link, delete_session]
