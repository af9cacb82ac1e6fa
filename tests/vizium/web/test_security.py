"""What every answer carries, and what is refused before any handler sees it."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response as Answer
from litestar import Response, get

from tests.factories.site import Browser, csrf_token, open_site, submit
from vizium import settings as house
from vizium.auth.guards import SESSION_COOKIE
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.security import CSRF_COOKIE

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@get("/lv/tests/bug", sync_to_thread=False)
def raise_bug() -> Response[bytes]:
    """Make a mistake."""
    raise RuntimeError


@pytest.fixture
def site(settings: Settings, database: Database) -> Iterator[Browser]:
    with open_site(settings, database, raise_bug) as browser:
        yield browser


def every_kind_of_answer(site: Browser) -> dict[int, Answer]:
    oversized = {"email": "x" * 300_000}
    answers = [
        site.get("/lv/"),
        site.get("/"),
        site.post("/lv/sign-in"),
        site.get("/lv/nothing"),
        site.put("/lv/sign-in"),
        submit(site, "/lv/sign-in", oversized),
        submit(site, "/lv/sign-in", {"email": "nobody"}),
        site.get("/lv/tests/bug"),
    ]
    return {answer.status_code: answer for answer in answers}


def test_every_answer_carries_the_headers(site: Browser) -> None:
    answers = every_kind_of_answer(site)

    assert sorted(answers) == [200, 303, 403, 404, 405, 413, 422, 500]
    for status, answer in answers.items():
        assert HEADERS.items() <= dict(answer.headers).items(), status
        assert "content-security-policy" in answer.headers
        assert "server" not in answer.headers


def test_policy_lets_in_nothing_inline_but_the_one_style(site: Browser) -> None:
    page = site.get("/lv/")
    policy = dict(
        part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";")
    )
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]


def test_pages_hold_nothing_that_the_policy_forbids(site: Browser) -> None:
    for path in ("/lv/", "/en/sign-in", "/lv/accessibility", "/lv/privacy", "/lv/nothing"):
        html = site.get(path).text
        assert not re.search(r"<[^>]+\sstyle\s*=", html), path
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), path
        assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", html), path


def test_templates_hold_nothing_that_the_policy_forbids(database_kind: str) -> None:
    root = Path(house.__file__).parent.parent
    wrong = [
        (path.name, found[0])
        for folder in ("vizium", "bookings", "exhibits")
        for path in (root / folder).rglob("*.html")
        if (found := re.search(r"\sstyle=|\son[a-z]+=|<script>|javascript:", path.read_text()))
    ]

    assert (database_kind, wrong) == ("sqlite", [])


def refused_post(site: Browser, *, field: str | None, cookie: str | None) -> Answer:
    site.cookies.clear()
    if cookie is not None:
        site.cookies.set(CSRF_COOKIE, cookie)
    fields = {"email": "liga@example.lv"} | ({} if field is None else {"_csrf_token": field})
    return site.post("/lv/sign-in", data=fields)


def test_form_without_its_own_token_is_refused(site: Browser) -> None:
    mine = csrf_token(site)
    site.cookies.clear()
    foreign = csrf_token(site)
    forged = mine[:-4] + "0000"

    for field, cookie in [
        (None, mine),
        ("", mine),
        ("x" * 128, mine),
        (mine, None),
        (foreign, mine),
        (mine, foreign),
        (forged, forged),
        ("x", "x"),
        ("", ""),
    ]:
        answer = refused_post(site, field=field, cookie=cookie)
        assert answer.status_code == 403, (field, cookie)
        assert "Veidlapa bija atvērta pārāk ilgi" in answer.text


def test_form_with_its_own_token_is_taken(site: Browser) -> None:
    assert submit(site, "/lv/sign-in", {"email": "liga@example.lv"}).status_code == 303


def test_token_in_the_address_is_no_token(site: Browser) -> None:
    token = csrf_token(site)

    answer = site.post(f"/lv/sign-in?_csrf_token={token}", data={"email": "liga@example.lv"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://vizium.example", False), ("https://vizium.example", True)]
)
def test_cookies_are_for_us_alone_and_secure_behind_tls(
    database: Database, tmp_path: Path, base_url: str, secure: bool
) -> None:
    settings = house.load({"VIZIUM_DATA_DIR": str(tmp_path), "VIZIUM_BASE_URL": base_url})
    with open_site(settings, database) as site:
        answer = site.get("/lv/sign-in")

    words = [word.strip().lower() for word in answer.headers["set-cookie"].split(";")]
    assert {"httponly", "samesite=lax", "path=/"} <= set(words)
    assert ("secure" in words) is secure
    assert ("strict-transport-security" in answer.headers) is secure


def test_reading_a_page_or_a_machine_path_sets_no_session(site: Browser) -> None:
    for path in ("/lv/", "/healthz", "/metrics", "/api/openapi.json"):
        assert SESSION_COOKIE not in site.get(path).headers.get("set-cookie", "")
    for path in ("/healthz", "/metrics", "/api/openapi.json"):
        assert "set-cookie" not in site.get(path).headers


def test_body_of_more_than_the_limit_is_refused_before_it_is_read(site: Browser) -> None:
    token = csrf_token(site)
    headers = {"x-csrftoken": token, "content-type": "application/x-www-form-urlencoded"}

    page = site.post("/lv/sign-in", content=b"email=" + b"x" * 300_000, headers=headers)
    endless = site.post(
        "/lv/sign-in", content=iter([b"email=", *[b"x" * 50_000] * 10]), headers=headers
    )

    assert (page.status_code, endless.status_code) == (413, 413)
    assert "<h1>" in page.text


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"email=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"&" * 5000),
        ("application/x-www-form-urlencoded", b"email=a%00b@example.lv"),
        ("application/x-www-form-urlencoded", b"email=a@example.lv%0d%0aBcc:b@example.lv"),
        ("application/x-www-form-urlencoded", b"email[]=x&email[a]=y"),
        ("multipart/form-data", b"zz"),
        ("multipart/form-data; boundary=x", b"--x\r\nzz"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n',
        ),
        ("application/json", b'{"email": "a@example.lv"}'),
        ("text/plain; charset=nonsense", b"\xff"),
        ("", b"email=a@example.lv"),
    ],
)
def test_broken_form_gets_words_and_changes_nothing(
    site: Browser, content_type: str, body: bytes
) -> None:
    headers = {"x-csrftoken": csrf_token(site), "content-type": content_type}

    answer = site.post("/lv/sign-in", content=body, headers=headers)

    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.text


def test_static_files_stay_in_their_folder(site: Browser) -> None:
    for path in (
        "../templates/layout.html",
        "%2e%2e/templates/layout.html",
        "..%2f..%2fapp.py",
        "%2fetc/passwd",
    ):
        assert site.get(f"/static/{path}").status_code == 404, path
