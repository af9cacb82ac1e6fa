"""Reads the institution register as people export it; every bad row is named, none stops the rest.

The separator is told from the header line. Between `|` and tabs the register quotes nothing, so a
lone quotation mark in a name means itself; between commas and semicolons cells follow RFC 4180.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, TypeVar

from bookings.schools.rules import RegisterRow, RowProblem, kind_of
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.registers import NumberError, parse_email, parse_phone, parse_registration_number
from vizium.kernel.text import fold, one_line
from vizium.web.forms import Form

# The whole register of Latvia has about 2,000 rows and 1 MB.
FILE_BYTES_MAX = 20_000_000
ROWS_MAX = 20_000
CELL_LENGTH_MAX = 500
# A quotation mark that is never closed would swallow the rest of the file.
LINES_IN_A_ROW_MAX = 10

# Keyed by our field; the folded headings under which registers write it.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "register_no": ("registracijas numurs", "reg_no", "register_no"),
    "name": ("nosaukums", "name"),
    "address": ("adrese", "address"),
    "kind": ("veids", "kind_lv"),
    "type": ("tips", "type_lv"),
    "closed": ("likvideta",),
    "phone": ("talrunis", "phone"),
    "email": ("e-pasts", "epasts", "email"),
}
_NEEDED = ("register_no", "name", "address")
_NO = frozenset({"", "ne", "0", "false", "no", "n"})

T = TypeVar("T")


def read_register(file: BinaryIO) -> Iterator[RegisterRow | RowProblem]:
    """Read a register row by row.

    Args:
        file: seekable bytes: UTF-8 with or without BOM, a header row, separated by ``|``, ``;``,
            comma or tab.

    Raises:
        InvalidInput: the file as a whole cannot be read: too large, another encoding, no such
            columns, a quotation mark that is never closed. Nothing of it may be stored then.
    """
    if file.seek(0, io.SEEK_END) > FILE_BYTES_MAX:
        raise _refusal("register_too_large", most_mb=FILE_BYTES_MAX // 1_000_000)
    file.seek(0)
    try:
        yield from _read_rows(codecs.iterdecode(file, "utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refusal("file_encoding") from error
    except csv.Error as error:
        raise _refusal("file_not_a_table") from error


def parse_cursor(form: Form) -> int:
    """Where a list of schools goes on: how many came before.

    Raises:
        InvalidInput: that is no cursor of ours, or another field was wrong.
    """
    before = form.whole("cursor", least=0, most=100_000, empty=0)
    form.check()
    return before


def _read_rows(lines: Iterator[str]) -> Iterator[RegisterRow | RowProblem]:
    header = next(lines, "")
    separator = max("|;,\t", key=header.count)
    records = csv.reader(
        lines,
        delimiter=separator,
        quoting=csv.QUOTE_NONE if separator in "|\t" else csv.QUOTE_MINIMAL,
    )
    columns = _columns(next(csv.reader([header], delimiter=separator), []))
    first, count = 2, 0
    for cells in records:
        last = records.line_num + 1
        if last - first >= LINES_IN_A_ROW_MAX:
            raise _refusal("quote_never_closed", row=first)
        if any(cells):
            count += 1
            if count > ROWS_MAX:
                raise _refusal("too_many_rows", rows_max=ROWS_MAX)
            yield _read_row(first, cells, columns)
        first = last + 1


def _columns(headings: Sequence[str]) -> dict[str, int]:
    """The position of each of our fields; -1, keyed by the empty text, is the number of columns."""
    found = {fold(heading).strip('" '): position for position, heading in enumerate(headings)}
    columns = {
        name: found[heading]
        for name, written in _HEADINGS.items()
        for heading in written
        if heading in found
    }
    missing = [_HEADINGS[name][0] for name in _NEEDED if name not in columns]
    if missing:
        raise _refusal("columns_missing", columns=", ".join(missing))
    return columns | {"": len(headings)}


def _read_row(row: int, cells: Sequence[str], columns: dict[str, int]) -> RegisterRow | RowProblem:
    if len(cells) != columns[""]:
        return RowProblem(row, "cells_count", {"found": len(cells), "expected": columns[""]})
    if max(map(len, cells)) > CELL_LENGTH_MAX:
        return RowProblem(row, "cell_too_long", {"length_max": CELL_LENGTH_MAX})

    def cell(name: str) -> str:
        return _unquoted(one_line(cells[columns[name]])) if name in columns else ""

    try:
        register_no = parse_registration_number(cell("register_no"))
    except NumberError as error:
        return RowProblem(row, error.reason, {"found": cell("register_no")})
    if not cell("name"):
        return RowProblem(row, "name_missing", {"register_no": register_no})
    return RegisterRow(
        row=row,
        register_no=register_no,
        name=cell("name"),
        kind=kind_of(f"{cell('type')} {cell('kind')}"),
        address=cell("address"),
        email=_first(parse_email, cell("email")),
        phone=_first(parse_phone, cell("phone")),
        active=fold(cell("closed")) in _NO,
    )


def _first(parse: Callable[[str], T], text: str) -> T | None:
    """The first of several addresses or numbers that can be read; the register is not strict."""
    for part in re.split(r"[;,]", text):
        try:
            return parse(part)
        except NumberError:
            continue
    return None


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip()
    return text


def _refusal(code: str, **facts: object) -> InvalidInput:
    return InvalidInput([FieldError("file", code, facts)])
