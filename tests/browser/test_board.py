"""The staff board, live: an exhibit is used, fails, falls silent and heals, without a reload."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Inspector, sign_in
from tests.servers.centre import Centre

pytestmark = pytest.mark.browser

# A deadline, not a figure: silence is told from a dropped line after the grace of 20 s.
_SHOWN_MS_MAX = 60_000
OpenPage = Callable[..., Page]


@pytest.mark.parametrize(("lang", "code"), [("lv", "ex-041"), ("en", "ex-007")])
def test_board_shows_a_fault_and_its_end_without_reload(
    centre: Centre, browser_page: OpenPage, lang: str, code: str
) -> None:
    page = sign_in(browser_page, centre, "technician", lang)
    look = Inspector(page, kind="staff")
    look.check_cold(f"{centre.url}/{lang}/staff/board")
    look.traffic.append(("document", page.url, 1))
    _is(page, code, "working")
    page.evaluate("window.untouched = true")
    page.focus("#t-ex-080")

    _order(centre, "--fail", code)
    _is(page, code, "broken")
    expect(page.locator("#problems")).to_contain_text(code)
    look.check("board with a fault")
    _order(centre, "--heal", code)
    _is(page, code, "working")

    assert page.evaluate("window.untouched") is True
    assert page.evaluate("document.activeElement.id") == "t-ex-080"


def test_board_tells_silence_from_a_fault(centre: Centre, browser_page: OpenPage) -> None:
    page = sign_in(browser_page, centre, "technician", "lv")
    page.goto(f"{centre.url}/lv/staff/board")
    _is(page, "ex-012", "working")

    _order(centre, "--silence", "ex-012")

    _is(page, "ex-012", "waiting")
    _is(page, "ex-012", "silent")
    _order(centre, "--heal", "ex-012")


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_pages_of_an_exhibit_are_small_and_accessible(
    centre: Centre, browser_page: OpenPage, lang: str
) -> None:
    page = sign_in(browser_page, centre, "technician", lang)
    look = Inspector(page, kind="staff")

    for path in ("/staff", "/staff/board", "/staff/exhibits", "/staff/exhibits/ex-001"):
        look.check_cold(f"{centre.url}/{lang}{path}")
        look.traffic.append(("document", path, 1))
        look.check(path)


def _is(page: Page, code: str, standing: str) -> None:
    """Wait until the tile of an exhibit shows a state; the page is not loaded again."""
    shape = page.locator(f'#t-{code} use[href="#s-{standing}"]')
    expect(shape).to_have_count(1, timeout=_SHOWN_MS_MAX)


def _order(centre: Centre, what: str, code: str) -> None:
    command = [sys.executable, "-m", "vizium.cli", "simulate", "--url", centre.mqtt_url, what, code]
    subprocess.run(command, check=True, timeout=60)
