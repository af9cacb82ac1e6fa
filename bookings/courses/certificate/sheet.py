"""An educator's certificate: one tagged A4 page by typst, without fonts or files of the system.

Words arrive translated and as data, never as typst source: nothing that a person types is code.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("sheet.typ").read_bytes()


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """The page's words, in one language.

    `code_label` says aloud what the QR is, for those who hear the page; `lines` are pairs of a
    label and its value.
    """

    language: str
    issuer: str
    title: str
    number: str
    name: str
    sentence: str
    programme: str
    lines: tuple[tuple[str, str], ...]
    outcomes_title: str
    outcomes: tuple[str, ...]
    signed: str
    check: str
    check_url: str
    code_label: str


def make_pdf(sheet: CertificateSheet, *, qr: bytes, made_at: datetime) -> bytes:
    """One page as PDF/UA-1: tagged, with title and language; the same input, the same bytes.

    Args:
        qr: the address of the check as SVG with its quiet zone; printed 34 mm wide.
        made_at: aware instant, written into the document.
    """
    import typst  # noqa: PLC0415 - 7 MB, see docs/decisions/0017

    document = typst.compile(
        _TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(asdict(sheet)), "qr": qr.decode()},
        pdf_standards="ua-1",
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document
