"""A teacher plans a class's whole day on a phone, takes a plan, changes it, undoes and cancels.

The walk without JavaScript counts what it costs on a weak line; the walk with JavaScript holds
every page to axe and to the budgets and answers the first question by keyboard alone.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Inspector
from tests.servers.centre import Centre

pytestmark = pytest.mark.browser

# Compressed bytes (design: ux, "Budgets"): a page, and seven pages of a booking; this one has more.
PAGE_MAX, SEVEN_PAGES_MAX = 8_000, 40_000
SCHOOL = "9912900007"
# The button that leads on; those beside it change an answer.
GO_ON = "main form button:not(.link):not(.second)"
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_day_is_planned_on_a_phone_without_javascript(
    centre: Centre, browser_page: OpenPage, lang: str
) -> None:
    page = browser_page(java_script_enabled=False)
    look = Inspector(page)

    _plan(page, f"{centre.url}/{lang}/visits/plan", lambda _name: None)

    documents = [size for kind, _, size in look.traffic if kind == "document" and size]
    print(f"{lang}: {len(documents)} pages, {sum(documents)} bytes, the largest {max(documents)}")
    assert max(documents) <= PAGE_MAX
    assert 7 * sum(documents) <= SEVEN_PAGES_MAX * len(documents)
    assert {kind for kind, _, _ in look.traffic} == {"document"}


def test_every_page_of_a_planned_day_is_small_and_accessible(
    centre: Centre, browser_page: OpenPage
) -> None:
    page = browser_page()
    look = Inspector(page)
    look.check_cold(f"{centre.url}/lv/visits/plan")

    _plan(page, f"{centre.url}/lv/visits/plan", look.check, by_keyboard=True)
    _manage(page, page.url, look.check)

    assert len(look.seen) >= 20


def _plan(page: Page, url: str, check: Callable[[str], None], *, by_keyboard: bool = False) -> None:
    page.goto(url)
    check("class")
    _say_who_comes(page, by_keyboard=by_keyboard)
    check("school")
    page.fill("#q", "alsunga")
    page.click("button[name=step][value=school]")
    check("schools found")
    page.click(f"button[name=school][value='{SCHOOL}']")
    check("wishes")
    page.check("input[value='kind:programme']")
    page.check("input[value='kind:show']")
    page.click(GO_ON)
    check("needs and galleries")
    page.check("#need-lunch")
    page.click(GO_ON)
    check("days")
    for number in range(5):
        page.locator("input[name=d]").nth(number).check()
    page.click(GO_ON)
    check("hours")
    page.fill("#arrive", "9.45")
    page.fill("#depart", "15")
    page.click(GO_ON)
    check("plans")
    page.click("button[name=plan] >> nth=0")
    check("contact")
    page.fill("#name", "Anna Paraudziņa")
    page.fill("#email", "teacher@vizium.example")
    page.fill("#phone", "2000 0001")
    page.click(GO_ON)
    check("who pays")
    page.check("#funding-own")
    page.check("#transport-yes")
    page.click(GO_ON)
    check("check answers")
    page.click(GO_ON)
    check("held")
    assert page.locator("main form[action$='/confirmation'] button").count() == 1


def _say_who_comes(page: Page, *, by_keyboard: bool) -> None:
    if not by_keyboard:
        page.fill("#g5", "12")
        page.fill("#adults", "2")
        page.click(GO_ON)
        return
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#g5")
    page.keyboard.type("12")
    for _ in range(8):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "adults"
    page.keyboard.type("2")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _manage(page: Page, visit_url: str, check: Callable[[str], None]) -> None:
    page.goto(f"{visit_url}/change?g5=12&adults=0")
    check("numbers with errors")
    page.fill("#g5", "10")
    page.fill("#adults", "2")
    page.click(GO_ON)
    check("what changes")
    page.click(GO_ON)
    check("changed")
    page.click("main form[action$='/undo'] button")
    check("undone")
    for name in ("contact", "funding", "approval"):
        page.goto(f"{visit_url}/{name}")
        check(name)
    page.goto(f"{visit_url}/day")
    check("another day")
    page.click(GO_ON)
    check("other plans")
    page.goto(visit_url)
    page.click("main form[action$='/confirmation'] button")
    check("confirmed")
    page.goto(f"{visit_url}/cancellation")
    check("what cancelling costs")
    page.click(GO_ON)
    check("cancelled")
