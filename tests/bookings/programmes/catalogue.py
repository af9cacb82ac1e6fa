"""The sample centre's catalogue, made ready for searching without a database."""

from functools import cache

from bookings.programmes.rules import (
    ActivityRow,
    ActivitySearch,
    Curriculum,
    Found,
    SearchIndex,
    make_index,
    search,
    searchable,
)
from vizium.cli import sample_rows as rows
from vizium.cli.sample_cells import read_rows
from vizium.cli.sample_rows import ExhibitCells

MOST = 100


@cache
def sample_activities() -> tuple[ActivityRow, ...]:
    """What `vizium sample` loads."""
    exhibits = {
        cells.text("code"): ExhibitCells(
            cells.text("title_lv"), cells.text("title_en"), cells.text("gallery")
        )
        for cells in read_rows("exhibits.csv")
    }
    return tuple(rows.activity(cells, exhibits, {}) for cells in read_rows("activities.csv"))


@cache
def sample_index() -> SearchIndex:
    """The same, ready."""
    curriculum = Curriculum(
        areas=tuple(map(rows.title, read_rows("learning_areas.csv"))),
        subjects=tuple(map(rows.title, read_rows("subjects.csv"))),
        outcomes=tuple(map(rows.outcome, read_rows("outcomes.csv"))),
    )
    return make_index([searchable(row, curriculum) for row in sample_activities()])


def find(**wanted: object) -> Found:
    """Search the sample catalogue."""
    return search(sample_index(), ActivitySearch(**wanted), most=MOST)  # type: ignore[arg-type]


def codes(found: Found) -> list[str]:
    """The codes of what was found, in order."""
    return [sample_activities()[number].code for number in found.numbers]
