"""Which texts of an activity are searched, and how much each place weighs; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bookings.programmes.rules.activity import ActivityRow, OutcomeRow, TitleRow
from bookings.programmes.rules.search import Searchable


@dataclass(frozen=True, slots=True)
class Curriculum:
    """What activities refer to; `titles` are in both languages, keyed by kind and code.

    An area and a subject may share their code: mathematics.
    """

    areas: tuple[TitleRow, ...] = ()
    subjects: tuple[TitleRow, ...] = ()
    outcomes: tuple[OutcomeRow, ...] = ()
    titles: Mapping[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        kinds = (("area", self.areas), ("subject", self.subjects), ("outcome", self.outcomes))
        titles = {
            (kind, row.code): f"{row.title_lv} {row.title_en}"
            for kind, rows in kinds
            for row in rows
        }
        object.__setattr__(self, "titles", titles)


def searchable(row: ActivityRow, curriculum: Curriculum) -> Searchable:
    """An activity as the search knows it: title and code, curriculum, everything else."""
    outcomes = tuple(code for code in row.outcome_codes if code)
    taught = (
        curriculum.titles.get((kind, code), "")
        for kind, codes in (("area", row.areas), ("subject", row.subjects), ("outcome", outcomes))
        for code in codes
    )
    rest = (
        *(row.summary_lv, row.summary_en, row.needs_lv, row.needs_en),
        *(*row.exhibits_lv, *row.exhibits_en),
        *(title for each in row.materials for title in (each.title_lv, each.title_en)),
    )
    return Searchable(
        code=row.code,
        kind=row.kind,
        grades=row.grades,
        areas=row.areas,
        subjects=row.subjects,
        languages=row.languages,
        outcomes=outcomes,
        seats_max=row.seats_max,
        title=f"{row.title_lv} {row.title_en}",
        curriculum=" ".join((*taught, *row.outcomes_lv, *row.outcomes_en)),
        rest=" ".join(rest),
        archived=row.archived,
    )
