"""Find a programme, look at it. One GET form: the address of a result can be mailed on."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.programmes.forms import FIELDS, parse_page, parse_search
from bookings.programmes.queries import (
    ActivityRow,
    SearchResult,
    get_activity,
    get_version,
    list_areas,
    list_subjects,
    search_activities,
)
from bookings.programmes.rules import PRESCHOOL, ActivityKind, ActivitySearch
from vizium.db.session import Database, Session
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.i18n import Translator
from vizium.web.kept import Kept
from vizium.web.page import Page
from vizium.web.templating import euro

# The whole catalogue of the centre fits on one page; the page stays small when it grows.
ITEMS_ON_A_PAGE = 40
# 15 kB each; the searches that many teachers make.
_LISTS: Kept[bytes] = Kept(most=200)


@get("/programmes", sync_to_thread=True)
def list_programmes(
    page: NamedDependency[Page], database: NamedDependency[Database], asked: NamedDependency[Form]
) -> Response[bytes]:
    """The catalogue, or what of it fits."""
    with database.reading() as session:
        try:
            if page.person is not None:
                return page.answer(_draw_list(page, session, asked))
            # Whoever is not signed in sees the same, until the catalogue changes.
            key = (get_version(session), page.lang, page.query, page.settings.demo)
            return page.answer(_LISTS.get(key, lambda: _draw_list(page, session, asked)))
        except InvalidInput as error:
            shown = _results(search_activities(session, ActivitySearch()), asked, 1, page.words)
            shown |= {"areas": list_areas(session), "subjects": list_subjects(session)}
            return page.show_again(_LIST, asked, error, **shown)


def _draw_list(page: Page, session: Session, asked: Form) -> bytes:
    areas, subjects = list_areas(session), list_subjects(session)
    wanted = parse_search(asked, areas=areas, subjects=subjects)
    number = parse_page(asked)
    shown = _results(search_activities(session, wanted), asked, number, page.words)
    return page.draw(_LIST, form=asked, areas=areas, subjects=subjects, **shown).encode()


@get("/programmes/{code:str}", sync_to_thread=True)
def show_programme(
    page: NamedDependency[Page], database: NamedDependency[Database], code: FromPath[str]
) -> Response[bytes]:
    """One activity with everything a teacher asks before booking."""
    with database.reading() as session:
        row = get_activity(session, code[:40])
        titles = {title.code: title for title in [*list_areas(session), *list_subjects(session)]}
    return page.show(
        "bookings/programmes/show.html",
        row=row,
        titles=titles,
        grades=grades_in_words(row, page.words),
        price=price_in_words(row, page.words),
    )


def grades_in_words(row: ActivityRow, words: Translator) -> str:
    """For whom it is: ``Pirmsskola, 1.–3. klase``."""
    if not row.grades:
        return words.t("For educators")
    return ", ".join(_span_in_words(first, last, words) for first, last in row.spans)


def price_in_words(row: ActivityRow, words: Translator) -> str:
    """What it costs: ``4,00 € no skolēna``."""
    if row.price_cents == 0:
        return words.t("free of charge")
    price = euro(words.lang, row.price_cents)
    if row.kind is ActivityKind.EDUCATOR:
        return words.t("%(price)s per person", price=price)
    return words.t("%(price)s per pupil", price=price)


def _span_in_words(first: int, last: int, words: Translator) -> str:
    if last == PRESCHOOL:
        return words.t("Preschool")
    if first == last:
        return words.t("Grade %(grade)s", grade=first)
    return words.t("Grades %(first)s–%(last)s", first=first, last=last)


def _facts(row: ActivityRow, words: Translator) -> str:
    """One line below the title in a list."""
    return " · ".join(
        (
            words.code("activity_kind", row.kind.value),
            grades_in_words(row, words),
            words.t("%(count)s min", count=row.duration_min),
            price_in_words(row, words),
        )
    )


_LIST = "bookings/programmes/list.html"


def _results(found: SearchResult, asked: Form, number: int, words: Translator) -> dict[str, Any]:
    """What the list shows of a result: one page of items and the way to the next."""
    end = number * ITEMS_ON_A_PAGE
    fields = {name: asked.raw(name) for name in FIELDS if asked.raw(name)}
    more = urlencode(fields | {"page": str(number + 1)}) if len(found.items) > end else ""
    return {
        "rows": [(row, _facts(row, words)) for row in found.items[end - ITEMS_ON_A_PAGE : end]],
        "total": len(found.items),
        "facets": found.facets,
        "more": more,
        "narrowed": any(name in fields for name in ("area", "subject", "language", "seats")),
    }


PAGES = [list_programmes, show_programme]
