"""The head's answer by a signed link: see the visit, approve it or decline it."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.pages.visit_link import version_of
from bookings.visits.queries import VisitRow, find_visit
from bookings.visits.service import TransportDesk, VisitCommand
from bookings.visits.service.life import approve_visit, decline_visit
from bookings.visits.service.papers import approval_path, opens_approval
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

APPROVAL_PATH = "/visits/{reference:str}/approval/{key:str}"
_BY_HEAD = "head"
_ANSWERS = ("approve", "decline")


@get(APPROVAL_PATH, sync_to_thread=True)
def show_approval(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The visit that waits for the head, or in words what became of it."""
    return _show(page, open_approval(reference, key, page, database), Form({}))


@post(APPROVAL_PATH, sync_to_thread=True)
def create_answer(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Approve or decline; a link used twice shows what was decided."""
    visit = open_approval(reference, key, page, database)
    try:
        answer = form.choice("answer", _ANSWERS)
        word = form.prose("word")
        form.check()
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _show(page, visit, form)
    command = VisitCommand(visit.reference, version_of(form))

    def act(session: Session) -> str:
        settings, now = page.settings, page.now
        if answer == "approve":
            approve_visit(
                session, command, transport=transport, settings=settings, by=_BY_HEAD, now=now
            )
        else:
            decline_visit(session, command, settings=settings, by=_BY_HEAD, now=now, word=word)
        return approval_path(visit, settings)

    try:
        path = once(database, form, scope=f"approval:{visit.reference}", now=page.now, act=act)
    except Conflict as error:
        now_stands = open_approval(reference, key, page, database)
        return _show(page, now_stands, Form({}), refusal=page.say(error), status=409)
    return page.go(path)


def open_approval(reference: str, key: str, page: Page, database: Database) -> VisitRow:
    """The visit of a head's link as it counts now.

    Raises:
        NotFound: ``visit``.
    """
    with database.reading() as session:
        visit = find_visit(session, reference)
    if visit is None or not opens_approval(visit, key, page.settings):
        raise NotFound("visit")
    return visit.seen_at(page.now)


def _show(
    page: Page, visit: VisitRow, form: Form, *, refusal: str = "", status: int = 200
) -> Response[bytes]:
    return page.show(
        "bookings/visits/approval.html",
        status=422 if form.errors else status,
        visit=visit,
        form=form,
        errors=form.errors,
        refusal=refusal,
        path=approval_path(visit, page.settings),
        key=page.new_key(),
    )
