"""Another room, host or hour for a published session: judged first, then done.

GET, POST /staff/timetable/{id}/move
"""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms.timetable import parse_session_move, session_form
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.session import (
    EDITING,
    PATH,
    Counter,
    open_counter,
    read_session,
    why_refused,
)
from bookings.visits.pages.staff_words import fault_lines, stops_of
from bookings.visits.pages.timetable import House, read_house
from bookings.visits.queries import VisitRow
from bookings.visits.rules import SessionState
from bookings.visits.service.timetable import list_classes
from bookings.visits.service.timetable_moves import Verdict, move_session, preview_move
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_MOVE = "bookings/visits/session_move.html"


@dataclass(frozen=True, slots=True)
class Hurt:
    """A class whose day a move makes worse, and what of it in words."""

    visit: VisitRow
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a verdict says, in words."""

    session: Session
    page: Page
    house: House

    def of(self, verdict: Verdict) -> tuple[list[str], list[str], list[Hurt]]:
        """What forbids the move, what speaks against it, and whom it hurts."""
        page, words = self.page, self.page.words
        plans = [verdict.plan, *(visit.plan for visit, _ in verdict.classes)]
        names = names_of(self.session, stops_of(plans, ()), lang=page.lang, now=page.now)
        blocking = fault_lines(verdict.blocking, verdict.plan, names, words)
        if not verdict.hour_is_kept:
            blocking.append(words.t("Classes have this session: it keeps its hour."))
        if verdict.seats_missing:
            blocking.append(
                words.t("The rooms lack places: %(count)s.", count=verdict.seats_missing)
            )
        hurt = [
            Hurt(visit, fault_lines(faults, visit.plan, names, words))
            for visit, faults in verdict.classes
        ]
        return blocking, fault_lines(verdict.warnings, verdict.plan, names, words), hurt


@get(PATH + "/move", guards=EDITING, sync_to_thread=True)
def new_session_move(
    session_id: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The fields as the session stands."""
    counter = open_counter(session_id, page, database, Form({}))
    if counter.row.start <= page.now or counter.row.state is SessionState.CANCELLED:
        return counter.show()
    counter.form = session_form(counter.row)
    return _ask(counter)


@post(PATH + "/move", guards=EDITING, status_code=200, sync_to_thread=True)
def create_session_move(
    session_id: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Say what the move meets; with `act=apply`, do it."""
    counter = open_counter(session_id, page, database, form)
    try:
        with database.reading() as session:
            command = parse_session_move(form, counter.row, read_house(session).known)
            verdict = preview_move(session, command, now=page.now)
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _ask(counter)
    except Conflict as error:
        return _refused(counter, error)
    known = not verdict.asks or form.flag("known")
    if form.raw("act") != "apply" or verdict.is_blocked or not verdict.is_other or not known:
        return _ask(counter, verdict, status=409 if verdict.is_blocked else 200)

    def act(session: Session) -> str:
        move_session(session, command, settings=page.settings, by=person.id, now=page.now)
        return f"/staff/timetable/{command.id}"

    try:
        scope = f"move-session:{command.id}"
        return page.go(once(database, form, scope=scope, now=page.now, act=act))
    except Conflict as error:
        return _refused(counter, error)


def _refused(counter: Counter, error: Conflict) -> Response[bytes]:
    """The session as it stands by now, with the answers as they were typed."""
    page = counter.page
    counter.row = read_session(counter.database, counter.row.id, page)
    if counter.row.start <= page.now or counter.row.state is SessionState.CANCELLED:
        counter.form = Form({})
        return counter.show(refusal=page.say(error), status=409)
    return _ask(counter, refusal=why_refused(error, counter.row, page), status=409)


def _ask(
    counter: Counter, verdict: Verdict | None = None, *, refusal: str = "", status: int = 200
) -> Response[bytes]:
    """The fields of a move, and above them what speaks against it."""
    page, row, form = counter.page, counter.row, counter.form
    with counter.database.reading() as session:
        house = read_house(session)
        classes = list_classes(session, row.id, now=page.now)
        lines = _Lines(session, page, house)
        judged = lines.of(verdict) if verdict else ([], [], [])
    blocking, warnings, hurt = judged
    return page.show(
        _MOVE,
        status=422 if form.errors else status,
        row=row,
        house=house,
        classes=classes,
        form=form,
        errors=form.errors,
        verdict=verdict,
        blocking=blocking,
        warnings=warnings,
        hurt=hurt,
        refusal=refusal,
        key=page.new_key(),
    )


SESSION_MOVE = [new_session_move, create_session_move]
