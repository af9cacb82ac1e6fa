"""One running sample centre for all browser tests, and the checks that every page has to pass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.servers.centre import Centre, running_centre
from tests.servers.chromium import DESKTOP

# Budgets of a page with a cold cache, compressed, in bytes (design: ux, "Budgets").
TEACHER_HTML_MAX, TEACHER_PAGE_MAX, TEACHER_REQUESTS_MAX = 14_000, 20_000, 3
STAFF_HTML_MAX, STAFF_PAGE_MAX, STAFF_REQUESTS_MAX = 14_000, 50_000, 6
SCRIPT_MAX = {"teacher": 3_000, "staff": 25_000}
_AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


@dataclass
class Inspector:
    """Looks at a page as a visitor's browser gets it: bytes, requests, accessibility."""

    page: Page
    kind: str = "teacher"
    seen: list[str] = field(default_factory=list)
    traffic: list[tuple[str, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.url.startswith("data:") or "/stream" in response.url:
            return
        length = int(response.headers.get("content-length", "0"))
        self.traffic.append((response.request.resource_type, response.url, length))

    def check(self, name: str) -> None:
        """Hold the page that is open now to the budgets and to axe."""
        documents = [size for kind, _, size in self.traffic if kind == "document" and size]
        scripts = sum(size for kind, _, size in self.traffic if kind == "script")
        html_max = TEACHER_HTML_MAX if self.kind == "teacher" else STAFF_HTML_MAX
        assert documents[-1] <= html_max, (name, documents)
        assert scripts <= SCRIPT_MAX[self.kind], (name, scripts)
        assert violations(self.page) == [], name
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        self.seen.append(name)
        self.traffic.clear()

    def check_cold(self, url: str) -> None:
        """Open an address with nothing cached and count everything that it costs."""
        self.traffic.clear()
        self.page.goto(url)
        self.page.wait_for_load_state()
        page_max, requests_max = (
            (TEACHER_PAGE_MAX, TEACHER_REQUESTS_MAX)
            if self.kind == "teacher"
            else (STAFF_PAGE_MAX, STAFF_REQUESTS_MAX)
        )
        foreign = [url for _, url, _ in self.traffic if not url.startswith(self.page.url[:17])]
        assert foreign == []
        assert len(self.traffic) <= requests_max, self.traffic
        assert sum(size for _, _, size in self.traffic) <= page_max, self.traffic


def violations(page: Page) -> list[str]:
    """What axe finds on the page: rule and the first places."""
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": _AXE_RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes'][:3]]}" for v in found]


def sign_in(open_page: Callable[..., Page], centre: Centre, role: str, lang: str) -> Page:
    """Signs in as a newcomer does: the form, the mailbox of the demo, the link, the button."""
    page = open_page(viewport=DESKTOP)
    page.goto(f"{centre.url}/{lang}/sign-in")
    page.fill("#email", f"{role}@vizium.example")
    page.click("main form button")
    page.goto(f"{centre.url}/{lang}/demo/mailbox?to={role}@vizium.example")
    page.click("main ul a >> nth=0")
    page.click("main pre a")
    page.click("main form button")
    return page
