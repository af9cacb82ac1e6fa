"""Tables of the catalogue.

The lists of an activity (grades, areas, ...) are JSON: the catalogue is small and is searched in
memory, so nothing joins them. Exhibits belong to another context; their codes, titles and galleries
are copied here when the catalogue is loaded.

```
Activity       what holds in the present school year: what sessions and visits join
  1--* ActivityVersion   everything it ever was or will be, append-only; (school_year, version)
```
An edition for a later school year stands among the versions until that year begins.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bookings.programmes.rules import ActivityKind
from vizium.db.base import Base
from vizium.kernel.money import Cents


class CatalogueVersion(Base):
    """One row whose random `version` is another one after each change of the catalogue."""

    __tablename__ = "programmes_catalogue_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str]


class LearningArea(Base):
    """One of the seven learning areas of the state's standard."""

    __tablename__ = "programmes_learning_area"

    code: Mapped[str] = mapped_column(primary_key=True)
    title_lv: Mapped[str]
    title_en: Mapped[str]
    position: Mapped[int]
    edited_by: Mapped[str | None]


class Subject(Base):
    """A school subject in its learning area."""

    __tablename__ = "programmes_subject"

    code: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(ForeignKey(LearningArea.code))
    title_lv: Mapped[str]
    title_en: Mapped[str]
    position: Mapped[int]
    edited_by: Mapped[str | None]


class Outcome(Base):
    """What the state's standard wants pupils to be able to do at the end of a span of grades."""

    __tablename__ = "programmes_outcome"
    __table_args__ = (
        CheckConstraint(
            "0 <= first_grade AND first_grade <= last_grade AND last_grade <= 12",
            name="grades_in_order",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(ForeignKey(LearningArea.code))
    subject: Mapped[str | None] = mapped_column(ForeignKey(Subject.code))
    first_grade: Mapped[int]
    last_grade: Mapped[int]
    title_lv: Mapped[str]
    title_en: Mapped[str]
    position: Mapped[int]
    edited_by: Mapped[str | None]


class Activity(Base):
    """A unit that a group takes part in; its timed sessions belong to visits.

    `school_year` and `version` name the `ActivityVersion` that it shows; 0 before there was one.
    """

    __tablename__ = "programmes_activity"
    __table_args__ = (
        CheckConstraint("duration_min > 0", name="duration_positive"),
        CheckConstraint("1 <= seats_min AND seats_min <= seats_max", name="seats_in_order"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind]
    title_lv: Mapped[str]
    title_en: Mapped[str]
    summary_lv: Mapped[str]
    summary_en: Mapped[str]
    outcomes_lv: Mapped[list[str]]
    outcomes_en: Mapped[list[str]]
    needs_lv: Mapped[str]
    needs_en: Mapped[str]
    grades: Mapped[list[int]]
    areas: Mapped[list[str]]
    subjects: Mapped[list[str]]
    languages: Mapped[list[str]]
    duration_min: Mapped[int]
    seats_min: Mapped[int]
    seats_max: Mapped[int]
    price_cents: Mapped[Cents]
    room_kind: Mapped[str]
    skill: Mapped[str]
    exhibits: Mapped[list[str]]
    exhibits_lv: Mapped[list[str]]
    exhibits_en: Mapped[list[str]]
    age_group: Mapped[str]
    position: Mapped[int]
    outcome_codes: Mapped[list[str]]
    galleries: Mapped[list[str]]
    machines: Mapped[list[str]]
    materials: Mapped[list[object]]
    on_request: Mapped[bool]
    sessions_count: Mapped[int]
    archived: Mapped[bool]
    school_year: Mapped[int]
    version: Mapped[int]


class ActivityVersion(Base):
    """What an activity said from a school year on (named by its first calendar year)."""

    __tablename__ = "programmes_version"
    __table_args__ = (CheckConstraint("version > 0", name="version_counted"),)

    activity: Mapped[str] = mapped_column(ForeignKey(Activity.code), primary_key=True)
    school_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, object]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
