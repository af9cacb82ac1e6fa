"""Jinja environments, one a language, and the filters that write values as each language does."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vizium.kernel.clock import to_riga
from vizium.kernel.money import Cents, format_euro
from vizium.kernel.registers import Iban, Phone, format_iban, format_phone
from vizium.web.i18n import translator

_ROOT = Path(__file__).parent.parent.parent
FOLDERS = (
    Path(__file__).parent / "templates",
    _ROOT / "bookings" / "templates",
    _ROOT / "exhibits" / "templates",
)


_LAST_QUARTER = time(23, 45)


class _Titled(Protocol):
    @property
    def code(self) -> str: ...
    def title(self, lang: str, /) -> str: ...


@cache
def environment(lang: str) -> Environment:
    """The templates with the words and formats of one language."""
    words = translator(lang)
    made = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        words.catalogue.gettext, words.catalogue.ngettext, newstyle=True
    )
    made.globals["lang"] = lang
    made.globals["code"] = words.code
    made.globals["problem"] = words.problem
    made.filters |= {
        "euro": lambda cents: euro(lang, cents),
        "day": lambda value: long_day(lang, value),
        "date": short_date,
        "time": lambda instant: wall_time(lang, instant),
        "instant": lambda instant: f"{short_date(instant)} {wall_time(lang, instant)}",
        "period": lambda window: period(lang, *window),
        "words": _pairs,
        "coded": lambda codes, group: [(one, words.code(group, one)) for one in codes],
        "iso": lambda instant: instant.isoformat(),
        "km": kilometres,
        "percent": lambda basis_points: percent(lang, basis_points),
        "iban": lambda iban: format_iban(Iban(iban)),
        "phone": lambda phone: format_phone(Phone(phone)),
        "of": of_language(lang),
    }
    return made


def render(lang: str, template: str, values: Mapping[str, object]) -> str:
    """One template with its values, as text."""
    return environment(lang).get_template(template).render(values)


def of_language(lang: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a filter over any row
    """A filter that takes the text of this language from a row: ``row|of("title")``."""

    def text_of(row: object, name: str) -> object:
        return getattr(row, f"{name}_{lang}")

    return text_of


def euro(lang: str, cents: int) -> str:
    """``1 234,50 €`` in Latvian, ``€1,234.50`` in English."""
    if lang == "lv":
        return format_euro(Cents(cents))
    sign = "-" if cents < 0 else ""
    return f"{sign}€{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def percent(lang: str, basis_points: int) -> str:
    """``75 %`` or ``12,5 %`` in Latvian, ``12.5 %`` in English: never rounded."""
    whole, rest = divmod(basis_points, 100)
    decimals = f"{rest:02d}".rstrip("0")
    mark = "," if lang == "lv" else "."
    return f"{whole}{mark + decimals if decimals else ''}\u00a0%"


def long_day(lang: str, value: date | datetime) -> str:
    """``otrdien, 2027. gada 30. martā`` or ``Tuesday 30 March 2027``: when something happens."""
    day = to_riga(value).date() if isinstance(value, datetime) else value
    if lang == "lv":
        weekday = _WEEKDAY_WHEN_LV[day.weekday()]
        return f"{weekday}, {day.year}. gada {day.day}. {_MONTH_WHEN_LV[day.month - 1]}"
    return format_date(day, "EEEE d MMMM y", locale="en_GB")


def short_date(value: date | datetime) -> str:
    """``30.03.2027``, the same in both languages: it stands in tables."""
    day = to_riga(value).date() if isinstance(value, datetime) else value
    return f"{day:%d.%m.%Y}"


def wall_time(lang: str, instant: datetime) -> str:
    """``10.00`` in Latvian, ``10:00`` in English, on a clock in Riga."""
    return f"{to_riga(instant):%H.%M}" if lang == "lv" else f"{to_riga(instant):%H:%M}"


def period(lang: str, start: datetime, end: datetime) -> str:
    """When something is: whole days as days, one day named once, else both ends in full.

    A day is whole from midnight to the next one, or to its last quarter of an hour.
    """
    first, last = to_riga(start), to_riga(end)
    ends = last if last.time() > time() else last - timedelta(minutes=1)
    days = short_date(start)
    if ends.date() != first.date():
        days += f"–{short_date(ends)}"
    if first.time() == time() and ends.time() >= _LAST_QUARTER:
        return f"{days}, {translator(lang).t('all day')}"
    if ends.date() == first.date():
        return f"{days} {wall_time(lang, start)}–{wall_time(lang, end)}"
    return (
        f"{short_date(start)} {wall_time(lang, start)} – {short_date(end)} {wall_time(lang, end)}"
    )


def _pairs(rows: Iterable[_Titled], lang: str) -> list[tuple[str, str]]:
    """Code and title of rows, as a list to choose from takes them."""
    return [(row.code, row.title(lang)) for row in rows]


def kilometres(distance_m: int) -> str:
    """Whole kilometres of a distance in metres."""
    return f"{round(distance_m / 1000)}\u00a0km"


_WEEKDAY_WHEN_LV = (
    "pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien",
)  # fmt: skip
_MONTH_WHEN_LV = (
    "janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā",
    "jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī",
)  # fmt: skip
