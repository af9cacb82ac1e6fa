import io

import pytest

from bookings.schools.forms import CELL_LENGTH_MAX, FILE_BYTES_MAX, ROWS_MAX, read_register
from bookings.schools.rules import RegisterRow, RowProblem, SchoolKind
from vizium.kernel.errors import InvalidInput

HEADINGS = [
    "Nosaukums",
    "Reģistrācijas numurs",
    "Juridiskais status",
    "Vadītājs",
    "Filiāļu skaits",
    "Struktūrvienību skaits",
    "Veids",
    "Tips",
    "Faktiskais dibinātājs",
    "Deklarētais dibinātājs",
    "Likvidēta",
    "Adrese",
    "Tālrunis",
    "E-pasts",
]
CELLS = {
    "Nosaukums": "Skrundas vidusskola",
    "Reģistrācijas numurs": "4113900265",
    "Vadītājs": "Anna Paraugs",
    "Veids": "Vispārējās izglītības iestāde",
    "Tips": "Vispārizglītojošā vidusskola",
    "Likvidēta": "Nē",
    "Adrese": "Liepājas iela 12; Skrunda; Kuldīgas novads",
    "Tālrunis": "20000001, 20000002",
    "E-pasts": "skola@skrunda.example; otrs@skrunda.example",
}
ROW = RegisterRow(
    row=2,
    register_no="4113900265",
    name="Skrundas vidusskola",
    kind=SchoolKind.SECONDARY,
    address="Liepājas iela 12; Skrunda; Kuldīgas novads",
    email="skola@skrunda.example",
    phone="+37120000001",
)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", ["|", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_export_of_the_register_is_read(bom: bytes, separator: str, line_end: str) -> None:
    lines = [separator.join(HEADINGS), separator.join(_cells(CELLS)), ""]

    rows = list(read_register(io.BytesIO(bom + line_end.join(lines).encode())))

    assert rows == [ROW]


@pytest.mark.parametrize("separator", [",", ";"])
def test_export_as_csv_is_read(separator: str) -> None:
    lines = [separator.join(HEADINGS), separator.join(f'"{cell}"' for cell in _cells(CELLS))]

    rows = list(read_register(io.BytesIO("\n".join(lines).encode())))

    assert rows == [ROW]


def test_quotation_marks_between_bars_mean_themselves() -> None:
    problem, whole = _read('"Saulīte" PII|4113900265|a', '"Kalna ""Saulīte"""|4113900266|a')

    assert isinstance(problem, RegisterRow)
    assert isinstance(whole, RegisterRow)
    assert (problem.name, whole.name) == ('"Saulīte" PII', 'Kalna "Saulīte"')


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "Skola|411390026|Rīga",
            RowProblem(3, "registration_number_digits", {"found": "411390026"}),
        ),
        ("Skola|4113900265", RowProblem(3, "cells_count", {"found": 2, "expected": 3})),
        ("Skola|4113900265|Rīga|", RowProblem(3, "cells_count", {"found": 4, "expected": 3})),
        (" |4113900265|Rīga", RowProblem(3, "name_missing", {"register_no": "4113900265"})),
        (
            f"{'x' * (CELL_LENGTH_MAX + 1)}|4113900265|Rīga",
            RowProblem(3, "cell_too_long", {"length_max": CELL_LENGTH_MAX}),
        ),
    ],
)
def test_bad_row_is_named_and_the_others_are_read(line: str, problem: RowProblem) -> None:
    before, bad, after = _read("A|4113900261|Rīga", line, "B|4113900262|Rīga")

    assert isinstance(before, RegisterRow)
    assert isinstance(after, RegisterRow)
    assert bad == problem
    assert (before.row, before.name, after.row, after.name) == (2, "A", 4, "B")


def test_blank_lines_and_control_characters_are_passed_over() -> None:
    rows = _read("", "||", "A\x00\x07B|4113 900-261|Rīga")

    assert [(row.row, row.name, row.register_no) for row in rows] == [(4, "A B", "4113900261")]  # type: ignore[union-attr]


@pytest.mark.parametrize(("cell", "active"), [("", True), ("Nē", True), ("Jā", False)])
def test_closed_school_is_not_active(cell: str, active: bool) -> None:
    file = io.BytesIO(
        f"Nosaukums|Reģistrācijas numurs|Adrese|Likvidēta\nA|4113900261|Rīga|{cell}".encode()
    )

    (row,) = read_register(file)

    assert isinstance(row, RegisterRow)
    assert row.active is active


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Nosaukums|Reģistrācijas numurs|Adrese\nSkola".encode("utf-16"), "file_encoding"),
        ("Nosaukums|Reģistrācijas numurs|Adrese\nSkola".encode("cp1257"), "file_encoding"),
        (b"", "columns_missing"),
        (b"name,reg_no\nA,4113900261", "columns_missing"),
        (b"\x89PNG\r\n\x1a\n", "file_encoding"),
        (b'name,reg_no,address\n"A,' + b"4113900261,b\n" * 40, "quote_never_closed"),
        (b"name,reg_no,address\nA,4113900261,b\rB,4113900262,c\r", "file_not_a_table"),
        (b"name|reg_no|address\n" + b"A|4113900261|b\n" * (ROWS_MAX + 1), "too_many_rows"),
        (b"x" * (FILE_BYTES_MAX + 1), "register_too_large"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_one_word(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        list(read_register(io.BytesIO(content)))

    assert [(error.field, error.code) for error in refused.value.errors] == [("file", code)]


def _cells(cells: dict[str, str]) -> list[str]:
    return [cells.get(heading, "") for heading in HEADINGS]


def _read(*lines: str) -> list[RegisterRow | RowProblem]:
    header = "Nosaukums|Reģistrācijas numurs|Adrese"
    return list(read_register(io.BytesIO("\n".join([header, *lines]).encode())))
