"""Lists as XLSX and CSV: values keep their kind, and no text becomes a formula."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from vizium.web.sheets import Column, Kind, Sheet, to_csv, to_xlsx

COLUMNS = (
    Column("Skola"),
    Column("Skolēni", Kind.WHOLE),
    Column("Summa", Kind.EURO),
    Column("Piepildījums", Kind.SHARE),
    Column("Diena", Kind.DAY),
    Column("Ieradās", Kind.INSTANT),
)
ROW = ("Rīgas skola", 26, 123456, 8750, date(2027, 3, 30), datetime(2027, 3, 30, 7, 5, tzinfo=UTC))
EMPTY = (None,) * 6


def cells_of(book: bytes) -> list[list[tuple[str, str]]]:
    """The (type, value) of each cell of the first sheet, with shared strings put in."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = etree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        strings = etree.fromstring(parts.read("xl/sharedStrings.xml"))
    texts = ["".join(item.itertext()) for item in strings]
    rows = []
    for row in sheet.iter("{*}row"):
        cells = [(cell.get("t", "n"), cell.findtext("{*}v") or "") for cell in row]
        rows.append([(kind, texts[int(v)] if kind == "s" else v) for kind, v in cells])
    return rows


def test_xlsx_keeps_numbers_sums_and_dates_as_such() -> None:
    rows = cells_of(to_xlsx([Sheet("Apmeklējumi", COLUMNS, [ROW, EMPTY])]))

    assert [text for _, text in rows[0]] == [column.title for column in COLUMNS]
    assert rows[1][:4] == [("s", "Rīgas skola"), ("n", "26"), ("n", "1234.56"), ("n", "0.875")]
    # 30 March 2027 is day 46476 of Excel; 10.05 is wall time in summer.
    assert rows[1][4] == ("n", "46476")
    assert float(rows[1][5][1]) == pytest.approx(46476 + (10 * 60 + 5) / 1440)


def test_csv_is_what_a_latvian_excel_opens() -> None:
    text = to_csv(Sheet("x", COLUMNS, [ROW, EMPTY]))

    assert text.decode("utf-8-sig").split("\r\n") == [
        "Skola;Skolēni;Summa;Piepildījums;Diena;Ieradās",
        "Rīgas skola;26;1234,56;87,50%;30.03.2027;30.03.2027 10:05",
        ";;;;;",
        "",
    ]
    assert text.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", ["=1+1", "+371", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK()"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    sheet = Sheet("x", COLUMNS[:1], [(text,)])

    assert cells_of(to_xlsx([sheet]))[1] == [("s", text)]
    assert to_csv(sheet).decode("utf-8-sig").split("\r\n")[1].startswith("'")


def test_sheet_of_any_name_opens() -> None:
    book = to_xlsx([Sheet("Diena: 30/03 [visas] " + "x" * 40, COLUMNS, [])])

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        named = etree.fromstring(parts.read("xl/workbook.xml"))
    assert [sheet.get("name") for sheet in named.iter("{*}sheet")] == [
        "Diena  30 03  visas  xxxxxxxxxx"
    ]


def test_negative_sum_keeps_its_sign() -> None:
    assert to_csv(Sheet("x", [Column("a", Kind.EURO)], [(-5,)])).endswith(b"-0,05\r\n")
