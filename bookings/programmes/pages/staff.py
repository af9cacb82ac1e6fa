"""The catalogue for those who write it: everything, archived too, and each with its versions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation

from bookings.programmes.forms import FIELDS, parse_page, parse_search
from bookings.programmes.pages.wording import facts_in_words, query_without
from bookings.programmes.queries import (
    VersionRow,
    get_activity,
    list_areas,
    list_subjects,
    list_versions,
    search_activities,
)
from bookings.programmes.rules import ActivitySearch
from bookings.programmes.rules.changes import changes
from bookings.programmes.rules.choices import Choices
from bookings.programmes.service import BY_FILES
from vizium.auth.guards import opens
from vizium.auth.queries import list_people
from vizium.auth.rules import Desk, Person, Role
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput
from vizium.kernel.schoolyear import SchoolYear
from vizium.web.forms import Form
from vizium.web.page import Page

ReadChoices = Callable[[Session], Choices]
EDITORS = (Role.METHODOLOGIST, Role.ADMIN)
_ITEMS_ON_A_PAGE = 40
_LIST = "bookings/programmes/staff_list.html"


@dataclass(frozen=True, slots=True)
class Editing:
    """Who edits what in which request: what every page that writes needs."""

    page: Page
    database: Database
    person: Person
    form: Form
    read_choices: ReadChoices


def provide_editing(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    person: NamedDependency[Person],
    form: NamedDependency[Form],
    read_choices: SkipValidation[NamedDependency[ReadChoices]],
) -> Editing:
    """The `editing` dependency of the pages that write."""
    return Editing(page, database, person, form, read_choices)


EDITING = {"editing": Provide(provide_editing, sync_to_thread=False)}


@get("/staff/catalogue", sync_to_thread=True, guards=[opens(Desk.CATALOGUE)])
def list_catalogue(
    page: NamedDependency[Page], database: NamedDependency[Database], asked: NamedDependency[Form]
) -> Response[bytes]:
    """Everything that is or was offered, by words, kind and state."""
    with database.reading() as session:
        try:
            return page.show(_LIST, form=asked, **_found(page, session, asked))
        except InvalidInput as error:
            everything = _found(page, session, Form({}))
            return page.show_again(_LIST, asked, error, **everything)


@get("/staff/catalogue/{code:str}", sync_to_thread=True, guards=[opens(Desk.CATALOGUE)])
def show_editions(
    page: NamedDependency[Page], database: NamedDependency[Database], code: FromPath[str]
) -> Response[bytes]:
    """One activity: this school year's edition, the next one's, and how they came about."""
    with database.reading() as session:
        return page.show(
            "bookings/programmes/staff_show.html", **editions_of(session, code[:40], page)
        )


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version as its history shows it; `fields` are those that it changed."""

    school_year: SchoolYear
    version: int
    made_by: str
    made_at: datetime
    fields: tuple[str, ...]


def editions_of(session: Session, code: str, page: Page) -> dict[str, Any]:
    """What the page of one activity shows."""
    year = SchoolYear.of(local_date(page.now))
    standing = get_activity(session, code)
    versions = list_versions(session, code)
    following = [each for each in versions if each.school_year == year.next()]
    return {
        "row": standing,
        "facts": facts_in_words(standing, page.words),
        "year": year,
        "next_year": year.next(),
        "following": following[0].content if following else None,
        "history": _history(versions, _names(session)),
        "key": page.new_key(),
        "form": Form({}),
        "version": next((v.version for v in versions if v.school_year == year), 0),
        "next_version": following[0].version if following else 0,
    }


def _found(page: Page, session: Session, asked: Form) -> dict[str, Any]:
    areas, subjects = list_areas(session), list_subjects(session)
    if asked.fields:
        wanted = parse_search(asked, areas=areas, subjects=subjects, offered=False)
    else:
        wanted = ActivitySearch()
    number = parse_page(asked)
    first = (number - 1) * _ITEMS_ON_A_PAGE
    found = search_activities(session, wanted, first=first, most=_ITEMS_ON_A_PAGE)
    fields = {name: asked.raw(name) for name in (*FIELDS, "state") if asked.raw(name)}
    goes_on = found.total > number * _ITEMS_ON_A_PAGE
    return {
        "rows": [(row, facts_in_words(row, page.words)) for row in found.items],
        "total": found.total,
        "facets": found.facets,
        "more": query_without(fields | {"page": str(number + 1)}, "") if goes_on else "",
    }


def _history(versions: list[VersionRow], names: dict[str, str]) -> list[PastVersion]:
    """The newest first; each compared with the one before it, which may be of an earlier year."""
    earlier = [*versions[1:], None]
    return [
        PastVersion(
            school_year=each.school_year,
            version=each.version,
            made_by=names.get(each.made_by, each.made_by),
            made_at=each.made_at,
            fields=tuple(c.field for c in changes(before.content, each.content)) if before else (),
        )
        for each, before in zip(versions, earlier, strict=True)
    ]


def _names(session: Session) -> dict[str, str]:
    """Who made versions, keyed by id; files have no name here."""
    return {person.id: person.name for person in list_people(session)} | {BY_FILES: ""}


PAGES = [list_catalogue, show_editions]
