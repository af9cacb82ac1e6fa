"""The journey of a class in a real browser: from the grade to the cent on the public page.

The teacher's side is walked on a phone, with JavaScript and without, in both languages; the people
of the centre sit at a desk. Every page is held to axe and to the budgets on the way.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Inspector, sign_in
from tests.servers.centre import Centre

pytestmark = pytest.mark.browser

# Each walk takes another school near Kuldīga: the fund gives a school two buses a year.
SCHOOLS = {
    ("lv", True): "3213900123",
    ("en", True): "9912900007",
    ("lv", False): "9912900012",
    ("en", False): "3213900123",
}
INVOICE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PUBLIC_PAGES = [
    *("/", "/programmes", "/programmes/T-07", "/visits/new?code=T-07", "/fund"),
    *("/sign-in", "/accessibility", "/privacy"),
]
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize("scripts", [True, False], ids=["js", "nojs"])
def test_journey_of_a_class(
    centre: Centre, browser_page: OpenPage, tmp_path: Path, lang: str, scripts: bool
) -> None:
    teacher = browser_page(java_script_enabled=scripts)
    look = Inspector(teacher)
    check = look.check if scripts else lambda _name: None
    before = _fund(centre)

    _find_programme(teacher, centre, lang, check)
    _choose_time(teacher, SCHOOLS[lang, scripts], check)
    _describe_class(teacher, check)
    visit_url, reference = _hold_and_confirm(teacher, check)
    _has_papers(teacher, visit_url)
    _has_mail(teacher, centre, lang, reference)
    _count_in(sign_in(browser_page, centre, "desk", lang), reference)
    claim_reference = _claim_bus(teacher, visit_url, tmp_path, check)
    claim_url = _check_claim(sign_in(browser_page, centre, "finance_a", lang), claim_reference)
    _decide_claim(sign_in(browser_page, centre, "finance_b", lang), claim_url)
    after = _fund(centre)
    teacher.goto(f"{centre.url}/{lang}/fund")
    check("fund")

    obligated = after["obligated_cents"] - before["obligated_cents"]
    assert obligated > 0
    assert before["available_cents"] - after["available_cents"] == obligated
    assert _euro(after["obligated_cents"], lang) in teacher.inner_text("main")
    if scripts:
        assert len(look.seen) >= 12


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_page_is_small_and_accessible(
    centre: Centre, browser_page: OpenPage, lang: str, path: str
) -> None:
    look = Inspector(browser_page())

    look.check_cold(f"{centre.url}/{lang}{path}")
    look.traffic.append(("document", path, 1))

    look.check(path)


def test_teacher_page_survives_400_percent_zoom(centre: Centre, browser_page: OpenPage) -> None:
    page = browser_page(viewport={"width": 320, "height": 256})

    page.goto(f"{centre.url}/lv/visits/new?code=T-07")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _find_programme(page: Page, centre: Centre, lang: str, check: Callable[[str], None]) -> None:
    page.goto(f"{centre.url}/{lang}/")
    check("home")
    page.select_option("#grade", "5")
    page.click("main button")
    check("programmes")
    page.fill("#q", "robot")
    page.click("main form button")
    page.click("main a[href*='/programmes/T-07']")
    check("programme")
    page.click("main a.button")


def _choose_time(page: Page, school: str, check: Callable[[str], None]) -> None:
    check("days")
    page.locator("main ul a[href*='/visits/new']").nth(3).click()
    check("times")
    page.locator("main ul a[href*='/visits/new']").first.click()
    check("school")
    page.fill("#q", "kuldiga")
    page.click("main button")
    check("schools found")
    page.click(f"main a[href*='school={school}']")


def _describe_class(page: Page, check: Callable[[str], None]) -> None:
    check("class")
    page.fill("[name=g5]", "7")
    page.fill("[name=adults]", "0")
    page.click("main button")
    assert page.locator(".summary").count() == 1
    check("class with errors")
    page.fill("[name=g5]", "12")
    page.fill("[name=adults]", "2")
    page.click("main button")
    check("contact")
    page.fill("#name", "Anna Paraudziņa")
    page.fill("#email", "teacher@vizium.example")
    page.fill("#phone", "2000 0001")
    page.check("#transport-yes")
    page.click("main form button")
    check("check answers")


def _hold_and_confirm(page: Page, check: Callable[[str], None]) -> tuple[str, str]:
    page.click("main form button")
    check("held")
    page.click("main form[action$='/confirmation'] button")
    check("confirmed")
    reference = page.inner_text(".done strong")
    assert re.fullmatch(r"VZ-[2-9A-HJ-NP-Z]{6}", reference)
    return page.url, reference


def _has_papers(page: Page, visit_url: str) -> None:
    sheet = page.request.get(f"{visit_url}/pass.pdf")
    calendar = page.request.get(f"{visit_url}/calendar.ics")

    assert sheet.body().startswith(b"%PDF-")
    assert "DTSTART;TZID=Europe/Riga" in calendar.text()


def _has_mail(page: Page, centre: Centre, lang: str, reference: str) -> None:
    page.goto(f"{centre.url}/{lang}/demo/mailbox?to=teacher@vizium.example")
    page.click(f"main a:has-text('{reference}') >> nth=0")
    assert reference in page.inner_text("main pre")
    assert page.locator("main a[href$='vizium.ics']").count() == 1


def _count_in(page: Page, reference: str) -> None:
    look = Inspector(page, kind="staff")
    look.traffic.append(("document", page.url, 1))
    look.check("overview")
    page.click("main a[href$='/staff/arrivals']")
    look.check("arrivals")
    page.fill("#q", reference)
    page.click("main form button")
    look.check("visit at the desk")
    page.click("main summary >> nth=0")  # it comes on another day than the visit was booked for
    page.fill("#pupils", "11")
    page.click("main form[action$='/arrival'] button")
    look.check("counted in")
    assert page.locator(".done").count() == 1


def _claim_bus(page: Page, visit_url: str, folder: Path, check: Callable[[str], None]) -> str:
    invoice = folder / "rekins.pdf"
    invoice.write_bytes(INVOICE)
    today = date.today()  # noqa: DTZ011 - the demo lives today
    page.goto(visit_url)
    check("visited")
    page.click("main a[href$='/claim']")
    check("claim")
    page.set_input_files("#file", invoice)
    answers = {
        "supplier_name": "SIA Parauga autobuss",
        "supplier": "40003000001",
        "number": f"P-{folder.name}",
        "issued_day": today.day,
        "issued_month": today.month,
        "issued_year": today.year,
        "total": "180,00",
        "iban": "LV97 HABA 0012 3456 7891 0",
    }
    for name, answer in answers.items():
        page.fill(f"#{name}", str(answer))
    page.check("#declared")
    page.click("main form button")
    check("check the claim")
    page.click("main form button")
    check("claimed")
    return page.inner_text(".done strong")


def _check_claim(page: Page, reference: str) -> str:
    look = Inspector(page, kind="staff")
    page.goto(page.url.rsplit("/", 1)[0] + "/staff/claims")
    look.check("claims")
    page.click(f"main a:has-text('{reference}')")
    look.check("claim at the desk")
    page.click("main form[action$='/check'] button")
    look.check("checked")
    return page.url


def _decide_claim(page: Page, url: str) -> None:
    look = Inspector(page, kind="staff")
    page.goto(url)
    look.check("claim to decide")
    page.click("main form[action$='/decision'] button")
    look.check("decided")


def _fund(centre: Centre) -> dict[str, int]:
    fund: dict[str, int] = centre.call("GET", "/api/v1/fund").json()
    return fund


def _euro(cents: int, lang: str) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole:,},{rest:02d}" if lang == "lv" else f"€{whole:,}.{rest:02d}"
