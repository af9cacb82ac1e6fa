"""Reads of the catalogue, as frozen rows.

The catalogue is read by everybody and changes a few times a year, so each process keeps what it
read, under the random version that the database gives to every change: what is kept is never stale.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.programmes.models import Activity, CatalogueVersion, LearningArea, Subject
from bookings.programmes.rules import (
    CATALOGUE_MAX,
    ActivityKind,
    ActivitySearch,
    Searchable,
    search,
    spans,
)
from vizium.kernel.errors import NotFound
from vizium.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A learning area or a subject; `area` is the subject's, or the area's own code."""

    code: str
    area: str
    title_lv: str
    title_en: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity with its texts in both languages; `price_cents` is a person's."""

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
        """Its grades as spans; see `rules.spans`."""
        return spans(self.grades)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, and how many each option of each filter would find."""

    items: tuple[ActivityRow, ...]
    facets: dict[str, dict[str, int]]


_FIELDS = tuple(ActivityRow.__dataclass_fields__)
_ROWS: Select[*tuple[Any, ...]] = select(*(getattr(Activity, name) for name in _FIELDS))


def get_activity(session: Session, code: str) -> ActivityRow:
    """One activity.

    Raises:
        NotFound: ``activity``.
    """
    found = session.execute(_ROWS.where(Activity.code == code)).one_or_none()
    if found is None:
        raise NotFound("activity", activity=code)
    return _activity_row(found)


def get_version(session: Session) -> str:
    """Changes with every change of the catalogue; empty before the first."""
    return session.scalar(select(CatalogueVersion.version)) or ""


def list_activities(session: Session) -> tuple[ActivityRow, ...]:
    """The whole catalogue, in its order."""
    return _catalogue(session).activities


def search_activities(session: Session, wanted: ActivitySearch) -> SearchResult:
    """Search the catalogue by words and filters; see `rules.search`."""
    catalogue = _catalogue(session)
    found = search(catalogue.searchable, wanted)
    by_code = {row.code: row for row in catalogue.activities}
    return SearchResult(tuple(by_code[code] for code in found.codes), found.facets)


def list_areas(session: Session) -> tuple[TitleRow, ...]:
    """The learning areas, in the order of the state's standard."""
    return _catalogue(session).areas


def list_subjects(session: Session) -> tuple[TitleRow, ...]:
    """The school subjects, by learning area."""
    return _catalogue(session).subjects


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """Everything that a search needs, as of one version."""

    activities: tuple[ActivityRow, ...]
    searchable: tuple[Searchable, ...]
    areas: tuple[TitleRow, ...]
    subjects: tuple[TitleRow, ...]


# The newest two: one transaction may still read the version before. Keyed by version.
_KEPT: dict[str, _Catalogue] = {}
_KEPT_MAX = 2


def _catalogue(session: Session) -> _Catalogue:
    version = get_version(session)
    if not version:
        return _Catalogue((), (), (), ())
    kept = _KEPT.get(version)
    if kept is None:
        kept = _read_catalogue(session)
        while len(_KEPT) >= _KEPT_MAX:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[version] = kept
    return kept


def _read_catalogue(session: Session) -> _Catalogue:
    order = (Activity.position, Activity.code)
    rows = session.execute(_ROWS.order_by(*order).limit(CATALOGUE_MAX))
    activities = tuple(_activity_row(row) for row in rows)
    columns = (Activity.code, Activity.title_words, Activity.other_words)
    words = {code: (title, other) for code, title, other in session.execute(select(*columns))}
    area = (LearningArea.code, LearningArea.code, LearningArea.title_lv, LearningArea.title_en)
    subject = (Subject.code, Subject.area, Subject.title_lv, Subject.title_en)
    areas = session.execute(select(*area).order_by(LearningArea.position))
    subjects = session.execute(select(*subject).order_by(Subject.position))
    return _Catalogue(
        activities=activities,
        searchable=tuple(_searchable(row, *words[row.code]) for row in activities),
        areas=tuple(TitleRow(*row) for row in areas),
        subjects=tuple(TitleRow(*row) for row in subjects),
    )


def _searchable(row: ActivityRow, title_words: str, other_words: str) -> Searchable:
    return Searchable(
        code=row.code,
        kind=row.kind,
        grades=row.grades,
        areas=row.areas,
        subjects=row.subjects,
        languages=row.languages,
        seats_max=row.seats_max,
        title_words=tuple(title_words.split()),
        other_words=tuple(other_words.split()),
    )


def _activity_row(row: Any) -> ActivityRow:  # noqa: ANN401 - a row of _ROWS, whose columns are Any
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return ActivityRow(*values)
