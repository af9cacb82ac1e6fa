"""What differs between two versions of a row; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from bookings.programmes.rules.activity import MaterialRow


@dataclass(frozen=True, slots=True)
class Change:
    """One field with its lines before and after; a list has a line for each item."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(before: Any, after: Any, *, leave_out: Iterable[str] = ()) -> tuple[Change, ...]:  # noqa: ANN401 - two rows of one frozen dataclass
    """The fields in which two rows of one kind differ, in their order."""
    assert type(before) is type(after)
    hidden = set(leave_out)
    names = [each.name for each in fields(before) if each.name not in hidden]
    return tuple(
        Change(name, _lines(getattr(before, name)), _lines(getattr(after, name)))
        for name in names
        if getattr(before, name) != getattr(after, name)
    )


def _lines(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(line for item in value for line in _lines(item))
    if isinstance(value, MaterialRow):
        texts = (value.stage.value, value.title_lv, value.title_en, value.link)
        return (" · ".join(text for text in texts if text), value.text_lv, value.text_en)
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (str(value),) if value not in ("", None) else ()
