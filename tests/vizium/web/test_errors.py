"""One table from errors to HTTP, the same as a page and as a problem."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from tests.factories.site import Browser, csrf_token, open_site
from vizium.db.session import Database
from vizium.kernel.errors import (
    BudgetExceeded,
    CapacityExceeded,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooMany,
    Unavailable,
    VizError,
)
from vizium.settings import Settings
from vizium.web.api import Body, answer
from vizium.web.errors import status_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

ERRORS: dict[str, tuple[int, VizError]] = {
    "InvalidInput": (
        422,
        InvalidInput([FieldError("pupils", "out_of_bounds", {"least": 1, "most": 30})]),
    ),
    "NotFound": (404, NotFound("not_found")),
    "Forbidden": (403, Forbidden("forbidden")),
    "Conflict": (409, Conflict("duties_not_separate", email="a@example.lv")),
    "BudgetExceeded": (409, BudgetExceeded("duties_not_separate", email="a@example.lv")),
    "CapacityExceeded": (409, CapacityExceeded("duties_not_separate", email="a@example.lv")),
    "TooMany": (429, TooMany("too_many", retry_after_s=90)),
    "Unavailable": (503, Unavailable("mail_server_away", reason="secret host name")),
}


class Stop(Body):
    """A part of a wish."""

    code: str


class Wish(Body):
    """What the tests' own call takes."""

    pupils: int
    when: str = ""
    stop: Stop | None = None
    # Also the name of a dependency of the application.
    transport: bool = False


@get(
    ["/{lang:str}/tests/{name:str}", "/api/v1/tests/{name:str}"],
    sync_to_thread=False,
)
def raise_error(name: FromPath[str]) -> Response[bytes]:
    """Raise what the path asks for."""
    if name in ERRORS:
        raise ERRORS[name][1]
    raise RuntimeError("a secret of the inside")


@post(["/api/v1/tests"], sync_to_thread=False)
def take_wish(data: JSONBody[Wish]) -> Response[bytes]:
    """Answer with what was understood."""
    return answer({"pupils": data.pupils, "when": data.when}, status=201)


@pytest.fixture
def site(settings: Settings, database: Database) -> Iterator[Browser]:
    with open_site(settings, database, raise_error, take_wish) as browser:
        yield browser


def test_every_kind_of_error_is_in_the_table_above(database_kind: str) -> None:
    def kinds(root: type[VizError]) -> set[str]:
        below = [kind for kind in root.__subclasses__() if kind.__module__ == VizError.__module__]
        return {kind.__name__ for kind in below}.union(*map(kinds, below))

    assert (database_kind, kinds(VizError)) == ("sqlite", set(ERRORS))
    assert all(status_of(error) == status for status, error in ERRORS.values())


def test_every_error_is_a_page_in_the_language_of_its_address(site: Browser) -> None:
    for name, (status, error) in ERRORS.items():
        latvian, english = (site.get(f"/{lang}/tests/{name}") for lang in ("lv", "en"))
        assert (latvian.status_code, english.status_code) == (status, status), name
        assert '<html lang="lv">' in latvian.text
        assert '<html lang="en">' in english.text
        assert heading(latvian.text) != heading(english.text)
        assert error.code.replace("_", " ") != heading(english.text), "a code is no sentence"


def heading(html: str) -> str:
    found = re.search(r"<h1>(.+)</h1>", html)
    assert found
    return found[1]


def test_every_error_is_a_problem_in_the_language_asked_for(site: Browser) -> None:
    for name, (status, error) in ERRORS.items():
        english = problem(site, name, "en")
        latvian = problem(site, name, "lv")
        assert english["type"] == "about:blank"
        assert (english["status"], english["code"]) == (status, error.code)
        assert english["detail"] != latvian["detail"]
        assert english["title"] != latvian["title"]


def problem(site: Browser, name: str, lang: str) -> dict[str, Any]:
    response = site.get(f"/api/v1/tests/{name}", headers={"accept-language": lang})
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == response.status_code
    return found


