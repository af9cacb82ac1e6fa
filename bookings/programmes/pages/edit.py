"""Staff write an activity: form, preview of what changes, saved; nothing is lost on the way.

```
GET  …/new or …/T-07/2026       the form
POST the same, step=preview     422 with every error, or what changes
POST the same, step=edit        back to the form with all answers
POST the same, step=save        saved (303); or 409: what somebody else changed meanwhile
```
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.programmes.forms import (
    MATERIALS_MAX,
    OUTCOMES_MAX,
    Edited,
    form_of,
    parse_activity,
    rows_of,
)
from bookings.programmes.pages.options import activity_options
from bookings.programmes.pages.staff import EDITING, EDITORS, Editing, ReadChoices
from bookings.programmes.queries import (
    ActivityRow,
    find_edition,
    get_activity,
    list_areas,
    list_outcomes,
    list_subjects,
)
from bookings.programmes.rules.changes import Change, changes
from bookings.programmes.service import SaveActivity, create_activity, save_activity
from vizium.auth.guards import requires
from vizium.db.session import Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.schoolyear import SchoolYear
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_Act = Callable[[Session, ActivityRow], None]
_CATALOGUE = "/staff/catalogue"
_GUARDS = [requires(*EDITORS)]
_FORM = "bookings/programmes/edit.html"
_PREVIEW = "bookings/programmes/preview.html"
# Hidden fields that are not answers.
_NOT_ANSWERS = frozenset({"_csrf_token", "key", "step", "version"})


@dataclass(frozen=True, slots=True)
class _Desk:
    """One activity on the desk of one person: what stands, and of which school year.

    `before` is None for a new activity; `version` is that of the very year, 0 if it has none.
    """

    known: Edited
    path: str
    before: ActivityRow | None
    year: SchoolYear
    version: int


@get(f"{_CATALOGUE}/new", sync_to_thread=True, guards=_GUARDS, dependencies=EDITING)
def new_activity(editing: NamedDependency[Editing]) -> Response[bytes]:
    """An empty form."""
    form = Form({"sessions_count": ["1"], "on_request": ["1"], "languages": ["lv"]})
    return _show_form(editing.page, _new_desk(editing), form)


@post(f"{_CATALOGUE}/new", sync_to_thread=True, guards=_GUARDS, dependencies=EDITING)
def create_new_activity(editing: NamedDependency[Editing]) -> Response[bytes]:
    """Preview a new activity, or put it into the catalogue."""

    def act(session: Session, row: ActivityRow) -> None:
        create_activity(session, row, by=editing.person.id, now=editing.page.now)

    return _take_step(editing, _new_desk(editing), act)


@get(
    f"{_CATALOGUE}/{{code:str}}/{{year:int}}",
    sync_to_thread=True,
    guards=_GUARDS,
    dependencies=EDITING,
)
def change_activity(
    editing: NamedDependency[Editing], code: FromPath[str], year: FromPath[int]
) -> Response[bytes]:
    """The form with what an activity says from a school year on."""
    desk = _load_desk(editing, code[:40], year)
    assert desk.before is not None
    return _show_form(editing.page, desk, form_of(desk.before))


@post(
    f"{_CATALOGUE}/{{code:str}}/{{year:int}}",
    sync_to_thread=True,
    guards=_GUARDS,
    dependencies=EDITING,
)
def save_changed_activity(
    editing: NamedDependency[Editing], code: FromPath[str], year: FromPath[int]
) -> Response[bytes]:
    """Preview a change, or write it as the next version."""
    desk = _load_desk(editing, code[:40], year)
    expected = _version_seen(editing.form)

    def act(session: Session, row: ActivityRow) -> None:
        command = SaveActivity(row, desk.year, expected)
        save_activity(session, command, by=editing.person.id, now=editing.page.now)

    return _take_step(editing, desk, act)


@post(
    f"{_CATALOGUE}/{{code:str}}/{{year:int}}/edition",
    sync_to_thread=True,
    guards=_GUARDS,
    dependencies=EDITING,
)
def create_edition(
    editing: NamedDependency[Editing], code: FromPath[str], year: FromPath[int]
) -> Response[bytes]:
    """Take an activity over to a school year as it is, archive it from then on, or offer it again.

    The field ``archived`` decides (``1`` or ``0``); without it the edition is offered or archived
    as it was.
    """
    page, form = editing.page, editing.form
    school_year = _writable(page, year)

    def act(session: Session) -> str:
        row = _content_in(session, code[:40], school_year)
        archived = form.flag("archived") if form.raw("archived") else row.archived
        content = replace(row, archived=archived)
        command = SaveActivity(content, school_year, _version_seen(form))
        save_activity(session, command, by=editing.person.id, now=page.now)
        return f"{_CATALOGUE}/{row.code}"

    scope = f"edition:{code[:40]}:{year}"
    return page.go(once(editing.database, form, scope=scope, now=page.now, act=act))


def _take_step(editing: Editing, desk: _Desk, act: _Act) -> Response[bytes]:
    page, form = editing.page, editing.form
    if form.raw("step") == "edit":
        return _show_form(page, desk, form)
    try:
        row = parse_activity(form, desk.known, before=desk.before)
        if form.raw("step") != "save":
            return _show_preview(page, desk, form, row)

        def save(session: Session) -> str:
            act(session, row)
            return f"{_CATALOGUE}/{row.code}"

        scope = f"save-activity:{row.code}:{desk.year.start_year}"
        return page.go(once(editing.database, form, scope=scope, now=page.now, act=save))
    except InvalidInput as error:
        return page.show_again(_FORM, form, error, **_shown(page, desk, form))
    except Conflict as error:
        return _show_conflict(page, desk, form, error)


def _version_seen(form: Form) -> int:
    """The version that the person saw; a form without one saw none."""
    seen = form.raw("version")
    return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else 0


def _show_form(page: Page, desk: _Desk, form: Form) -> Response[bytes]:
    return page.show(_FORM, form=form, **_shown(page, desk, form))


def _show_preview(page: Page, desk: _Desk, form: Form, row: ActivityRow) -> Response[bytes]:
    """What would change; nothing is written yet."""
    return page.show(
        _PREVIEW,
        row=row,
        changes=_compared(desk, row),
        answers=_answers(form),
        **_shown(page, desk, form),
    )


def _show_conflict(page: Page, desk: _Desk, form: Form, error: Conflict) -> Response[bytes]:
    """What was typed beside what stands by now; saving it again is then deliberate."""
    row = parse_activity(form, desk.known, before=desk.before)
    return page.show(
        _PREVIEW,
        status=409,
        row=row,
        changes=_compared(desk, row),
        answers=_answers(form),
        **_shown(page, desk, form) | {"refused": page.say(error), "version": desk.version},
    )


def _compared(desk: _Desk, row: ActivityRow) -> tuple[Change, ...]:
    return changes(desk.before, row) if desk.before else ()


def _answers(form: Form) -> list[tuple[str, str]]:
    """Every answer as a hidden field carries it."""
    return [
        (name, value)
        for name, values in form.fields.items()
        if name not in _NOT_ANSWERS
        for value in values
    ]


def _shown(page: Page, desk: _Desk, form: Form) -> dict[str, Any]:
    return {
        "desk": desk,
        "year": desk.year,
        "key": page.new_key(),
        "refused": "",
        "version": form.raw("version") or desk.version,
        "outcome_rows": rows_of(form, "outcome_lv", OUTCOMES_MAX),
        "material_rows": rows_of(form, "material_title_lv", MATERIALS_MAX),
        **activity_options(desk.known, page.words),
    }


def _new_desk(editing: Editing) -> _Desk:
    with editing.database.reading() as session:
        known = _known(session, editing.read_choices)
    year = SchoolYear.of(local_date(editing.page.now))
    return _Desk(known, f"{_CATALOGUE}/new", before=None, year=year, version=0)


def _load_desk(editing: Editing, code: str, year: int) -> _Desk:
    """What an activity says in this school year or the next.

    Raises:
        NotFound: ``activity``, or no such school year can be written any more or yet.
    """
    school_year = _writable(editing.page, year)
    with editing.database.reading() as session:
        edition = find_edition(session, code, school_year)
        return _Desk(
            known=_known(session, editing.read_choices),
            path=f"{_CATALOGUE}/{code}/{year}",
            before=edition.content if edition else get_activity(session, code),
            year=school_year,
            version=edition.version if edition and edition.school_year == school_year else 0,
        )


def _writable(page: Page, year: int) -> SchoolYear:
    """This school year or the next; what is past stays as it was."""
    present = SchoolYear.of(local_date(page.now))
    if year not in (present.start_year, present.next().start_year):
        raise NotFound("not_found")
    return SchoolYear(year)


def _content_in(session: Session, code: str, year: SchoolYear) -> ActivityRow:
    edition = find_edition(session, code, year)
    return edition.content if edition else get_activity(session, code)


def _known(session: Session, read_choices: ReadChoices) -> Edited:
    return Edited(
        areas=list_areas(session),
        subjects=list_subjects(session),
        outcomes=list_outcomes(session),
        choices=read_choices(session),
    )


PAGES = [
    new_activity,
    create_new_activity,
    change_activity,
    save_changed_activity,
    create_edition,
]
