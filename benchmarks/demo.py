"""The demo: how long its start takes, what its processes weigh at rest, how many pages it serves.

Goals (issue 2): start under 5 s, process tree under 250 MB, list and board at least 300 requests/s
from two client threads with the web server on one core. Beside it: the same server around an
application that only says "ok", in the same run.
"""

import os
import re
import sys
import tempfile
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._load import bare_server, pin, requests_per_second
from tests.servers.centre import Centre, start_centre
from tests.servers.process import free_port, stop

_REST_S = 20


def main() -> None:
    """Start a demo twice (first over an empty folder), weigh it, load it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first_s = _start_and_stop(folder)
        started_s = time.monotonic()
        centre = start_centre(folder)
        again_s = time.monotonic() - started_s
        try:
            print(f"start to ready, empty folder        {first_s:6.1f} s")
            print(f"start to ready, loaded centre       {again_s:6.1f} s   (goal: under 5 s)")
            time.sleep(_REST_S)
            _weigh(centre)
            _load(centre)
        finally:
            stop(centre.process)


def _start_and_stop(folder: Path) -> float:
    started_s = time.monotonic()
    centre = start_centre(folder)
    taken_s = time.monotonic() - started_s
    stop(centre.process)
    return taken_s


def _weigh(centre: Centre) -> None:
    total_rss, total_pss = 0, 0
    for pid in _tree(centre.process.pid):
        rss, pss = _memory_kb(pid)
        total_rss, total_pss = total_rss + rss, total_pss + pss
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        print(f"  {rss / 1024:6.0f} MB RSS {pss / 1024:6.0f} MB PSS  {command[-50:].strip()}")
    print(f"process tree at rest                {total_rss / 1024:6.0f} MB RSS (goal: under 250)")
    print(f"  the same, shared pages once       {total_pss / 1024:6.0f} MB PSS")


def _load(centre: Centre) -> None:
    web = next(pid for pid in _tree(centre.process.pid) if _is_web(pid))
    pin(web, 0)
    os.sched_setaffinity(0, {1})
    cookie = {"cookie": f"vizium_session={_sign_in(centre)}"}
    with bare_server(free_port()) as bare:
        baseline = requests_per_second(bare)
    print(f"bare server, 'ok'                   {baseline:6.0f} requests/s (baseline)")
    for name, path, headers in (
        ("programme list, page", "/lv/programmes?grade=5", {}),
        ("board, page", "/lv/staff/board", cookie),
        ("programme list, API", "/api/v1/programmes?grade=5", _bearer(centre)),
    ):
        rate = requests_per_second(centre.url + path, headers)
        print(
            f"{name:35} {rate:6.0f} requests/s (goal: 300), {rate / baseline:.2f} of the bare one"
        )


def _bearer(centre: Centre) -> dict[str, str]:
    return {"authorization": f"Bearer {centre.tokens['technician']}"}


def _sign_in(centre: Centre) -> str:
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    link = centre.links["technician"]
    page = opener.open(link).read().decode()
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token is not None
    opener.open(link, urlencode({"_csrf_token": token[1]}).encode()).read()
    return next(str(cookie.value) for cookie in jar if cookie.name == "vizium_session")


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    threads = Path(f"/proc/{pid}/task").iterdir()
    found = {int(c) for t in threads for c in (t / "children").read_text().split()}
    return [
        pid,
        *(each for child in sorted({*map(int, children), *found}) for each in _tree(child)),
    ]


def _is_web(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().find(b"\0serve\0") > 0


def _memory_kb(pid: int) -> tuple[int, int]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    rss, pss = (re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE) for name in ("Rss", "Pss"))
    assert rss is not None
    assert pss is not None
    return int(rss[1]), int(pss[1])


if __name__ == "__main__":
    main()
