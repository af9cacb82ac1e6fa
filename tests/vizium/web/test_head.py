"""HEAD answers what GET would, without its body."""

import asyncio
from typing import Any

import pytest

from vizium.web.head import answer_head


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/lv/", 200, b"GET"),
        ("HEAD", "/lv/", 200, b""),
        ("POST", "/lv/", 405, b"POST"),
        ("HEAD", "/lv/staff/board/stream", 405, b"HEAD"),
    ],
)
def test_head_is_get_without_body(method: str, path: str, status: int, body: bytes) -> None:
    sent = asyncio.run(_ask(method, path))

    assert [message.get("status") for message in sent] == [status, None]
    assert sent[1]["body"] == body


async def _ask(method: str, path: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {"type": "http", "method": method, "path": path}
    await answer_head(_echo)(scope, receive, send)
    return sent


async def _echo(scope: Any, _receive: Any, send: Any) -> None:
    status = 200 if scope["method"] == "GET" else 405
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": scope["method"].encode()})
