"""Find a programme, look at it. One GET form: the address of a result can be mailed on."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.programmes.forms import FIELDS, parse_page, parse_search
from bookings.programmes.pages.wording import (
    facts_in_words,
    filters_in_words,
    grades_in_words,
    outcomes_by_span,
    price_in_words,
    query_without,
)
from bookings.programmes.queries import (
    SearchResult,
    TitleRow,
    get_activity,
    get_version,
    list_areas,
    list_outcomes,
    list_subjects,
    list_years,
    search_activities,
)
from bookings.programmes.rules import ActivitySearch, MaterialStage
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.kernel.schoolyear import SchoolYear
from vizium.kernel.text import words
from vizium.web.forms import Form
from vizium.web.kept import Kept
from vizium.web.page import Page

# The whole catalogue of the centre fits on one page; the page stays small when it grows.
ITEMS_ON_A_PAGE = 40
# 15 kB each; the searches that many teachers make.
_LISTS: Kept[bytes] = Kept(most=200)
_LIST = "bookings/programmes/list.html"
# The filters that a page hides until they are used.
_MORE = ("area", "subject", "outcome", "language", "seats")


@get("/programmes", sync_to_thread=True)
def list_programmes(
    page: NamedDependency[Page], database: NamedDependency[Database], asked: NamedDependency[Form]
) -> Response[bytes]:
    """The catalogue, or what of it fits."""
    with database.reading() as session:
        if page.person is not None:
            return _answer(page, session, asked)
        # Whoever is not signed in sees the same, until the catalogue or the school year changes.
        year = SchoolYear.of(local_date(page.now))
        key = (get_version(session), year, page.lang, page.query, page.settings.demo)
        try:
            return page.answer(_LISTS.get(key, lambda: _draw(page, session, asked)))
        except InvalidInput:
            asked.errors.clear()
            return _answer(page, session, asked)


@get("/programmes/{code:str}", sync_to_thread=True)
def show_programme(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    code: FromPath[str],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """One activity with everything a teacher asks before booking, as a school year has it."""
    with database.reading() as session:
        years = _years(page, session, asked)
        row = get_activity(session, code[:40], on=years.day)
        areas, subjects = list_areas(session), list_subjects(session)
        standard = {outcome.code: outcome for outcome in list_outcomes(session)}
    return page.show(
        "bookings/programmes/show.html",
        row=row,
        years=years,
        areas=_titles(areas, row.areas),
        subjects=_titles(subjects, row.subjects),
        outcomes=outcomes_by_span(row, standard, page.words),
        before=row.materials_of(MaterialStage.BEFORE),
        after=row.materials_of(MaterialStage.AFTER),
        grades=grades_in_words(row, page.words),
        price=price_in_words(row, page.words),
    )


@get("/programmes/{code:str}/materials", sync_to_thread=True)
def show_materials(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    code: FromPath[str],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """What to do in class before and after the visit; made to be printed."""
    with database.reading() as session:
        row = get_activity(session, code[:40], on=_years(page, session, asked).day)
    return page.show(
        "bookings/programmes/materials.html",
        row=row,
        before=row.materials_of(MaterialStage.BEFORE),
        after=row.materials_of(MaterialStage.AFTER),
    )


@dataclass(frozen=True, slots=True)
class _Filter:
    """A filter that is set: what it says, and the address without it."""

    name: str
    said: str
    without: str


@dataclass(frozen=True, slots=True)
class _Years:
    """The school years whose catalogue may be read; `chosen` is the one that is shown.

    `links` are the other ones' addresses, `query` keeps the choice in an address.
    """

    chosen: SchoolYear
    day: date
    query: str
    links: tuple[tuple[SchoolYear, str], ...] = ()


def _years(page: Page, session: Session, asked: Form) -> _Years:
    """The school year of the address, the present one where it names none of ours.

    An address with a year outlives that year: it then leads to what holds now.
    """
    today = local_date(page.now)
    offered = list_years(session, today)
    named = {str(year.start_year): year for year in offered}
    chosen = named.get(asked.raw("year"), offered[0])
    fields = {name: asked.raw(name) for name in FIELDS if asked.raw(name)}
    links = tuple(
        (year, query_without(_of_year(fields, year, offered[0]), ""))
        for year in offered
        if year != chosen
    )
    kept = query_without(_of_year({}, chosen, offered[0]), "")
    return _Years(chosen, max(today, chosen.first_day), kept, links)


def _of_year(fields: dict[str, str], year: SchoolYear, present: SchoolYear) -> dict[str, str]:
    """The fields of an address of a school year; the present one is not named."""
    rest = {name: value for name, value in fields.items() if name != "year"}
    return rest if year == present else rest | {"year": str(year.start_year)}


def _answer(page: Page, session: Session, asked: Form) -> Response[bytes]:
    """The list for this person alone; or with what is wrong in the question said at its field."""
    try:
        return page.answer(_draw(page, session, asked))
    except InvalidInput as error:
        years = _years(page, session, asked)
        everything = ActivitySearch()
        found = search_activities(session, everything, on=years.day, most=ITEMS_ON_A_PAGE)
        shown = _shown(page, session, found, asked, years)
        return page.show_again(_LIST, asked, error, filters=[], advice=[], **shown)


def _draw(page: Page, session: Session, asked: Form) -> bytes:
    areas, subjects = list_areas(session), list_subjects(session)
    wanted = parse_search(asked, areas=areas, subjects=subjects)
    number = parse_page(asked)
    years = _years(page, session, asked)
    found = search_activities(
        session,
        wanted,
        on=years.day,
        first=(number - 1) * ITEMS_ON_A_PAGE,
        most=ITEMS_ON_A_PAGE,
    )
    fields = {name: asked.raw(name) for name in FIELDS if asked.raw(name)}
    said = filters_in_words(wanted, {"area": areas, "subject": subjects}, page.words)
    filters = [_Filter(name, words, query_without(fields, name)) for name, words in said.items()]
    shown = _shown(page, session, found, asked, years, number=number)
    html = page.draw(
        _LIST, form=asked, filters=filters, advice=_advice(found, filters, fields), **shown
    )
    return html.encode()


def _advice(
    found: SearchResult, filters: list[_Filter], fields: dict[str, str]
) -> list[tuple[_Filter, int]]:
    """Which filter or word to take off, and how many that would give."""
    by_name = {each.name: each for each in filters}
    advice: list[tuple[_Filter, int]] = []
    for each in found.loosenings:
        taken_off = by_name.get(each.name)
        if taken_off is None:
            continue
        if each.word:
            tokens = fields["q"].split()
            rest = [t for t in tokens if t != each.word and words(t) != [each.word]]
            address = query_without(fields | {"q": " ".join(rest)}, "")
            taken_off = replace(taken_off, said=each.word, without=address)
        advice.append((taken_off, each.total))
    return advice


def _shown(
    page: Page,
    session: Session,
    found: SearchResult,
    asked: Form,
    years: _Years,
    *,
    number: int = 1,
) -> dict[str, Any]:
    """What the list shows of a result: one page of items and the way to the next."""
    fields = {name: asked.raw(name) for name in FIELDS if asked.raw(name)}
    goes_on = found.total > number * ITEMS_ON_A_PAGE
    return {
        "years": years,
        "areas": list_areas(session),
        "subjects": list_subjects(session),
        "rows": [(row, facts_in_words(row, page.words)) for row in found.items],
        "total": found.total,
        "facets": found.facets,
        "guessed": found.guessed,
        "ranked": bool(asked.raw("q").strip()),
        "more": query_without(fields | {"page": str(number + 1)}, "") if goes_on else "",
        "narrowed": any(name in fields for name in _MORE),
    }


def _titles(rows: tuple[TitleRow, ...], codes: tuple[str, ...]) -> list[TitleRow]:
    by_code = {row.code: row for row in rows}
    return [by_code[code] for code in codes if code in by_code]


PAGES = [list_programmes, show_programme, show_materials]
