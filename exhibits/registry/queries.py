"""Galleries and exhibits as frozen rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from exhibits.registry.models import Exhibit, FloorVersion, Gallery, VerdictChange
from exhibits.registry.rules import Kind, Verdict
from vizium.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """One gallery and its rectangle on the plan."""

    code: str
    title_lv: str
    title_en: str
    capacity: int
    color: str
    x: int
    y: int
    width: int
    height: int

    def title(self, lang: str) -> str:
        """The title in a language; English where it is not Latvian."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """One exhibit with the verdict in force."""

    code: str
    gallery: str
    title_lv: str
    title_en: str
    what_lv: str
    what_en: str
    kind: Kind
    x: int
    y: int
    signals: tuple[str, ...]
    idle_gap_s: int
    verdict: Verdict
    verdict_at: datetime | None
    verdict_note: str

    def title(self, lang: str) -> str:
        """The title in a language; English where it is not Latvian."""
        return self.title_lv if lang == "lv" else self.title_en

    def what(self, lang: str) -> str:
        """What a visitor does here, in a language."""
        return self.what_lv if lang == "lv" else self.what_en


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict of the past."""

    at: datetime
    verdict: Verdict
    note: str
    by: str


EXHIBIT_COLUMNS = (
    Exhibit.code,
    Exhibit.gallery,
    Exhibit.title_lv,
    Exhibit.title_en,
    Exhibit.what_lv,
    Exhibit.what_en,
    Exhibit.kind,
    Exhibit.x,
    Exhibit.y,
    Exhibit.signals,
    Exhibit.idle_gap_s,
    Exhibit.verdict,
    Exhibit.verdict_at,
    Exhibit.verdict_note,
)
"""What `to_exhibit_row` reads, in its order."""


def list_galleries(session: Session) -> list[GalleryRow]:
    """All galleries, in the order of the plan: top to bottom, left to right."""
    query = select(
        Gallery.code,
        Gallery.title_lv,
        Gallery.title_en,
        Gallery.capacity,
        Gallery.color,
        Gallery.x,
        Gallery.y,
        Gallery.width,
        Gallery.height,
    )
    return [GalleryRow(*row) for row in session.execute(query.order_by(Gallery.y, Gallery.x))]


def list_exhibits(session: Session, gallery: str | None = None) -> list[ExhibitRow]:
    """All exhibits, or one gallery's, by code."""
    query = select(*EXHIBIT_COLUMNS).order_by(Exhibit.code)
    if gallery is not None:
        query = query.where(Exhibit.gallery == gallery)
    return [to_exhibit_row(row) for row in session.execute(query)]


def find_exhibit(session: Session, code: str) -> ExhibitRow | None:
    """The exhibit of a code, if there is one."""
    row = session.execute(select(*EXHIBIT_COLUMNS).where(Exhibit.code == code)).one_or_none()
    return None if row is None else to_exhibit_row(row)


def get_exhibit(session: Session, code: str) -> ExhibitRow:
    """The exhibit of a code.

    Raises:
        NotFound: there is none.
    """
    exhibit = find_exhibit(session, code)
    if exhibit is None:
        raise NotFound("exhibit")
    return exhibit


def list_verdicts(session: Session, code: str, *, most: int = 1000) -> list[VerdictRow]:
    """The verdicts on an exhibit, newest first."""
    query = (
        select(VerdictChange.at, VerdictChange.verdict, VerdictChange.note, VerdictChange.by)
        .where(VerdictChange.exhibit == code)
        .order_by(VerdictChange.at.desc(), VerdictChange.id.desc())
        .limit(most)
    )
    return [VerdictRow(*row) for row in session.execute(query)]


def get_floor_version(session: Session) -> int:
    """The number that rises with every change that the board shows."""
    return session.scalars(_FLOOR_VERSION).one()


def to_exhibit_row(row: Row[*tuple[Any, ...]]) -> ExhibitRow:
    """The first columns of a result, `EXHIBIT_COLUMNS`, as a row of ours."""
    values: list[Any] = list(row[: len(EXHIBIT_COLUMNS)])
    values[_SIGNALS] = tuple(values[_SIGNALS])
    return ExhibitRow(*values)


_SIGNALS = EXHIBIT_COLUMNS.index(Exhibit.signals)
# Asked by every look at the board, so made once.
_FLOOR_VERSION = select(FloorVersion.number)
