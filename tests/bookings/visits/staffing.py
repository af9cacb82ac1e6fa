"""The staff's pages as a browser without a script reads them: answers, forms, buttons."""

import re
from html import unescape
from typing import Any

from tests.bookings.visits.house import House
from vizium.auth.rules import Role


def see(house: House, path: str, status: int = 200) -> str:
    """A page's text with its marks."""
    answer = house.client.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def text_of(html: str) -> str:
    """What a page says, without marks."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(main)))


def fields_of(html: str, nth: int = 0) -> dict[str, Any]:
    """What the nth form of a page would send if nothing were typed; several values as a list."""
    form = re.findall(r'<form method="post".*?</form>', html.partition("<main")[2], re.DOTALL)[nth]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        is_unticked = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not is_unticked or " checked" in tag):
            fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_of, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        found = chosen or first
        fields[name_of] = [unescape(found[1]) if found else ""]
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def refused_to(house: House, path: str, *roles: Role) -> list[Role]:
    """Those of these roles to whom a page does not open."""
    refused = []
    for role in roles:
        house.sign_in(role, school="3213900123" if role in {Role.TEACHER, Role.OFFICE} else None)
        if house.client.get(path).status_code == 403:
            refused.append(role)
    return refused
