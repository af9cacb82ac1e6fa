"""Live pages: one look a second for everybody, however many browsers watch.

```
look (in a thread, once a second, while anybody listens)
  -> fragments of each variant of the page (its language), keyed by element id
  -> what differs from the look before -> every listener's bounded queue -> SSE
```
A browser that connects says the marks of the fragments that it shows, so it gets exactly what
changed since its page was made. A listener that is too slow, or that has listened long enough, is
let go; its browser says so and comes back. When a look fails everybody is let go: a page that
says it has no connection is better than one that stays green.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field

from litestar.datastructures import State


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one element shows."""

    markup: str
    mark: str = ""
    """By which a browser says that it shows this already; empty: sent at every start."""


Fragments = Mapping[str, Fragment]
"""Keyed by the id of the element."""
Look = Callable[[], Mapping[str, Fragments]]
"""Looks at the world; fragments keyed by variant. Runs in a thread, one at a time."""

_EVERY_S = 1.0
_KEEP_ALIVE_S = 15.0
# A phone that sleeps for a minute misses no more than this many looks with changes.
_LOOKS_QUEUED_MAX = 60
# A stream is opened by a person's right to see it; that is asked again after so long.
_LISTEN_S_MAX = 15 * 60
_log = logging.getLogger(__name__)


def encode_event(name: str, fragment: Fragment) -> bytes:
    """One server-sent event: the element's id in the first line, its markup in the others."""
    lines = [name, *fragment.markup.splitlines()]
    return ("".join(f"data: {line}\n" for line in lines) + "\n").encode()


def changed(before: Fragments, after: Fragments) -> Fragments:
    """The fragments that are new or not as they were."""
    return {name: part for name, part in after.items() if before.get(name) != part}


def missing(marks: Mapping[str, str], shown: Fragments) -> Fragments:
    """The fragments that a browser with these marks, keyed by element id, does not show."""
    return {
        name: part for name, part in shown.items() if not part.mark or marks.get(name) != part.mark
    }


@dataclass(eq=False, slots=True)
class _Listener:
    variant: str
    queue: asyncio.Queue[Fragments | None] = field(
        default_factory=lambda: asyncio.Queue(_LOOKS_QUEUED_MAX)
    )


class Live:
    """One live page; lives in one process, on its event loop."""

    def __init__(self, look: Look, *, every_s: float = _EVERY_S) -> None:
        self._look = look
        self._every_s = every_s
        self._shown: Mapping[str, Fragments] = {}
        self._listeners: set[_Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    @property
    def listeners(self) -> int:
        """How many browsers listen."""
        return len(self._listeners)

    async def listen(self, variant: str, marks: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
        """Server-sent events for one browser, until it leaves or is let go.

        Args:
            variant: which page it shows, a key of what `look` gives.
            marks: of the fragments that it shows, keyed by element id; others are sent at once.
        """
        listener = _Listener(variant)
        self._listeners.add(listener)
        try:
            async with self._starting:
                await self._start()
            first = self._shown.get(variant, {})
            # Where the browser waits before it comes back by itself.
            yield b"retry: 3000\n\n"
            yield _encode(missing(marks, first))
            async for chunk in self._follow(listener):
                yield chunk
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self.close()

    def close(self) -> None:
        """Let everybody go and stop looking."""
        self._let_go()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _start(self) -> None:
        if self._task is None:
            self._shown = await asyncio.to_thread(self._look)
            self._task = asyncio.create_task(self._run())

    async def _follow(self, listener: _Listener) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _LISTEN_S_MAX
        while loop.time() < ends_at:
            try:
                news = await asyncio.wait_for(listener.queue.get(), _KEEP_ALIVE_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if news is None:
                return
            yield _encode(news)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                shown = await asyncio.to_thread(self._look)
            except Exception:  # noqa: BLE001 - whatever failed, nobody may stay green
                _log.exception("live: a look failed; letting %d listeners go", self.listeners)
                self._let_go()
                self._task = None
                return
            self._tell(shown)

    def _tell(self, shown: Mapping[str, Fragments]) -> None:
        news = {
            variant: changed(self._shown.get(variant, {}), fragments)
            for variant, fragments in shown.items()
        }
        self._shown = shown
        for listener in list(self._listeners):
            if news.get(listener.variant):
                self._put(listener, news[listener.variant])

    def _put(self, listener: _Listener, news: Fragments) -> None:
        try:
            listener.queue.put_nowait(news)
        except asyncio.QueueFull:
            self._listeners.discard(listener)
            _empty(listener.queue)
            listener.queue.put_nowait(None)

    def _let_go(self) -> None:
        for listener in self._listeners:
            _empty(listener.queue)
            listener.queue.put_nowait(None)
        self._listeners.clear()


def live_page(state: State, name: str, look: Callable[[], Look]) -> Live:
    """The live page of a name in this process, made at its first listener.

    Args:
        state: the application's.
        look: makes the look, once.
    """
    pages: dict[str, Live] = state.setdefault("live_pages", {})
    if name not in pages:
        pages[name] = Live(look())
    return pages[name]


def close_live_pages(state: State) -> None:
    """Let every browser go, on the event loop: a server that stops waits for open streams."""
    for page in state.get("live_pages", {}).values():
        page.close()


def _encode(fragments: Fragments) -> bytes:
    return b"".join(encode_event(name, part) for name, part in fragments.items())


def _empty(queue: asyncio.Queue[Fragments | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
