import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

import pytest

from vizium.web import live
from vizium.web.live import Fragment, Fragments, Live, encode_event, missing

FAST_S = 0.01
T = TypeVar("T")


class World:
    """What a look sees; tests change it between two looks."""

    def __init__(self) -> None:
        self.fragments: dict[str, Fragments] = {"lv": {"a": Fragment("A", "1")}}
        self.looks = 0
        self.fails = False

    def look(self) -> dict[str, Fragments]:
        self.looks += 1
        if self.fails:
            raise ConnectionError("the database is away")
        return dict(self.fragments)


def test_browser_gets_what_it_does_not_show_and_then_each_change() -> None:
    async def story(world: World, page: Live) -> list[bytes]:
        world.fragments["lv"] = {"a": Fragment("A", "1"), "b": Fragment("B", "2")}
        stream = page.listen("lv", {"a": "1"})
        first = [await anext(stream), await anext(stream)]
        world.fragments["lv"] = {"a": Fragment("A2", "3"), "b": Fragment("B", "2")}
        return [*first, await anext(stream)]

    assert _play(story) == [b"retry: 3000\n\n", b"data: b\ndata: B\n\n", b"data: a\ndata: A2\n\n"]


def test_one_look_serves_all_browsers_and_ends_with_the_last() -> None:
    async def story(world: World, page: Live) -> tuple[int, int, int]:
        streams = [page.listen("lv", {}) for _ in range(50)]
        for stream in streams:
            await _started(stream)
        world.fragments["lv"] = {"a": Fragment("A2", "2")}
        for stream in streams:
            assert await anext(stream) == b"data: a\ndata: A2\n\n"
        looks, listeners = world.looks, page.listeners
        for stream in streams:
            await stream.aclose()
        await asyncio.sleep(FAST_S * 5)
        return looks, listeners, world.looks - looks

    looks, listeners, looks_after = _play(story)

    assert listeners == 50
    assert looks < 50
    assert looks_after <= 1


def test_other_variant_hears_nothing_of_this_one() -> None:
    async def story(world: World, page: Live) -> bytes:
        world.fragments["en"] = {}
        stream = page.listen("en", {})
        await _started(stream)
        world.fragments["lv"] = {"a": Fragment("A2", "2")}
        await asyncio.sleep(FAST_S * 3)
        world.fragments["en"] = {"z": Fragment("Z")}
        return await anext(stream)

    assert _play(story) == b"data: z\ndata: Z\n\n"


def test_failed_look_lets_everybody_go_and_the_next_one_starts_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(world: World, page: Live) -> tuple[list[bytes], bytes]:
        stream = page.listen("lv", {})
        await _started(stream)
        world.fails = True
        rest = [chunk async for chunk in stream]
        world.fails = False
        again = page.listen("lv", {})
        await anext(again)
        return rest, await anext(again)

    with caplog.at_level(logging.CRITICAL, logger="vizium.web.live"):
        assert _play(story) == ([], b"data: a\ndata: A\n\n")


def test_slow_browser_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_LOOKS_QUEUED_MAX", 2)

    async def story(world: World, page: Live) -> list[bytes]:
        stream = page.listen("lv", {})
        await _started(stream)
        for number in range(10):
            world.fragments["lv"] = {"a": Fragment("A", str(number + 9))}
            await asyncio.sleep(FAST_S * 3)
        return [chunk async for chunk in stream]

    assert _play(story) == []


def test_quiet_stream_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_KEEP_ALIVE_S", 0.02)

    async def story(_world: World, page: Live) -> bytes:
        stream = page.listen("lv", {})
        await _started(stream)
        return await anext(stream)

    assert _play(story) == b": still here\n\n"


def test_stream_ends_when_the_right_must_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_LISTEN_S_MAX", 0.03)
    monkeypatch.setattr(live, "_KEEP_ALIVE_S", 0.02)

    async def story(_world: World, page: Live) -> set[bytes]:
        stream = page.listen("lv", {})
        await _started(stream)
        return {chunk async for chunk in stream}

    assert _play(story) == {b": still here\n\n"}


def test_markup_of_several_lines_stays_one_event() -> None:
    assert encode_event("t-1", Fragment("<a>\n</a>")) == b"data: t-1\ndata: <a>\ndata: </a>\n\n"


def test_fragment_without_a_mark_is_always_missing() -> None:
    shown = {"clock": Fragment("10.42"), "a": Fragment("A", "1"), "b": Fragment("B", "2")}

    assert set(missing({"a": "1", "b": "9", "clock": ""}, shown)) == {"clock", "b"}


def _play(story: Callable[[World, Live], Awaitable[T]]) -> T:
    async def played() -> T:
        world = World()
        page = Live(world.look, every_s=FAST_S)
        try:
            return await story(world, page)
        finally:
            page.close()

    return asyncio.run(played())


async def _started(stream: AsyncGenerator[bytes, None]) -> None:
    """Read the retry line and the first state."""
    await anext(stream)
    await anext(stream)
