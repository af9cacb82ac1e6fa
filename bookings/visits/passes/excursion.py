"""The excursion sheet that a teacher gives the head some days before: filled in but for the names.

The platform keeps no pupil's name: the list has as many empty lines as pupils come.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("excursion.typ").read_bytes()

Pairs = tuple[tuple[str, str], ...]
"""Pairs of a label and its value; an empty value is a line to be written on."""


@dataclass(frozen=True, slots=True)
class ExcursionSheet:
    """The sheet's words, in one language; `people` is how many empty lines the list has."""

    language: str
    title: str
    code: str
    lines: Pairs
    day_title: str
    day: Pairs
    safety_title: str
    safety: tuple[str, ...]
    signatures_title: str
    signatures: Pairs
    people_title: str
    people_note: str
    people_columns: tuple[str, str, str, str]
    people: int


def make_excursion_pdf(sheet: ExcursionSheet, *, made_at: datetime) -> bytes:
    """The sheet as PDF/UA-1: tagged, with title and language; the same input, the same bytes.

    Args:
        made_at: aware instant, written into the document.
    """
    import typst  # noqa: PLC0415 - 7 MB, see docs/decisions/0017

    document = typst.compile(
        _TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(asdict(sheet))},
        pdf_standards="ua-1",
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document
