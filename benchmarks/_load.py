"""A small load: two threads with kept-open connections, counted in requests a second."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

THREADS = 2
SECONDS = 6.0


def requests_per_second(url: str, headers: Mapping[str, str] | None = None) -> float:
    """GET one address from two threads for some seconds; every answer must be 200."""
    counts = [0] * THREADS
    until_s = time.monotonic() + SECONDS

    def ask(number: int) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        while time.monotonic() < until_s:
            connection.request("GET", target, headers=dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(THREADS)]
    started_s = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started_s)


def pin(pid: int, core: int) -> None:
    """Keep a process and its threads on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {core})


@contextmanager
def bare_server(port: int) -> Iterator[str]:
    """The baseline: the same server around an application that only answers 'ok'."""
    code = (
        "import asyncio\n"
        "from granian.constants import Interfaces\n"
        "from granian.server.embed import Server\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] != 'http': return\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b'ok'})\n"
        f"server = Server(app, port={port}, interface=Interfaces.ASGI, log_enabled=False)\n"
        "asyncio.run(server.serve())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        _wait_for(port)
        pin(process.pid, 0)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the bare server did not start")
