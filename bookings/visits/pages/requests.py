"""What waits for an answer, the oldest first: heads, holds, outages, days that no longer fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.queries import OutageRow, list_open_outages
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.replan import replan_path
from bookings.visits.pages.staff_words import fault_lines, resource_name
from bookings.visits.pages.visit_link import version_of
from bookings.visits.queries import VisitRow
from bookings.visits.queries.lists import list_unanswered
from bookings.visits.rules import VisitState
from bookings.visits.service import TransportDesk, VisitCommand, list_affected
from bookings.visits.service.access import CHANGING_ROLES, as_seen_by, visit_of_person
from bookings.visits.service.forecast import list_broken
from bookings.visits.service.history import note_word
from bookings.visits.service.letters import Letter, News, send_letter
from bookings.visits.service.life import approve_visit, decline_visit
from bookings.visits.service.moves import load_visit, note
from vizium.auth.guards import opens, requires
from vizium.auth.rules import OPEN_TO, Desk, Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import days_after, local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

# So far ahead it is looked whether what is booked still fits.
_DAYS_LOOKED_AHEAD = 7
_HOLDS_SHOWN = 30
_ANSWERS = ("approve", "decline", "resend")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visit that waits, and for how many whole days already."""

    visit: VisitRow
    days: int


@dataclass(frozen=True, slots=True)
class Touched:
    """An outage with the visits that stand on it and are still to come."""

    outage: OutageRow
    name: str
    visits: Sequence[VisitRow]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A booked visit that the judge would refuse now, and why in words."""

    visit: VisitRow
    why: Sequence[str]
    path: str


@get("/staff/requests", guards=[opens(Desk.REQUESTS)], sync_to_thread=True)
def list_requests(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Everything that waits for somebody of the staff."""
    return _show(page, database, asked)


@post(
    "/staff/requests/{reference:str}",
    guards=[requires(*(OPEN_TO[Desk.REQUESTS] & CHANGING_ROLES))],
    sync_to_thread=True,
)
def create_answer_for_head(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """What the head said by telephone, or the mail to the head once more."""
    with database.reading() as session:
        visit = visit_of_person(session, reference, person, changing=True)
    try:
        answer = form.choice("answer", _ANSWERS)
        word = form.prose("word")
        if answer == "decline" and not word:
            form.fail("word", "why_missing")
        form.check()
    except InvalidInput as error:
        form.errors = list(error.errors)
        return _show(page, database, form, about=visit.reference)
    command = VisitCommand(visit.reference, version_of(form))

    def act(session: Session) -> str:
        settings, now, by = page.settings, page.now, person.id
        if answer == "resend":
            _send_again(session, command, page, by=by, mark=form.raw("key")[:40])
        elif answer == "approve":
            done = approve_visit(
                session, command, transport=transport, settings=settings, by=by, now=now
            )
            if word:
                note_word(session, done, word, by=by, now=now)
        else:
            done = decline_visit(session, command, settings=settings, by=by, now=now, word=word)
            note_word(session, done, word, by=by, now=now)
        return f"/staff/requests?done={visit.reference}&answer={answer}"

    try:
        path = once(database, form, scope=f"answer:{visit.reference}", now=page.now, act=act)
    except Conflict as error:
        return _show(page, database, Form({}), refusal=page.say(error), status=409)
    return page.go(path)


def _send_again(session: Session, command: VisitCommand, page: Page, *, by: str, mark: str) -> None:
    """The mail to the head once more.

    Raises:
        Conflict: the visit does not wait for a head.
    """
    visit = load_visit(session, command, now=page.now)
    if visit.state is not VisitState.PROVISIONAL:
        raise Conflict(f"visit_is_{visit.state.value}", state=visit.state.value)
    news = News(mark=mark)
    send_letter(session, Letter.ASKED, visit, settings=page.settings, now=page.now, news=news)
    note(session, visit, "resend_approval", by=by, now=page.now)


def _show(
    page: Page,
    database: Database,
    form: Form,
    *,
    about: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response[bytes]:
    with database.reading() as session:
        heads = list_unanswered(session, VisitState.PROVISIONAL, now=page.now)
        holds = list_unanswered(session, VisitState.HELD, now=page.now)
        touched = _touched(session, page)
        misfits = _misfits(session, page)
    holds.sort(key=lambda visit: (visit.expires_at or page.now, visit.id))
    person = page.person
    assert isinstance(person, Person)

    def seen(visit: VisitRow) -> VisitRow:
        return as_seen_by(visit, person, now=page.now)

    return page.show(
        "bookings/visits/requests.html",
        status=422 if form.errors else status,
        form=form,
        errors=form.errors,
        about=about,
        refusal=refusal,
        heads=[_waiting(seen(visit), page) for visit in heads],
        holds=[seen(visit) for visit in holds[:_HOLDS_SHOWN]],
        holds_more=max(0, len(holds) - _HOLDS_SHOWN),
        touched=touched,
        misfits=misfits,
        may_answer=page.has_role(*CHANGING_ROLES),
        sees_waiting=page.has_role(*OPEN_TO[Desk.WAITING]),
        key=page.new_key(),
    )


def _waiting(visit: VisitRow, page: Page) -> Waiting:
    return Waiting(visit, (page.now - visit.created_at) // _DAY)


def _touched(session: Session, page: Page) -> list[Touched]:
    outages = list_open_outages(session, now=page.now)
    names = names_of(session, [], lang=page.lang, now=page.now) if outages else None
    found = []
    for outage in outages:
        standing = [
            visit
            for visit in (row.seen_at(page.now) for row in list_affected(session, outage))
            if visit.is_kept and visit.end > page.now
        ]
        if standing and names is not None:
            found.append(Touched(outage, resource_name(outage, names), standing))
    return found


def _misfits(session: Session, page: Page) -> list[Misfit]:
    today = local_date(page.now)
    until = days_after(today, _DAYS_LOOKED_AHEAD)
    broken = list_broken(session, today, until, now=page.now)
    plans = [one.visit.plan for one in broken]
    names = names_of(session, plans, lang=page.lang, now=page.now)
    return [
        Misfit(
            one.visit,
            fault_lines(one.faults, one.visit.plan, names, page.words),
            replan_path(one.visit),
        )
        for one in broken
    ]
