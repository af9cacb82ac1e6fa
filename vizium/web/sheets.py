"""Lists to take home: one description of the columns, written as XLSX or as CSV.

XLSX comes first: it carries dates and sums as such. The CSV is the one that a Latvian Excel opens
with a double click: semicolons, decimal commas, a byte order mark. Text stays text in both: a cell
that begins like a formula is never one.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from vizium.kernel.clock import to_riga

# What spreadsheets take for the beginning of a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_WIDTH_MOST = 60
# Excel refuses more in a sheet's name, and these signs.
_NAME_LENGTH_MAX = 31
_NAME_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class Kind(StrEnum):
    """What a column holds; None stands for an empty cell in each."""

    TEXT = "text"
    WHOLE = "whole"
    EURO = "euro"
    SHARE = "share"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title in the reader's language and what it holds.

    EURO holds cents, SHARE basis points, INSTANT an aware instant that is shown as wall time.
    """

    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named list; each row has a value for each column."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with a header that stays in sight and can be filtered."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 12 MB, see docs/decisions/0017

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    formats = {kind: book.add_format(_LOOKS[kind]) for kind in Kind}
    header = book.add_format({"bold": True, "bottom": 1})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name.translate(_NAME_SIGNS)[:_NAME_LENGTH_MAX])
        page.freeze_panes(1, 0)
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, column.title, header)
        number = 0
        widths = [len(column.title) for column in sheet.columns]
        for number, row in enumerate(sheet.rows, start=1):
            for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                if value is None:
                    continue
                cell = _EXCEL[column.kind](value)
                _write(page, (number, at), cell, formats[column.kind])
                widths[at] = max(widths[at], min(_WIDTH_MOST, len(str(cell))))
        for at, width in enumerate(widths):
            page.set_column(at, at, width + 2)
        page.autofilter(0, 0, number, len(sheet.columns) - 1)
    book.close()
    return file.getvalue()


def to_csv(sheet: Sheet) -> bytes:
    """The list as a Latvian Excel reads it."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.title for column in sheet.columns)
    for row in sheet.rows:
        pairs = zip(sheet.columns, row, strict=True)
        writer.writerow(
            "" if value is None else _TEXTS[column.kind](value) for column, value in pairs
        )
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _write(page: Any, at: tuple[int, int], cell: object, look: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if isinstance(cell, str):
        page.write_string(*at, cell, look)
    elif isinstance(cell, date):
        page.write_datetime(*at, cell, look)
    else:
        page.write_number(*at, cell, look)


def _harmless(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _with_comma(hundredths: Any) -> str:  # noqa: ANN401 - an int
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100},{abs(hundredths) % 100:02d}"


def _wall(value: Any) -> datetime:  # noqa: ANN401 - an aware instant
    return to_riga(value).replace(tzinfo=None, second=0, microsecond=0)


_LOOKS: dict[Kind, dict[str, str]] = {
    Kind.TEXT: {},
    Kind.WHOLE: {"num_format": "0"},
    Kind.EURO: {"num_format": "#,##0.00"},
    Kind.SHARE: {"num_format": "0.0%"},
    Kind.DAY: {"num_format": "dd.mm.yyyy"},
    Kind.INSTANT: {"num_format": "dd.mm.yyyy hh:mm"},
}
_EXCEL: dict[Kind, Callable[[Any], object]] = {
    Kind.TEXT: str,
    Kind.WHOLE: int,
    Kind.EURO: lambda cents: cents / 100,
    Kind.SHARE: lambda basis_points: basis_points / 10_000,
    Kind.DAY: lambda day: day,
    Kind.INSTANT: _wall,
}
_TEXTS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _harmless,
    Kind.WHOLE: str,
    Kind.EURO: _with_comma,
    Kind.SHARE: lambda basis_points: f"{_with_comma(basis_points)}%",
    Kind.DAY: lambda day: f"{day:%d.%m.%Y}",
    Kind.INSTANT: lambda instant: f"{_wall(instant):%d.%m.%Y %H:%M}",
}
