"""An activity and what it refers to, as values: what pages show and what a version keeps."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from vizium.kernel.money import Cents

PRESCHOOL = 0
GRADES = range(13)
LANGUAGES = ("lv", "en", "ru")


class ActivityKind(StrEnum):
    """What kind of thing an activity is."""

    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    SHOW = "show"
    EDUCATOR = "educator"


class MaterialStage(StrEnum):
    """When a class uses a material."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A learning area or a subject; `area` is the subject's, or the area's own code."""

    code: str
    area: str
    title_lv: str
    title_en: str

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome of the state's standard: what pupils can do at the end of a span of grades.

    `subject` is empty where the standard names the area alone.
    """

    code: str
    area: str
    subject: str
    first_grade: int
    last_grade: int
    title_lv: str
    title_en: str


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """Something for the lesson before or after: a text of ours, a link inside our site, or both."""

    stage: MaterialStage
    title_lv: str
    title_en: str
    text_lv: str = ""
    text_en: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity with its texts in both languages; `price_cents` is a person's.

    `outcome_codes` stand beside the outcomes, one each, empty where the standard has none;
    `galleries` are those of the exhibits. `on_request`: it may be made for one class outside the
    published sessions. `sessions_count` is how many visits the whole takes.
    """

    code: str
    kind: ActivityKind
    title_lv: str
    title_en: str
    summary_lv: str
    summary_en: str
    outcomes_lv: tuple[str, ...]
    outcomes_en: tuple[str, ...]
    needs_lv: str
    needs_en: str
    grades: tuple[int, ...]
    areas: tuple[str, ...]
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    duration_min: int
    seats_min: int
    seats_max: int
    price_cents: Cents
    room_kind: str
    skill: str
    exhibits: tuple[str, ...]
    exhibits_lv: tuple[str, ...]
    exhibits_en: tuple[str, ...]
    age_group: str
    outcome_codes: tuple[str, ...] = ()
    galleries: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    materials: tuple[MaterialRow, ...] = ()
    on_request: bool = True
    sessions_count: int = 1
    archived: bool = False

    def title(self, lang: str) -> str:
        """Its title in a language."""
        return self.title_lv if lang == "lv" else self.title_en

    def summary(self, lang: str) -> str:
        """What it is, in a language."""
        return self.summary_lv if lang == "lv" else self.summary_en

    def outcomes(self, lang: str) -> tuple[str, ...]:
        """What pupils can do afterwards, in a language."""
        return self.outcomes_lv if lang == "lv" else self.outcomes_en

    def needs(self, lang: str) -> str:
        """What to bring and to know, in a language."""
        return self.needs_lv if lang == "lv" else self.needs_en

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Its grades as spans; see `spans`."""
        return spans(self.grades)

    @property
    def coded_outcomes(self) -> list[tuple[str, str, str]]:
        """Each outcome as (code or empty, Latvian, English)."""
        codes = (*self.outcome_codes, *("",) * len(self.outcomes_lv))
        return list(zip(codes, self.outcomes_lv, self.outcomes_en, strict=False))

    def materials_of(self, stage: MaterialStage) -> list[MaterialRow]:
        """The materials of one stage, in order."""
        return [material for material in self.materials if material.stage is stage]


def spans(grades: Collection[int]) -> list[tuple[int, int]]:
    """Grades as spans (first, last), ascending; preschool stands alone."""
    found: list[tuple[int, int]] = []
    for grade in sorted(grades):
        if found and found[-1][1] == grade - 1 and grade - 1 != PRESCHOOL:
            found[-1] = (found[-1][0], grade)
        else:
            found.append((grade, grade))
    return found


def content_of(row: ActivityRow) -> dict[str, object]:
    """A row as JSON keeps it."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(row).items()
    }


def activity_of(content: Mapping[str, Any]) -> ActivityRow:
    """A row from what JSON kept; what an older version did not know yet gets its default."""
    known = {field.name for field in fields(ActivityRow)} & content.keys()
    values = {name: _value(content[name]) for name in known}
    values["kind"] = ActivityKind(content["kind"])
    values["materials"] = tuple(_material(each) for each in content.get("materials", ()))
    return ActivityRow(**values)


def _value(kept: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return tuple(kept) if isinstance(kept, list) else kept


def _material(kept: Mapping[str, Any]) -> MaterialRow:
    return MaterialRow(**{**kept, "stage": MaterialStage(kept["stage"])})
