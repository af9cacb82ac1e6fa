"""What every answer carries, 404 and 500 too: the policy that lets no foreign byte in.

The one inlined style is allowed by its hash; scripts come from our own static folder only.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from vizium.kernel.errors import NotFound
from vizium.settings import Settings

STYLE = (Path(__file__).parent / "templates" / "style.css").read_text().strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CSRF_COOKIE = "vizium_csrf"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    )
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Signed links must not leave in a Referer.
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


async def set_headers(message: Message, scope: Scope) -> None:
    """Set the headers on the start of every answer (Litestar's ``before_send``)."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _HEADERS.items():
        headers[name] = value
    if scope["path"].startswith("/static/"):
        headers["cache-control"] = "public, max-age=86400"
    elif "cache-control" not in headers:
        headers["cache-control"] = "no-store"
    if scope["litestar_app"].state.settings.secure_cookies:
        headers["strict-transport-security"] = "max-age=31536000"


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """No address of ours holds a NUL, and PostgreSQL stores none (Litestar's ``before_request``).

    Raises:
        NotFound: the path or the query holds one.
    """
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise NotFound("not_found")


def csrf(settings: Settings) -> CSRFConfig:
    """Double-submit tokens on forms; the API carries bearer tokens and needs none."""
    return CSRFConfig(
        secret=settings.secret_key,
        cookie_name=CSRF_COOKIE,
        cookie_secure=settings.secure_cookies,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/api/", "^/core/", "^/static/", "^/healthz$", "^/readyz$", "^/metrics$"],
    )
