"""Join the waiting list: one question after the other.

The answers travel in the address until the contact is asked, as in the booking from which most
come: what they said there, they do not say again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.programmes.queries import ActivityRow, get_activity
from bookings.schools.queries import SchoolRow, find_school, search_schools
from bookings.visits.forms import GRADES, parse_people
from bookings.visits.rules import check_people
from bookings.visits.service.access import BY_LINK
from bookings.waiting.forms import (
    LANGUAGES,
    check_days,
    days_named,
    later_day,
    parse_waiting,
    travelling,
    wanted_day,
)
from bookings.waiting.queries import (
    list_open_days,
)
from bookings.waiting.rules import check_wishes
from bookings.waiting.service import add_waiting, waiting_path
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form
from vizium.web.limits import use_once
from vizium.web.once import once
from vizium.web.page import Page

_DAYS_SHOWN = 20
_SCHOOLS_SHOWN = 12
_JOINS_PER_PEER = 20
_JOINS_WINDOW = timedelta(minutes=15)
# How long before the wanted day the list of days begins.
_BEFORE = timedelta(days=7)


@dataclass(slots=True)
class Joining:
    """What the answers so far say."""

    form: Form
    activities: list[ActivityRow]
    school: SchoolRow | None

    def link(self, *without: str, **more: str) -> str:
        """The address of the questions without some answers and with others."""
        kept = travelling(self.form, *without, *more)
        return "/waiting/new?" + urlencode([*kept, *more.items()])

    def carried(self, *without: str) -> list[tuple[str, str]]:
        """The answers as hidden fields."""
        return travelling(self.form, *without)

    @property
    def grades(self) -> list[int]:
        """The grades that every wanted activity takes; all of them when there is none."""
        taken = [set(activity.grades) for activity in self.activities]
        return sorted(set(GRADES).intersection(*taken) or GRADES)

    @property
    def languages(self) -> list[str]:
        """The languages in which every wanted activity is held; all of them when there is none."""
        held = [set(activity.languages) for activity in self.activities]
        common = set(LANGUAGES).intersection(*held) or LANGUAGES
        return [language for language in LANGUAGES if language in common]

    @property
    def group_fields(self) -> list[str]:
        """The names of the fields that the question about the class asks."""
        return ["adults", "language", *(f"g{grade}" for grade in GRADES)]


@get("/waiting/new", sync_to_thread=True)
def new_waiting(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """The first question that has no good answer yet."""
    joining = _load(database, asked)
    if joining.school is None:
        return _ask_school(page, database, joining)
    if "adults" not in asked.fields or asked.raw("step") == "class":
        return _ask(page, "class", joining)
    if not _is_good_class(joining):
        return _ask(page, "class", joining)
    if "d" not in asked.fields or asked.raw("step") == "days" or later_day(asked) is not None:
        return _ask_days(page, database, joining)
    check_days(asked)
    if asked.errors:
        return _ask_days(page, database, joining)
    known = {"name": visitor.name, "email": visitor.email} if visitor else {}
    return _ask(page, "contact", joining, known=known, days=days_named(asked))


@post("/waiting", sync_to_thread=True)
def create_waiting(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """Put the class on the list; what is wrong is said on the page that asked it."""
    owner = visitor.id if visitor else None
    try:
        command = parse_waiting(form, page_language=page.lang, owner_person=owner)
        with database.transaction() as session:
            use_once(
                session,
                f"wait:{page.peer}",
                most=_JOINS_PER_PEER,
                window=_JOINS_WINDOW,
                now=page.now,
            )
        path = once(
            database,
            form,
            scope="add-waiting",
            now=page.now,
            act=lambda session: waiting_path(
                add_waiting(
                    session, command, settings=page.settings, by=owner or BY_LINK, now=page.now
                ).reference,
                page.settings,
            ),
        )
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _ask_again(page, database, form)
    return page.go(path)


def _load(database: Database, form: Form) -> Joining:
    with database.reading() as session:
        codes = dict.fromkeys(code for code in form.all("code") if code)
        activities = [get_activity(session, code) for code in codes]
        school = find_school(session, form.raw("school")) if form.raw("school") else None
    return Joining(form, activities, school)


def _is_good_class(joining: Joining) -> bool:
    """Whether these people can be a group that takes this; what is wrong is noted in the form."""
    form = joining.form
    people = parse_people(form)
    if people.language not in LANGUAGES:
        form.fail("language", "choose")
    if not form.errors:
        form.errors = check_people(people.groups, people.adults)
        form.errors += check_wishes(joining.activities, people.groups, people.language)
    return not form.errors


def _ask_again(page: Page, database: Database, form: Form) -> Response[bytes]:
    joining = _load(database, form)
    fields = {error.field for error in form.errors}
    if "school" in fields or joining.school is None:
        return _ask_school(page, database, joining)
    if fields & {"groups", "adults", "language", "wishes", *(f"g{grade}" for grade in GRADES)}:
        return _ask(page, "class", joining)
    if fields & {"d", "days"}:
        form.errors = [
            type(error)("d", error.code, error.facts) if error.field == "days" else error
            for error in form.errors
        ]
        return _ask_days(page, database, joining)
    return _ask(page, "contact", joining, known={}, days=days_named(form))


def _ask_school(page: Page, database: Database, joining: Joining) -> Response[bytes]:
    q = joining.form.text("q", missing=None)
    with database.reading() as session:
        found = search_schools(session, q, most=_SCHOOLS_SHOWN) if q else []
    return _ask(page, "school", joining, q=q, found=found)


def _ask_days(page: Page, database: Database, joining: Joining) -> Response[bytes]:
    tomorrow = days_after(local_date(page.now), 1)
    wanted, later = wanted_day(joining.form), later_day(joining.form)
    first = max(tomorrow, wanted - _BEFORE) if wanted and wanted > tomorrow else tomorrow
    first = max(first, later) if later else first
    ticked: set[date] = set(days_named(joining.form)) or ({wanted} if wanted else set())
    with database.reading() as session:
        days = list_open_days(session, first, most=_DAYS_SHOWN)
    more = days_after(days[-1], 1) if len(days) == _DAYS_SHOWN else None
    days = sorted({*days, *(day for day in ticked if day >= tomorrow)})
    return _ask(page, "days", joining, days=days, ticked=ticked, more=more)


def _ask(page: Page, question: str, joining: Joining, **values: object) -> Response[bytes]:
    return page.show(
        f"bookings/waiting/new_{question}.html",
        status=422 if joining.form.errors else 200,
        joining=joining,
        form=joining.form,
        errors=joining.form.errors,
        key=page.new_key(),
        spoken=[(code, page.words.code("language", code)) for code in joining.languages],
        **values,
    )
