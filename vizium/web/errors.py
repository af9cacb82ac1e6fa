"""The one table from our errors to HTTP, as pages for people and as problems for programs."""

import logging
import re
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    NotAuthorizedException,
    PermissionDeniedException,
    ValidationException,
)
from litestar.status_codes import HTTP_401_UNAUTHORIZED

from vizium.kernel.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooMany,
    Unavailable,
    VizError,
)
from vizium.web.i18n import choose_language, translator
from vizium.web.page import path_language, provide_page

_STATUS: tuple[tuple[type[VizError], int], ...] = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (TooMany, 429),
    (Conflict, 409),
    (Unavailable, 503),
)
# Litestar's own refusals, by status: the code under which the catalogues explain them.
_HTTP_CODES = {
    400: "malformed",
    401: "sign_in_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type",
}
_NAMED_FIELD = re.compile(r"(?P<what>unknown|required) field `(?P<field>[^`]*)`")
# Where in a body msgspec found its mistake.
_BODY_PLACE = re.compile(r"(?P<message>.*) - at `\$\.(?P<key>data\b[^`]*)`", re.DOTALL)
_log = logging.getLogger(__name__)


def status_of(error: VizError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def handle_viz_error(request: Request[Any, Any, Any], error: VizError) -> Response[bytes]:
    """Answer one of our own refusals."""
    return _answer(request, error, status_of(error))


def handle_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer what Litestar refused: unknown paths, bodies of the wrong form, missing sign-in."""
    if isinstance(error, NotAuthorizedException) and not _is_api(request):
        return _to_sign_in(request)
    if isinstance(error, ValidationException):
        return _answer(request, InvalidInput(_fields(error)), 422)
    if isinstance(error, InternalServerException):
        return _answer_internal(request, error)
    code = _HTTP_CODES.get(
        error.status_code, "malformed" if error.status_code < 500 else "unexpected"
    )
    if isinstance(error, PermissionDeniedException) and "CSRF" in str(error.detail):
        code = "form_expired"
    response = _answer(request, VizError(code), error.status_code)
    if error.headers and "allow" in error.headers:
        response.headers["allow"] = error.headers["allow"]
    if error.status_code == HTTP_401_UNAUTHORIZED:
        response.headers["www-authenticate"] = "Bearer"
    return response


def handle_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer a mistake of ours: logged with its trace, nothing of it shown."""
    if isinstance(error, LookupError) and str(error).startswith("unknown encoding"):
        return handle_unreadable(request, error)
    _log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
    return _answer(request, VizError("unexpected"), 500)


def handle_unreadable(
    request: Request[Any, Any, Any], error: RecursionError | UnicodeDecodeError | LookupError
) -> Response[bytes]:
    """Answer a body that is nested deeper than any that we ask for, or is not text as it says."""
    _log.warning("unreadable at %s %s: %s", request.method, request.url.path, error)
    return _answer(request, VizError("malformed"), 400)


def _answer_internal(
    request: Request[Any, Any, Any], error: InternalServerException
) -> Response[bytes]:
    """Tell a body's mistake from ours: Litestar takes a field named like a dependency for ours."""
    if found := _BODY_PLACE.match(str(error.__cause__)):
        return _answer(request, InvalidInput([_field(found.groupdict())]), 422)
    return handle_unexpected(request, error)


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Sign in first; a page that was to be read is shown afterwards."""
    target = f"/{path_language(request.url.path)}/sign-in"
    if request.method == "GET":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target += f"?next={quote(asked, safe='/')}"
    return Response(b"", status_code=303, headers={"location": target})


def _fields(error: ValidationException) -> list[FieldError]:
    extra = error.extra if isinstance(error.extra, list) else []
    found = [_field(item) for item in extra if isinstance(item, dict)]
    return found or [FieldError("body", "not_understood", {"detail": str(error.detail)})]


def _field(item: dict[str, Any]) -> FieldError:
    message = str(item.get("message", ""))
    # Litestar calls the whole body "data"; msgspec names a field that is too many or missing.
    path = str(item.get("key") or "data").removeprefix("data").lstrip(".")
    if named := _NAMED_FIELD.search(message):
        code = "missing" if named["what"] == "required" else "unknown_field"
        return FieldError(f"{path}.{named['field']}".lstrip(".")[:80], code)
    return FieldError(path[:80] or "body", "not_understood", {"detail": message})


def _answer(request: Request[Any, Any, Any], error: VizError, status: int) -> Response[bytes]:
    headers = {}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.retry_after_s)
    response = (
        _problem(request, error, status) if _is_api(request) else _page(request, error, status)
    )
    response.headers.update(headers)
    return response


def _is_api(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith(("/api/", "/core/"))


def _page(request: Request[Any, Any, Any], error: VizError, status: int) -> Response[bytes]:
    page = provide_page(request)
    return page.show("error.html", status=status, error=error, message=page.say(error))


def _problem(request: Request[Any, Any, Any], error: VizError, status: int) -> Response[bytes]:
    words = translator(choose_language(request.headers.get("accept-language", "en")))
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": words.code("status", str(status)),
        "status": status,
        "detail": words.code("error", error.code, **error.facts),
        "code": error.code,
    }
    if isinstance(error, InvalidInput):
        problem["errors"] = [
            {
                "field": found.field,
                "code": found.code,
                "detail": words.code("field", found.code, **found.facts),
            }
            for found in error.errors
        ]
    problem |= {name: value for name, value in error.facts.items() if name not in problem}
    return Response(
        msgspec.json.encode(problem), status_code=status, media_type="application/problem+json"
    )
