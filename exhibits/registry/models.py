"""The tables of the registry, and the number by which everybody sees that the floor changed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from exhibits.registry.rules import Kind, Verdict
from vizium.db.base import Base, Id


class Gallery(Base):
    """A gallery: a rectangle on the plan of 1000 x 600."""

    __tablename__ = "registry_gallery"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="has_room"),
        CheckConstraint("width > 0 AND height > 0", name="has_area"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    title_lv: Mapped[str]
    title_en: Mapped[str]
    capacity: Mapped[int]
    color: Mapped[str]
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]


class Exhibit(Base):
    """An exhibit and what a person last said of it; its code names its device too."""

    __tablename__ = "registry_exhibit"
    __table_args__ = (CheckConstraint("idle_gap_s > 0", name="has_idle_gap"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    gallery: Mapped[str] = mapped_column(ForeignKey("registry_gallery.code"), index=True)
    title_lv: Mapped[str]
    title_en: Mapped[str]
    what_lv: Mapped[str]
    what_en: Mapped[str]
    kind: Mapped[Kind]
    x: Mapped[int]
    y: Mapped[int]
    signals: Mapped[list[str]]
    idle_gap_s: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.WORKS)
    verdict_at: Mapped[datetime | None]
    verdict_note: Mapped[str] = mapped_column(default="")


class VerdictChange(Base):
    """Each verdict ever given: availability leaves out the time an exhibit was off the floor."""

    __tablename__ = "registry_verdict_change"
    __table_args__ = (Index(None, "exhibit", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    exhibit: Mapped[str] = mapped_column(ForeignKey("registry_exhibit.code"))
    at: Mapped[datetime]
    verdict: Mapped[Verdict]
    note: Mapped[str]
    by: Mapped[str]


class FloorVersion(Base):
    """One row, made by the migration: rises with every change that the board shows."""

    __tablename__ = "registry_floor_version"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
