import gzip
import re

import pytest
from litestar.testing import TestClient

from exhibits.telemetry.pages import BoardWatch, parse_marks, say_counts
from exhibits.telemetry.queries import get_board
from tests.exhibits.conftest import SignIn
from tests.factories.exhibits import always_open, given_exhibits, given_heard, heartbeat, use
from vizium.auth.rules import Role
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.web.forms import Form
from vizium.web.i18n import translator
from vizium.web.live import changed

STAFF_PAGE_BYTES_MAX = 14_000


def test_board_tells_the_counts_and_the_problems_first(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.TECHNICIAN)

    html = client.get("/lv/staff/board").text

    assert 'role="status">1 bojāts, 1 bez signāla, 1 darbojas</strong>' in html
    problems = re.findall(r"<li><a [^>]+>(ex-\d+)", html.split('id="problems"')[1])
    assert problems == ["ex-002", "ex-003"]


def test_board_is_the_same_in_english(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.AUDITOR)

    html = client.get("/en/staff/board").text

    assert "1 broken, 1 without signal, 1 working" in html


def test_board_without_right_is_refused(client: TestClient, sign_in: SignIn) -> None:
    assert client.get("/lv/staff/board", follow_redirects=False).status_code == 303

    sign_in(Role.TEACHER)

    assert client.get("/lv/staff/board").status_code == 403
    assert client.get("/lv/staff/board/stream").status_code == 403


def test_tile_links_to_the_exhibit_and_says_its_state(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.HOST)

    tile = _tile(client.get("/en/staff/board").text, "ex-002")

    assert 'href="/en/staff/exhibits/ex-002"' in tile
    assert 'aria-label="ex-002 Trial ex-002: faulty; The fan does not turn"' in tile
    assert 'href="#s-broken"' in tile


def test_wallboard_has_no_controls(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.TECHNICIAN)

    html = client.get("/lv/staff/board?wall=1").text

    assert "<nav" not in html
    assert "<form" not in html
    assert "1 bojāts" in html


def test_board_of_84_exhibits_keeps_within_its_bytes(
    client: TestClient, sign_in: SignIn, floor: Database
) -> None:
    sign_in(Role.TECHNICIAN)
    codes = [f"ex-{number:03}" for number in range(1, 85)]
    at = system_now()
    with floor.transaction() as session:
        given_exhibits(session, *codes)
        given_heard(session, [heartbeat(code, at) for code in codes], at)

    html = client.get("/lv/staff/board").text

    assert html.count('id="t-ex-') == 84
    assert len(gzip.compress(html.encode(), 6)) < STAFF_PAGE_BYTES_MAX


def test_exhibit_page_shows_the_last_day(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.TECHNICIAN)

    html = client.get("/lv/staff/exhibits/ex-001").text

    assert "1 lietošanas reize" in html
    assert html.count("<tr>") == 1 + 24
    assert "trial-1" in html


@pytest.mark.parametrize("path", ["/lv/staff/exhibits/ex-999", "/x/ex-999", "/lv/exhibits/ex-999"])
def test_unknown_exhibit_is_not_found(client: TestClient, sign_in: SignIn, path: str) -> None:
    sign_in(Role.TECHNICIAN)

    response = client.get(path)

    assert response.status_code == 404
    assert "Šāda eksponāta nav" in response.text


def test_list_names_every_exhibit(client: TestClient, sign_in: SignIn) -> None:
    sign_in(Role.DESK)

    html = client.get("/en/staff/exhibits").text

    assert re.findall(r">(ex-\d+) Trial", html) == ["ex-001", "ex-002", "ex-003"]


def test_watch_gives_only_what_changed(floor: Database) -> None:
    watch = BoardWatch(floor, always_open)
    watch.look()
    looked = watch.look()
    at = system_now()
    with floor.transaction() as session:
        given_heard(session, [use("ex-001", 2, at)], at)

    after = watch.look()["en"]

    differing = set(changed(looked["en"], after))
    assert {"t-ex-001"} <= differing <= {"t-ex-001", "ages", "clock"}
    assert "2×" in after["t-ex-001"].markup
    assert len(after["t-ex-001"].markup.encode()) < 1000


def test_watch_renders_the_tile_that_the_page_shows(
    client: TestClient, sign_in: SignIn, floor: Database
) -> None:
    sign_in(Role.TECHNICIAN)
    html = client.get("/lv/staff/board").text

    tile = BoardWatch(floor, always_open).look()["lv"]["t-ex-002"]

    shown = _tile(html, "ex-002")
    assert re.sub(r"<tspan>.*?</tspan>", "<tspan></tspan>", shown) == tile.markup
    assert f'data-mark="{tile.mark}"' in shown


def test_sentence_of_an_empty_floor(database: Database) -> None:
    with database.reading() as session:
        board = get_board(session, opening=always_open, now=system_now())

    assert say_counts(translator("en"), board) == "No exhibits yet"


def test_marks_of_a_browser_are_read_and_nonsense_is_not() -> None:
    asked = Form({"have": ["t-ex-001:ab12cd,t-ex-002:,,:,x"]})

    assert parse_marks(asked) == {"t-ex-001": "ab12cd"}


def _tile(html: str, code: str) -> str:
    found = re.search(rf'<a id="t-{code}".*?</a>', html, flags=re.DOTALL)
    assert found is not None
    return found[0]
