"""The whole catalogue in memory, and its search.

It is read by everybody and changes a few times a year, so each process keeps what it read, under
the random version that the database gives to every change: what is kept is never stale.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.programmes.models import (
    Activity,
    ActivityVersion,
    CatalogueVersion,
    LearningArea,
    Outcome,
    Subject,
)
from bookings.programmes.queries.versions import COLUMNS, find_standing, row_of
from bookings.programmes.rules import (
    CATALOGUE_MAX,
    ActivityRow,
    ActivitySearch,
    Curriculum,
    Loosening,
    OutcomeRow,
    SearchIndex,
    TitleRow,
    activity_of,
    make_index,
    search,
    searchable,
)
from vizium.kernel.errors import NotFound
from vizium.kernel.schoolyear import SchoolYear


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Some of what was found, and what there is to say of all of it; see `rules.Found`."""

    items: tuple[ActivityRow, ...]
    total: int
    facets: dict[str, dict[str, int]]
    guessed: tuple[str, ...] = ()
    loosenings: tuple[Loosening, ...] = ()


def get_activity(session: Session, code: str, *, on: date | None = None) -> ActivityRow:
    """One activity, also an archived one.

    Args:
        on: a day; what holds in its school year, where that has begun or was prepared. Without it
            what holds now.

    Raises:
        NotFound: ``activity``.
    """
    found = find_standing(session, code) if on is None else _in_year(session, code, on)
    if found is None:
        raise NotFound("activity", activity=code)
    return found


def get_version(session: Session) -> str:
    """Changes with every change of the catalogue; empty before the first."""
    return session.scalar(select(CatalogueVersion.version)) or ""


def list_activities(session: Session, *, on: date | None = None) -> tuple[ActivityRow, ...]:
    """Everything that is offered, in the catalogue's order."""
    return tuple(row for row in _catalogue(session, on).activities if not row.archived)


def list_editions(session: Session, on: date) -> tuple[ActivityRow, ...]:
    """Every activity as it is in the school year of a day, archived ones too."""
    return _catalogue(session, on).activities


def search_activities(
    session: Session,
    wanted: ActivitySearch,
    *,
    on: date | None = None,
    first: int = 0,
    most: int = CATALOGUE_MAX,
) -> SearchResult:
    """Search the catalogue by words and filters; see `rules.search`."""
    catalogue = _catalogue(session, on)
    found = search(catalogue.index, wanted, first=first, most=most)
    return SearchResult(
        items=tuple(catalogue.activities[number] for number in found.numbers),
        total=found.total,
        facets=found.facets,
        guessed=found.guessed,
        loosenings=found.loosenings,
    )


def list_areas(session: Session) -> tuple[TitleRow, ...]:
    """The learning areas, in the order of the state's standard."""
    return _catalogue(session, None).areas


def list_subjects(session: Session) -> tuple[TitleRow, ...]:
    """The school subjects, by learning area."""
    return _catalogue(session, None).subjects


def list_outcomes(session: Session) -> tuple[OutcomeRow, ...]:
    """The outcomes of the standard, in its order."""
    return _catalogue(session, None).outcomes


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """Everything that a search needs, as of one version and one school year."""

    activities: tuple[ActivityRow, ...] = ()
    areas: tuple[TitleRow, ...] = ()
    subjects: tuple[TitleRow, ...] = ()
    outcomes: tuple[OutcomeRow, ...] = ()
    index: SearchIndex = field(default_factory=lambda: make_index(()))


_NOTHING = _Catalogue()
# This school year's and the next one's; twice, as a transaction may still read the version before.
# Keyed by version and school year; 0 is the present one.
_KEPT: dict[tuple[str, int], _Catalogue] = {}
_KEPT_MAX = 4


def _catalogue(session: Session, on: date | None) -> _Catalogue:
    version = get_version(session)
    if not version:
        return _NOTHING
    key = (version, 0 if on is None else SchoolYear.of(on).start_year)
    kept = _KEPT.get(key)
    if kept is None:
        kept = _read_year(session, version, key[1])
        while len(_KEPT) >= _KEPT_MAX:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = kept
    return kept


def _read_year(session: Session, version: str, year: int) -> _Catalogue:
    """The present catalogue, with the editions of a later year laid over it."""
    present = _KEPT.get((version, 0)) or _read_present(session)
    _KEPT[version, 0] = present
    later = _read_editions(session, year)
    if not later:
        return present
    return _made(
        tuple(later.get(row.code, row) for row in present.activities),
        present.areas,
        present.subjects,
        present.outcomes,
    )


def _read_present(session: Session) -> _Catalogue:
    order = (Activity.position, Activity.code)
    rows = session.execute(select(*COLUMNS).order_by(*order).limit(CATALOGUE_MAX))
    return _made(
        tuple(row_of(row) for row in rows),
        _read_areas(session),
        _read_subjects(session),
        _read_outcomes(session),
    )


def _read_editions(session: Session, year: int) -> dict[str, ActivityRow]:
    """What holds in a later school year than the present rows do, keyed by code."""
    query = (
        select(ActivityVersion)
        .join(Activity, Activity.code == ActivityVersion.activity)
        .where(ActivityVersion.school_year <= year)
        .where(ActivityVersion.school_year > Activity.school_year)
        .order_by(ActivityVersion.school_year, ActivityVersion.version)
    )
    newest = {each.activity: each for each in session.scalars(query)}
    return {code: activity_of(each.content) for code, each in newest.items()}


def _in_year(session: Session, code: str, on: date) -> ActivityRow | None:
    later = next((row for row in _catalogue(session, on).activities if row.code == code), None)
    return later or find_standing(session, code)


def _read_areas(session: Session) -> tuple[TitleRow, ...]:
    area = (LearningArea.code, LearningArea.code, LearningArea.title_lv, LearningArea.title_en)
    query = select(*area).order_by(LearningArea.position, LearningArea.code)
    return tuple(TitleRow(*row) for row in session.execute(query))


def _read_subjects(session: Session) -> tuple[TitleRow, ...]:
    subject = (Subject.code, Subject.area, Subject.title_lv, Subject.title_en)
    query = select(*subject).order_by(Subject.position, Subject.code)
    return tuple(TitleRow(*row) for row in session.execute(query))


def _read_outcomes(session: Session) -> tuple[OutcomeRow, ...]:
    query = select(Outcome).order_by(Outcome.position, Outcome.code)
    return tuple(
        OutcomeRow(
            code=each.code,
            area=each.area,
            subject=each.subject or "",
            first_grade=each.first_grade,
            last_grade=each.last_grade,
            title_lv=each.title_lv,
            title_en=each.title_en,
        )
        for each in session.scalars(query)
    )


def _made(
    activities: tuple[ActivityRow, ...],
    areas: tuple[TitleRow, ...],
    subjects: tuple[TitleRow, ...],
    outcomes: tuple[OutcomeRow, ...],
) -> _Catalogue:
    curriculum = Curriculum(areas, subjects, outcomes)
    index = make_index([searchable(row, curriculum) for row in activities])
    return _Catalogue(activities, areas, subjects, outcomes, index)
