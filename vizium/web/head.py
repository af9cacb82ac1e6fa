"""HEAD is GET without the body (RFC 9110, 9.3.2); Litestar's routes know only GET.

Link checkers and monitors ask by HEAD. A live stream has no end, so it keeps its 405.
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send


def answer_head(app: ASGIApp) -> ASGIApp:
    """Wrap the whole application: a HEAD request runs as GET and loses its body on the way out."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _is_for_us(scope):
            await app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        scope["method"] = "GET"
        await app(scope, receive, without_body)

    return answered


def _is_for_us(scope: HTTPScope) -> bool:
    # Files answer HEAD themselves.
    elsewhere = scope["path"].startswith("/static/") or scope["path"].endswith("/stream")
    return scope["method"] == "HEAD" and not elsewhere
