"""A small load: two threads with kept-open connections, counted in requests a second.

`Line` is for many clients in one process: it writes bytes that are made already and reads no more
of an answer than its status and its body, so that the clients leave the cores to what is measured.
"""

import asyncio
import http.client
import os
import re
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
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Line(asyncio.Protocol):
    """A kept-open connection to a server; one request at a time."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""

    @classmethod
    async def open(cls, port: int) -> "Line":
        """A connection to a port of this machine."""
        _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return line

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the answer's status and body."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Give the answer to who asked, once it is whole."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        said = _LENGTH.search(head)
        if not end or (said and len(body) < int(said[1])):
            return
        self._received = b""
        assert self._answered is not None
        self._answered.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Who still waits for an answer hears that there is none."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("closed by the server"))

    def close(self) -> None:
        """End the connection."""
        self._transport.close()


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
