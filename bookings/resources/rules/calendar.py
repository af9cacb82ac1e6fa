"""The school calendar: when pupils of which grades have no school, so that nobody plans a visit."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_ALL = {"all", "visas"}
# The state sets breaks for grades 1-12; preschools have none.
_GRADES = range(1, 13)


class BreakKind(StrEnum):
    """The four breaks of a school year."""

    AUTUMN = "autumn"
    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"


class BreakStatus(StrEnum):
    """Whether the dates are the government's or our assumption until it decides."""

    OFFICIAL = "official"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class SchoolBreak:
    """A break of some grades from `first_day` to `last_day`, both included."""

    kind: BreakKind
    first_day: date
    last_day: date
    grades: tuple[int, ...]
    status: BreakStatus
    source: str

    def concerns(self, day: date) -> bool:
        """Whether the day lies in the break."""
        return self.first_day <= day <= self.last_day


def parse_grades(text: str) -> tuple[int, ...]:
    """Grades as people write them: ``1-8,10-11``, ``9``, ``all`` or ``visas``.

    Raises:
        ValueError: the text names no grades, or some that do not exist.
    """
    if text.strip().lower() in _ALL:
        return tuple(_GRADES)
    grades: set[int] = set()
    for part in re.split(r"[,;]", re.sub(r"\s+", "", text).replace("–", "-")):
        if not (match := re.fullmatch(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", part)):
            raise ValueError(text)
        grades.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not grades or not grades <= set(_GRADES):
        raise ValueError(text)
    return tuple(sorted(grades))


def format_grades(grades: tuple[int, ...]) -> str:
    """Grades as short as people write them: ``1-8, 10-11``."""
    runs: list[list[int]] = []
    for grade in sorted(grades):
        if runs and grade == runs[-1][-1] + 1:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
