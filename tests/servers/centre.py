"""A whole running centre: `vizium demo` as a newcomer starts it, on free ports."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.process import free_port, spawn, stop

_READY_S_MAX = 120
_ANSWER_S_MAX = 30
_BOUNDARY = "vizium-test-boundary"
_FILE_HEAD = (
    f"--{_BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="invoice.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n"
).encode()


@dataclass(slots=True)
class Answer:
    """What the API answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Centre:
    """A demo that serves, with the links and tokens that it printed."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str
    mqtt_url: str
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str | None = None,
        key: str | None = None,
        lang: str = "en",
    ) -> Answer:
        """One call of the API (or of a page), as a role, with an Idempotency-Key where given.

        A body of bytes is sent as a file: multipart, field `file`, named `invoice.pdf`.
        """
        headers = {"accept-language": lang}
        if role is not None:
            headers["authorization"] = f"Bearer {self.tokens[role]}"
        if key is not None:
            headers["idempotency-key"] = key
        content = None
        if isinstance(body, bytes):
            headers["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
            content = _FILE_HEAD + body + f"\r\n--{_BOUNDARY}--\r\n".encode()
        elif body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_S_MAX) as answer:
                return Answer(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), dict(error.headers))

    def output(self) -> str:
        """Everything that the demo has printed."""
        return self.log.read_text(errors="replace")


@contextmanager
def running_centre(folder: Path, **environment: str) -> Iterator[Centre]:
    """Start a demo in `folder`, wait for `ready`, end it."""
    centre = start_centre(folder, **environment)
    try:
        yield centre
    finally:
        stop(centre.process)


def start_centre(folder: Path, **environment: str) -> Centre:
    """Start a demo and wait until it serves; whoever starts it stops it."""
    port, mqtt_port = free_port(), free_port()
    log = folder / "demo.log"
    log.unlink(missing_ok=True)
    clean = {name: text for name, text in os.environ.items() if not name.startswith("VIZIUM_")}
    settings = {
        "VIZIUM_DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "MQTT_PORT": str(mqtt_port),
        **environment,
    }
    with _environment({**clean, **settings}):
        process = spawn([sys.executable, "-m", "vizium.cli", "demo"], account=None, log=log)
    centre = Centre(
        process, log, f"http://127.0.0.1:{port}", f"mqtt://127.0.0.1:{mqtt_port}", folder
    )
    _wait_ready(centre)
    words = (line.split() for line in centre.output().splitlines())
    for word, *rest in (line for line in words if len(line) == 3):
        {"token": centre.tokens, "sign-in": centre.links}.get(word, {})[rest[0]] = rest[1]
    return centre


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wait_ready(centre: Centre) -> None:
    deadline_s = time.monotonic() + _READY_S_MAX
    waiting = threading.Event()
    while not re.search(r"^ready ", centre.output(), re.MULTILINE):
        if centre.process.poll() is not None or time.monotonic() > deadline_s:
            stop(centre.process)
            raise AssertionError(f"the demo did not become ready:\n{centre.output()[-4000:]}")
        waiting.wait(0.1)
