"""A page's request as handlers see it: who asks, in which language, at which instant.

`Page.show` renders inside the worker thread of the handler, so the language never depends on an
ambient variable.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from vizium.kernel.clock import system_now
from vizium.kernel.errors import InvalidInput, VizError
from vizium.settings import Settings
from vizium.web.forms import Form, Upload
from vizium.web.i18n import DEFAULT_LANGUAGE, LANGUAGES, Translator, translator
from vizium.web.security import STYLE
from vizium.web.templating import render

# What an address may hold as it is (RFC 3986), with the percent sign of what is quoted already.
_ADDRESS_SIGNS = "!#$%&'()*+,/:;=?@[]~"
_LANGUAGE_PREFIX = re.compile(r"^/(" + "|".join(LANGUAGES) + r")(?=/|$)")


class SignedIn(Protocol):
    """What the kit knows of a person; `vizium.auth` has the rest."""

    @property
    def id(self) -> str:
        """Who it is, as the audit writes it."""

    @property
    def name(self) -> str:
        """Shown in the header."""

    @property
    def roles(self) -> frozenset[Any]:
        """Words of `vizium.auth.rules.Role`."""

    @property
    def desks(self) -> list[tuple[str, str]]:
        """The places of work that open to the person: word and address."""


@dataclass(frozen=True, slots=True)
class Page:
    """One request for a page; `sent` if it carries a form: its address alone then leads nowhere."""

    path: str
    query: str
    lang: str
    person: SignedIn | None
    now: datetime
    peer: str
    settings: Settings
    csrf_token: str
    sent: bool = False

    @property
    def words(self) -> Translator:
        """The sentences of the page's language."""
        return translator(self.lang)

    def url(self, path: str) -> str:
        """A path of ours in the language of this page."""
        return f"/{self.lang}{path}"

    def show(self, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
        """Render a page; its template sees `page` and the values."""
        return self.answer(self.draw(template, **values).encode(), status=status)

    def draw(self, template: str, **values: object) -> str:
        """Render a template or a part of a page; it sees `page` and the values."""
        return render(self.lang, template, {"page": self, "style": STYLE, **values})

    def answer(self, html: bytes, *, status: int = 200) -> Response[bytes]:
        """A page that is rendered already."""
        return Response(html, status_code=status, media_type=MediaType.HTML)

    def show_again(
        self, template: str, form: Form, error: InvalidInput, **values: object
    ) -> Response[bytes]:
        """The form again with every answer kept and every error said (422)."""
        form.errors = list(error.errors)
        return self.show(template, status=422, form=form, errors=error.errors, **values)

    def go(self, path: str) -> Response[bytes]:
        """See another page of ours, in the same language (303)."""
        location = quote(self.url(path), safe=_ADDRESS_SIGNS)
        return Response(b"", status_code=303, headers={"location": location})

    def file(self, content: bytes, media_type: str, name: str) -> Response[bytes]:
        """A file to keep."""
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=headers)

    def say(self, error: VizError) -> str:
        """The sentence of an error."""
        return self.words.code("error", error.code, **error.facts)

    def new_key(self) -> str:
        """A key for a form's hidden field, so that sending it twice happens once."""
        return secrets.token_urlsafe(16)

    def other_language(self) -> tuple[str, str]:
        """The other language and the address of this page in it."""
        other = next(lang for lang in LANGUAGES if lang != self.lang)
        path = _LANGUAGE_PREFIX.sub("", self.path)
        return other, f"/{other}{path}" + (f"?{self.query}" if self.query else "")

    def is_staff(self) -> bool:
        """Whether the person works at the centre (anything but a school's role)."""
        return self.person is not None and bool(set(self.person.roles) - {"teacher", "office"})

    def has_role(self, *roles: str) -> bool:
        """Whether the person has one of the roles."""
        return self.person is not None and bool(set(self.person.roles) & set(roles))


def provide_page(request: Request[Any, Any, Any]) -> Page:
    """The page dependency."""
    settings: Settings = request.app.state.settings
    return Page(
        path=request.url.path,
        query=request.url.query or "",
        lang=path_language(request.url.path),
        person=request.scope.get("user"),
        now=system_now(),
        peer=peer_of(request, settings),
        settings=settings,
        csrf_token=str(ScopeState.from_scope(request.scope).csrf_token or ""),
        sent=request.method == "POST",
    )


def know_language(app: ASGIApp) -> ASGIApp:
    """Middleware of all pages: there are none but in our languages."""

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        if _LANGUAGE_PREFIX.match(scope["path"]) is None:
            raise NotFoundException
        await app(scope, receive, send)

    return known


def path_language(path: str) -> str:
    """The language in a path, Latvian where it names none."""
    match = _LANGUAGE_PREFIX.match(path)
    return match[1] if match else DEFAULT_LANGUAGE


def peer_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The visitor's address; a proxy's header counts only where the owner said so."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if settings.trust_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]
    return request.client.host if request.client else "unknown"


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """The form dependency: text fields and files of a POST."""
    fields: dict[str, list[str]] = {}
    uploads: dict[str, Upload] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value.replace("\0", " "))
        elif value is not None and value.filename:
            uploads[name] = Upload(value.filename[:200], await value.read())
    return Form(fields, uploads)


def provide_asked(request: Request[Any, Any, Any]) -> Form:
    """The `asked` dependency: a GET form's fields, read like any form."""
    fields: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        fields.setdefault(name, []).append(value)
    return Form(fields)