def test_problem_names_every_field_and_brings_the_facts(site: Browser) -> None:
    assert problem(site, "InvalidInput", "en")["errors"] == [
        {"field": "pupils", "code": "out_of_bounds", "detail": "Write a number from 1 to 30"}
    ]
    assert problem(site, "Conflict", "en")["email"] == "a@example.lv"


def test_too_many_says_when_to_come_back(site: Browser) -> None:
    for path in ("/lv/tests/TooMany", "/api/v1/tests/TooMany"):
        assert site.get(path).headers["retry-after"] == "90"


def test_our_own_mistake_shows_nothing_of_the_inside_and_is_logged(
    site: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/lv/tests/bug", "/api/v1/tests/bug"):
        caplog.clear()
        response = site.get(path)
        assert response.status_code == 500
        assert "secret" not in response.text
        assert "Traceback" not in response.text
        assert "a secret of the inside" in caplog.text


def test_unknown_address_is_a_page_for_people_and_a_problem_for_programs(site: Browser) -> None:
    for path in ("/nothing", "/lv/nothing", "/en/nothing", "/lv/a%00b", "/lv/?x=%00"):
        response = site.get(path)
        assert response.status_code == 404, path
        assert "<h1>" in response.text
    response = site.get("/api/v1/nothing")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_wrong_method_says_which_are_right(site: Browser) -> None:
    page, call = site.put("/lv/tests/x"), site.delete("/api/v1/tests")

    assert (page.status_code, call.status_code) == (405, 405)
    assert "GET" in page.headers["allow"]
    assert "POST" in call.headers["allow"]
    assert call.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b'{"pupils": 3, "pupil": 4}', "pupil", "unknown_field"),
        (b"{}", "pupils", "missing"),
        (b'{"pupils": "many"}', "pupils", "not_understood"),
        (b'{"pupils": 3.5}', "pupils", "not_understood"),
        (b'{"pupils": 3, "when": {}}', "when", "not_understood"),
        (b'{"pupils": 3, "stop": {}}', "stop.code", "missing"),
        (b'{"pupils": 3, "stop": {"code": "a", "x": 1}}', "stop.x", "unknown_field"),
        (b'{"pupils": 3, "transport": "perhaps"}', "transport", "not_understood"),
        (b"[]", "body", "not_understood"),
        (b"null", "body", "not_understood"),
    ],
)
def test_json_that_is_not_understood_is_told_by_field(
    site: Browser, body: bytes, field: str, code: str
) -> None:
    response = site.post("/api/v1/tests", content=body)

    assert response.status_code == 422
    found = [(error["field"], error["code"]) for error in response.json()["errors"]]
    assert found == [(field, code)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"pupils": 3, "when": "r\xeet"}',
        b'{"pupils": 1e400}',
        b'{"pupils": 3',
        b'{"pupils": 1, "when": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_body_that_is_no_json_is_refused(site: Browser, body: bytes) -> None:
    response = site.post("/api/v1/tests", content=body)

    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


def test_good_json_is_understood(site: Browser) -> None:
    response = site.post("/api/v1/tests", json={"pupils": 3, "when": "rīt"})

    assert (response.status_code, response.json()) == (201, {"pupils": 3, "when": "rīt"})


@pytest.mark.parametrize(
    "part", [b"\r\n\r\n\xff\xfe", b"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx"]
)
@pytest.mark.parametrize("token_header", ["x-csrftoken", "x-nothing"])
def test_form_in_an_alphabet_that_nobody_knows_is_refused(
    site: Browser, part: bytes, token_header: str
) -> None:
    response = site.post(
        "/lv/sign-in",
        content=b'--x\r\nContent-Disposition: form-data; name="email"' + part + b"\r\n--x--\r\n",
        headers={
            token_header: csrf_token(site),
            "content-type": "multipart/form-data; boundary=x",
        },
    )

    assert response.status_code == 400
    assert "<h1>" in response.text
