"""The excursion sheet: everything but the names, and a line for each of them."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from bookings.visits.rules import Group
from bookings.visits.service.excursion import excursion_pdf
from tests.bookings.visits.rows import visit_row

NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "title", "words"),
    [
        ("lv", "Mācību ekskursijas saskaņojuma lapa", ("Mērķis", "Atbildīgais pedagogs")),
        ("en", "Excursion sheet", ("Aim", "Teacher in charge")),
    ],
)
def test_sheet_is_tagged_titled_and_says_what_the_head_asks(
    lang: str, title: str, words: tuple[str, ...]
) -> None:
    pdf = excursion_pdf(visit_row(), place="Kuldīga", lang=lang, now=NOW)

    reader = PdfReader(BytesIO(pdf))
    first = reader.pages[0].extract_text()
    root = reader.root_object
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"{title} VZ-7K3QM9"
    assert all(word in first for word in (*words, "Kuldīga – Ventspils – Kuldīga", "Anna Parauga"))


@pytest.mark.parametrize("pupils", [1, 20, 120])
def test_list_has_one_empty_line_for_each_pupil(pupils: int) -> None:
    visit = replace(visit_row(), groups=(Group(5, pupils),), pupils=pupils)

    pdf = excursion_pdf(visit, place="Kuldīga", lang="lv", now=NOW)

    names = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages[1:])
    numbers = [int(line) for line in names.splitlines() if line.strip().isdigit()]
    assert numbers == list(range(1, pupils + 1))
