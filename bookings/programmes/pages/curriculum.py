"""Learning areas, subjects and outcomes of the standard, for those who write the catalogue."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.programmes.forms import form_of_row, parse_outcome, parse_title
from bookings.programmes.pages.options import grade_options, title_options
from bookings.programmes.pages.staff import EDITING, EDITORS, Editing
from bookings.programmes.pages.wording import span_in_words
from bookings.programmes.queries import (
    OutcomeRow,
    TitleRow,
    list_areas,
    list_outcomes,
    list_subjects,
)
from bookings.programmes.service import save_area, save_outcome, save_subject
from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.ids import fingerprint
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_PATH = "/staff/curriculum"
_GUARDS = [requires(*EDITORS)]
_LIST = "bookings/programmes/curriculum.html"
_FORM = "bookings/programmes/curriculum_edit.html"


@dataclass(frozen=True, slots=True)
class _Curriculum:
    """Areas, subjects and outcomes in their order."""

    areas: tuple[TitleRow, ...]
    subjects: tuple[TitleRow, ...]
    outcomes: tuple[OutcomeRow, ...]

    def find(self, kind: str, code: str) -> TitleRow | OutcomeRow | None:
        """A row of one kind; None for a new one (an empty code).

        Raises:
            NotFound: there is no such kind or row.
        """
        rows: dict[str, tuple[TitleRow, ...] | tuple[OutcomeRow, ...]] = {
            "area": self.areas,
            "subject": self.subjects,
            "outcome": self.outcomes,
        }
        if kind in rows and not code:
            return None
        found = next((row for row in rows.get(kind, ()) if row.code == code), None)
        if found is None:
            raise NotFound("not_found")
        return found


@get(_PATH, sync_to_thread=True, guards=[opens(Desk.CATALOGUE)])
def list_curriculum(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """Everything that activities may refer to."""
    with database.reading() as session:
        curriculum = _read(session)
    return page.show(
        _LIST,
        areas=curriculum.areas,
        subjects=curriculum.subjects,
        outcomes=[
            (row, span_in_words(row.first_grade, row.last_grade, page.words))
            for row in curriculum.outcomes
        ],
    )


@get(f"{_PATH}/{{kind:str}}", sync_to_thread=True, guards=_GUARDS)
def new_row(
    page: NamedDependency[Page], database: NamedDependency[Database], kind: FromPath[str]
) -> Response[bytes]:
    """An empty form."""
    return _show_form(page, database, kind, "")


@get(f"{_PATH}/{{kind:str}}/{{code:str}}", sync_to_thread=True, guards=_GUARDS)
def change_row(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    """The form of one row."""
    return _show_form(page, database, kind, code)


@post(f"{_PATH}/{{kind:str}}", sync_to_thread=True, guards=_GUARDS, dependencies=EDITING)
def create_row(editing: NamedDependency[Editing], kind: FromPath[str]) -> Response[bytes]:
    """Add one row."""
    return _take(editing, kind, "")


@post(
    f"{_PATH}/{{kind:str}}/{{code:str}}", sync_to_thread=True, guards=_GUARDS, dependencies=EDITING
)
def save_row(
    editing: NamedDependency[Editing], kind: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Write one row; when somebody else changed it meanwhile, show theirs beside what was typed."""
    return _take(editing, kind, code)


def _show_form(page: Page, database: Database, kind: str, code: str) -> Response[bytes]:
    with database.reading() as session:
        curriculum = _read(session)
    row = curriculum.find(kind, code)
    form = form_of_row(row) if row else Form({})
    return page.show(_FORM, form=form, **_shown(page, curriculum, kind, row))


def _take(editing: Editing, kind: str, code: str) -> Response[bytes]:
    page, form = editing.page, editing.form
    with editing.database.reading() as session:
        curriculum = _read(session)
    row = curriculum.find(kind, code)
    scope = f"curriculum:{kind}:{code}"

    def act(session: Session) -> str:
        return _save(session, editing, curriculum, (kind, row))

    try:
        return page.go(once(editing.database, form, scope=scope, now=page.now, act=act))
    except InvalidInput as error:
        return page.show_again(_FORM, form, error, **_shown(page, curriculum, kind, row))
    except Conflict as error:
        shown = _shown(page, curriculum, kind, row) | {"refused": page.say(error)}
        return page.show(_FORM, status=409, form=form, **shown)


def _save(
    session: Session,
    editing: Editing,
    curriculum: _Curriculum,
    named: tuple[str, TitleRow | OutcomeRow | None],
) -> str:
    kind, seen = named
    form, by, now = editing.form, editing.person.id, editing.page.now
    if seen is not None and form.raw("seen") != _edition(seen):
        raise Conflict("curriculum_changed")
    if kind == "outcome":
        assert not isinstance(seen, TitleRow)
        outcome = parse_outcome(
            form, areas=curriculum.areas, subjects=curriculum.subjects, before=seen
        )
        save_outcome(session, outcome, seen=seen, by=by, now=now)
        return f"{_PATH}#{outcome.code}"
    assert not isinstance(seen, OutcomeRow)
    areas = curriculum.areas if kind == "subject" else None
    title = parse_title(form, areas=areas, before=seen)
    save = save_subject if kind == "subject" else save_area
    save(session, title, seen=seen, by=by, now=now)
    return f"{_PATH}#{kind}-{title.code}"


def _read(session: Session) -> _Curriculum:
    return _Curriculum(list_areas(session), list_subjects(session), list_outcomes(session))


def _edition(row: TitleRow | OutcomeRow) -> str:
    """What tells one state of a row from another: who edits it says which one they saw."""
    return fingerprint(repr(row).encode())[:16]


def _shown(
    page: Page, curriculum: _Curriculum, kind: str, row: TitleRow | OutcomeRow | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "row": row,
        "area_options": title_options(curriculum.areas, page.words),
        "subject_options": [("", "–"), *title_options(curriculum.subjects, page.words)],
        "grade_options": grade_options(page.words),
        "seen": _edition(row) if row else "",
        "key": page.new_key(),
        "refused": "",
    }


PAGES = [list_curriculum, new_row, change_row, create_row, save_row]
