"""Makes the pictures of the README from a running demo, so that none shows what is not there.

    .venv/bin/python docs/pictures.py

Starts `vizium demo` on free ports over a fresh folder, books a visit through the API, drives the
system's Chromium, and writes `docs/pictures/*.png`: few colours, each under 60 kB.
"""

import io
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

_ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(_ROOT))

from tests.servers.centre import Centre, running_centre  # noqa: E402 - the path is set above
from tests.servers.chromium import DESKTOP, PHONE, launch  # noqa: E402

PICTURES = _ROOT / "docs" / "pictures"
_BYTES_MAX = 60_000
_COLOURS = (64, 32, 16)
# What the class books: for grade 5 and everywhere in the sample's week.
_CODE, _GRADE, _PUPILS, _ADULTS = "T-07", 5, 24, 3
_SCHOOL = "3213900123"
_FAILING, _SILENT = ("ex-041", "ex-017"), "ex-060"
_BOARD_MS_MAX = 90_000
# Tall enough for the whole floor plan.
_BOARD = ViewportSize(width=1280, height=1230)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that the demo confirmed for us; `start` is an instant as the API writes it."""

    reference: str
    manage: str
    start: str


def main() -> None:
    """Take all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_centre(Path(folder)) as centre,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        visit = _confirmed_visit(centre)
        _picture_teacher(browser, centre, visit)
        _picture_claim(browser, centre, visit)
        _picture_board(browser, centre)
        browser.close()


def _picture_teacher(browser: Browser, centre: Centre, visit: Visit) -> None:
    paths = {
        "home-lv": "/lv/",
        "programmes-lv": f"/lv/programmes?grade={_GRADE}",
        "programmes-en": f"/en/programmes?grade={_GRADE}",
        "visit-day-lv": f"/lv/visits/new?code={_CODE}",
        "confirmation-lv": visit.manage.removeprefix(centre.url),
    }
    with _page(browser, PHONE) as page:
        for name, path in paths.items():
            page.goto(centre.url + path)
            if name == "programmes-en":
                # In English what was found, in Latvian the questions above it.
                page.locator("h2").first.evaluate("heading => heading.scrollIntoView()")
            _take(page, name)
    with _page(browser, DESKTOP) as page:
        page.goto(f"{centre.url}/en/fund")
        _take(page, "fund-en")


def _picture_claim(browser: Browser, centre: Centre, visit: Visit) -> None:
    claim = _filed_claim(centre, visit)
    with _page(browser, DESKTOP) as page:
        _sign_in(page, centre, "finance_a")
        page.goto(f"{centre.url}/lv/staff/claims/{claim}")
        _take(page, "claim-lv")


def _picture_board(browser: Browser, centre: Centre) -> None:
    with _page(browser, _BOARD) as page:
        _sign_in(page, centre, "technician")
        for exhibit in _FAILING:
            _simulate(centre, "--fail", exhibit)
        _simulate(centre, "--silence", _SILENT)
        page.goto(f"{centre.url}/lv/staff/board")
        # The failing ones are told at once, the silent one after its grace, in the open page.
        problems = page.locator("#problems li")
        expect(problems).to_have_count(len(_FAILING) + 1, timeout=_BOARD_MS_MAX)
        _take(page, "board-lv")


def _confirmed_visit(centre: Centre) -> Visit:
    sessions = _call(centre, "GET", f"/api/v1/sessions?code={_CODE}")["items"]
    session = next(one for one in sessions if one["capacity"] - one["used"] >= _PUPILS)
    body = {
        "stops": [{"session": session["id"]}],
        "groups": [{"grade": _GRADE, "pupils": _PUPILS}],
        "adults": _ADULTS,
        "school": _SCHOOL,
        "contact": {
            "name": "Inese Paraugkalna",
            "email": "teacher@vizium.example",
            "phone": "20000001",
        },
        "transport": True,
    }
    held = _call(centre, "POST", "/api/v1/visits", body)
    _call(centre, "POST", f"/api/v1/visits/{held['reference']}/confirmation", {})
    return Visit(held["reference"], held["links"]["manage"], session["start"])


def _filed_claim(centre: Centre, visit: Visit) -> str:
    """Count the class in, send its invoice; the claim's id."""
    arrival = {"pupils": _PUPILS - 2, "adults": _ADULTS, "at": visit.start, "nonce": _new_key()}
    _call(centre, "POST", f"/api/v1/visits/{visit.reference}/arrival", arrival, role="desk")
    body = {
        "visit": visit.reference,
        "invoice": {
            "supplier_reg_no": "40003000001",
            "number": "PA-2026/118",
            "date": datetime.now(UTC).date().isoformat(),
            "total_cents": 42_750,
        },
        "km": 140,
        "iban": "LV97HABA0012345678910",
        "cofunding_cents": 0,
    }
    claim: str = _call(centre, "POST", "/api/v1/claims", body)["id"]
    _send_evidence(centre, claim)
    return claim


def _send_evidence(centre: Centre, claim: str) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(photo, "JPEG")
    parts = (
        b'--part\r\nContent-Disposition: form-data; name="file"; filename="rekins.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + photo.getvalue() + b"\r\n--part--\r\n"
    )
    headers = {
        "authorization": f"Bearer {centre.tokens['teacher']}",
        "content-type": "multipart/form-data; boundary=part",
        "idempotency-key": _new_key(),
    }
    address = f"{centre.url}/api/v1/claims/{claim}/evidence"
    urllib.request.urlopen(urllib.request.Request(address, parts, headers)).close()


def _new_key() -> str:
    return uuid.uuid4().hex


def _call(
    centre: Centre, method: str, path: str, body: object = None, *, role: str = "teacher"
) -> Any:  # noqa: ANN401 - JSON
    key = _new_key() if method == "POST" else None
    answer = centre.call(method, path, body, role=role, key=key, lang="lv")
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {answer.body.decode()}")
    return answer.json()


def _simulate(centre: Centre, order: str, exhibit: str) -> None:
    command = [sys.executable, "-m", "vizium.cli", "simulate", "--url", centre.mqtt_url]
    subprocess.run([*command, order, exhibit], check=True, stdout=subprocess.DEVNULL)


def _sign_in(page: Page, centre: Centre, role: str) -> None:
    page.goto(centre.links[role])
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/staff**")


@contextmanager
def _page(browser: Browser, size: ViewportSize) -> Iterator[Page]:
    context = browser.new_context(viewport=size)
    yield context.new_page()
    context.close()


def _take(page: Page, name: str) -> None:
    """Keep what the window shows, with as many colours as fit."""
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in _COLOURS:
        file = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() < _BYTES_MAX:
            break
    else:
        raise SystemExit(f"{name}.png has {file.tell()} bytes and may have {_BYTES_MAX}")
    (PICTURES / f"{name}.png").write_bytes(file.getvalue())
    print(f"docs/pictures/{name}.png  {file.tell()} bytes, {colours} colours")


if __name__ == "__main__":
    main()
