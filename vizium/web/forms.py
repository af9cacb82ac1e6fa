"""Reading a form: every field gives a value or an error, and all errors come at once.

```
form = Form(fields)                       what was sent, kept to be shown again
pupils = form.whole("pupils", least=1)    a value, or a noted error and a harmless stand-in
form.check()                              raises InvalidInput with every noted error
```
Nothing here trusts its input: lengths are cut, control characters fall out, numbers have bounds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import AmountError, Cents, parse_euro
from vizium.kernel.registers import NumberError
from vizium.kernel.text import clean_text, fold, one_line

TEXT_LENGTH_MAX = 200
PROSE_LENGTH_MAX = 2000
# Nobody means another century; and the ends of the calendar are no instants in every zone.
YEARS = range(1900, 2200)
# First three folded letters of a month's name, Latvian and English.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan",
            "feb",
            "mar",
            "apr",
            "mai may",
            "jun",
            "jul",
            "aug",
            "sep",
            "okt oct",
            "nov",
            "dec",
        ),
        1,
    )
    for word in words.split()
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; its name and type are the sender's claims."""

    filename: str
    content: bytes


@dataclass(slots=True)
class Form:
    """The fields that were sent and the errors found in them."""

    fields: Mapping[str, Sequence[str]]
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def raw(self, name: str) -> str:
        """What was typed, to be shown again; empty when nothing was sent."""
        values = self.fields.get(name, ())
        return values[0][:PROSE_LENGTH_MAX] if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be sent several times; at most 100."""
        return [one_line(value[:TEXT_LENGTH_MAX]) for value in self.fields.get(name, ())[:100]]

    def fail(self, name: str, code: str, **facts: object) -> None:
        """Note an error; only the first of a field is kept."""
        if all(error.field != name for error in self.errors):
            self.errors.append(FieldError(name, code, facts))

    def check(self) -> None:
        """Raise what was noted.

        Raises:
            InvalidInput: every field's error.
        """
        if self.errors:
            raise InvalidInput(self.errors)

    def text(
        self, name: str, *, missing: str | None = "missing", length_max: int = TEXT_LENGTH_MAX
    ) -> str:
        """One line of text; `missing` is the code when it is empty, None if it may be."""
        value = one_line(self.raw(name))
        if not value and missing is not None:
            self.fail(name, missing)
        if len(value) > length_max:
            self.fail(name, "too_long", most=length_max)
        return value[:length_max]

    def prose(self, name: str, *, missing: str | None = None) -> str:
        """Several lines of text."""
        value = clean_text(self.raw(name))
        if not value and missing is not None:
            self.fail(name, missing)
        if len(self.fields.get(name, ("",))[0]) > PROSE_LENGTH_MAX:
            self.fail(name, "too_long", most=PROSE_LENGTH_MAX)
        return value

    def whole(self, name: str, *, least: int, most: int, empty: int | None = None) -> int:
        """A whole number between bounds; `empty` stands for a field that may stay empty."""
        value = re.sub(r"\s+", "", self.raw(name))
        if not value and empty is not None:
            return empty
        if not re.fullmatch(r"-?[0-9]{1,12}", value):
            self.fail(name, "not_a_number" if value else "missing")
            return least
        number = int(value)
        if not least <= number <= most:
            self.fail(name, "out_of_bounds", least=least, most=most)
        return min(max(number, least), most)

    def choice(self, name: str, options: Sequence[str], *, missing: str = "choose") -> str:
        """One of the options."""
        value = self.raw(name)
        if value not in options:
            self.fail(name, missing)
            return options[0]
        return value

    def flag(self, name: str) -> bool:
        """Whether a checkbox was ticked."""
        return self.raw(name) in {"1", "on", "yes"}

    def euro(self, name: str, *, empty: Cents | None = None) -> Cents:
        """An amount of money as people type it."""
        if empty is not None and not self.raw(name).strip():
            return empty
        try:
            return parse_euro(self.raw(name))
        except AmountError as error:
            self.fail(name, error.reason)
            return Cents(0)

    def number(self, name: str, parse: Callable[[str], T], stand_in: T) -> T:
        """A register's number (see `vizium.kernel.registers`): parsed, or its reason noted."""
        try:
            return parse(self.raw(name))
        except NumberError as error:
            self.fail(name, error.reason if self.raw(name).strip() else "missing")
            return stand_in

    def date(self, name: str, *, stand_in: date) -> date:
        """A date from three fields ``name_day``, ``name_month`` (also a word), ``name_year``."""
        day, month, year = (self.raw(f"{name}_{part}").strip() for part in ("day", "month", "year"))
        if not (day or month or year):
            self.fail(name, "missing")
            return stand_in
        try:
            typed = date(_digits(year), _month(month), _digits(day))
        except ValueError:
            self.fail(name, "not_a_date")
            return stand_in
        if typed.year not in YEARS:
            self.fail(name, "not_a_date")
            return stand_in
        return typed


def _month(text: str) -> int:
    if text[:1].isdigit():
        return _digits(text)
    word = fold(text)[:3]
    if word not in _MONTHS:
        raise ValueError(text)
    return _MONTHS[word]


def _digits(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError(text)
    return int(text)
