"""A page as a person without JavaScript reads it: heading, links, fields of its forms."""

import re
from html import unescape
from typing import Any

from tests.bookings.visits.house import House

PAGE_BYTES_MAX = 14_000
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

Fields = dict[str, list[str]]


def see(house: House, path: str, status: int = 200) -> str:
    """The page at an address."""
    return read(house.client.get(path), status)


def read(answer: Any, status: int = 200) -> str:
    """The text of an answer, which is no larger than a teacher's page may be."""
    assert answer.status_code == status, unescape(answer.text.partition("<main")[2])[:1500]
    assert len(answer.content) <= PAGE_BYTES_MAX
    return unescape(answer.text)


def heading(text: str) -> str:
    """What the page is about."""
    found = re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1]).replace("\u00a0", " ").strip()


def links(text: str) -> list[str]:
    """Where the page leads."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'<a [^>]*href="([^"]+)"', main)


def hidden(text: str, *, form: str = "") -> Fields:
    """What a form carries; `form` is something that stands in it and in no form before."""
    forms = re.findall(r"<form.*?</form>", text.partition("<main")[2], re.DOTALL)
    chosen = next(one for one in forms if form in one and "sign-out" not in one)
    fields: Fields = {}
    for name, value in _HIDDEN.findall(chosen):
        fields.setdefault(name, []).append(value)
    fields.pop("_csrf_token", None)
    return fields


def values(text: str, name: str) -> list[str]:
    """The values of a page's buttons, ticks and inputs of a name."""
    tags = re.findall(r"<(?:button|input)[^>]*>", text)
    return [
        value[1]
        for tag in tags
        if f' name="{name}"' in tag
        and "hidden" not in tag
        and (value := re.search(r' value="([^"]*)"', tag))
    ]


def problems(text: str) -> list[str]:
    """The fields that the page says are wrong."""
    return re.findall(r'<li><a href="#([\w-]+)">', text.partition("</ul>")[0] + "</ul>")
