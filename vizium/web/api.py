"""The JSON API's side of the kit: a call, its key, its one answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType

from vizium.db.commands import Answer, begin_command, end_command
from vizium.db.session import Database, Session
from vizium.kernel.clock import system_now
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.ids import fingerprint
from vizium.settings import Settings
from vizium.web.i18n import choose_language
from vizium.web.page import peer_of


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Base of every JSON body: a field that we do not know is refused, not ignored."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API."""

    method: str
    path: str
    key: str
    content: bytes
    lang: str
    now: datetime
    peer: str
    settings: Settings
    caller: str


async def provide_call(request: Request[Any, Any, Any]) -> Call:
    """The call dependency.

    Raises:
        InvalidInput: the body holds a NUL, which no text of ours may.
    """
    content = await request.body()
    if b"\\u0000" in content:
        raise InvalidInput([FieldError("body", "not_understood", {"detail": "\\u0000"})])
    settings: Settings = request.app.state.settings
    person = request.scope.get("user")
    return Call(
        method=request.method,
        path=request.url.path,
        key=request.headers.get("idempotency-key", ""),
        content=content,
        lang=choose_language(request.headers.get("accept-language", "en")),
        now=system_now(),
        peer=peer_of(request, settings),
        settings=settings,
        caller=person.id if person is not None else "public",
    )


def answer(value: object, *, status: int = 200) -> Response[bytes]:
    """A JSON answer of a msgspec struct, a dict or a dataclass."""
    return answer_encoded(encode(value), status=status)


def encode(value: object) -> bytes:
    """The JSON of a msgspec struct, a dict or a dataclass."""
    return msgspec.json.encode(value)


def answer_encoded(content: bytes, *, status: int = 200) -> Response[bytes]:
    """A JSON answer that is encoded already."""
    return Response(content, status_code=status, media_type=MediaType.JSON)


def answer_once(
    call: Call, database: Database, act: Callable[[Session], object], *, status: int = 200
) -> Response[bytes]:
    """Run `act` in one transaction and keep its answer under the call's Idempotency-Key.

    Raises:
        InvalidInput: the key is missing (``key_missing``), malformed, or was used for another
            body (``key_reused``).
    """
    if not call.key:
        raise InvalidInput([FieldError("Idempotency-Key", "key_missing")])
    key = f"api:{call.caller}/{call.key}"
    request = f"{call.method} {call.path}\n".encode() + call.content
    with database.transaction() as session:
        earlier = begin_command(session, key, fingerprint=fingerprint(request), now=call.now)
        if earlier is not None:
            return _response(earlier)
        kept = Answer(status, msgspec.json.encode(act(session)))
        end_command(session, key, kept)
    return _response(kept)


def page_of(items: Sequence[object], *, cursor: str | None = None) -> dict[str, object]:
    """The form of every list: items and the cursor of the next page."""
    return {"items": items, "next": cursor}


def refuse_unknown(request: Request[Any, Any, Any], *known: str) -> None:
    """Refuse query parameters that the call does not know.

    Raises:
        InvalidInput: ``unknown_field`` for each.
    """
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise InvalidInput([FieldError(name[:60], "unknown_field") for name in unknown])


def _response(kept: Answer) -> Response[bytes]:
    return Response(kept.body, status_code=kept.status, media_type=MediaType.JSON)
