"""One visit before the staff: the whole day, the people, the history; count it, end it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.visits.forms import parse_arrival
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.plan_view import moments_of_visit
from bookings.visits.pages.staff_words import change_lines, stops_of
from bookings.visits.pages.visit_link import version_of
from bookings.visits.queries import VisitRow, get_visit, list_arrivals
from bookings.visits.rules import VisitState, arrival_flags, may_move, no_show_fee
from bookings.visits.service import (
    Cancellation,
    CancelVisit,
    TransportDesk,
    VisitCommand,
    cancel_visit,
    preview_cancellation,
    record_arrival,
)
from bookings.visits.service.access import CHANGING_ROLES, as_seen_by, visit_of_person
from bookings.visits.service.door import miss_visit
from bookings.visits.service.history import Act, note_word, read_history
from bookings.visits.service.papers import manage_path
from bookings.visits.service.policy import get_policy
from bookings.visits.service.waivers import WaiveFee, waive_no_show_fee
from vizium.auth.guards import requires, staff_only
from vizium.auth.queries import list_people
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

_PATH = "/staff/visits/{reference:str}"
_CHANGING = [requires(*CHANGING_ROLES)]
# Who cancels: the school owes what the rules say, the centre's own fault costs nothing.
_CANCELS = ("school", "centre")


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act in words; `by` is a name, or ``school``, ``head``, ``system``."""

    act: Act
    by: str
    changes: Sequence[str]


@dataclass(slots=True)
class Counter:
    """One request of the staff about a visit."""

    page: Page
    person: Person
    database: Database
    form: Form
    visit: VisitRow

    def show(self, *, refusal: str = "", status: int = 200) -> Response[bytes]:
        """The visit as it stands now."""
        page, visit, form = self.page, self.visit, self.form
        with self.database.reading() as session:
            arrivals = list_arrivals(session, visit.id)
            history = self._history(session)
            costs = self._costs(session)
            policy = get_policy(session, visit.local_date)
        flags = arrival_flags(
            visit.state, visit.local_date, at=page.now, pupils=visit.pupils, booked=visit.pupils
        )
        return page.show(
            "bookings/visits/staff_visit.html",
            status=422 if form.errors else status,
            visit=as_seen_by(visit, self.person, now=page.now),
            moments=moments_of_visit(visit.stops, visit.subgroups, page.lang),
            arrivals=arrivals,
            history=history,
            costs=costs,
            can_miss=may_move(visit.state, VisitState.NO_SHOW) and page.now >= visit.arrive_at,
            missing_costs=no_show_fee(visit.price_cents, policy),
            has_pass=page.has_role(*CHANGING_ROLES)
            and visit.state in {VisitState.CONFIRMED, VisitState.ARRIVED},
            flags=flags,
            form=form,
            errors=form.errors,
            refusal=refusal,
            booked=form.raw("booked") == "1",
            path=manage_path(visit.reference, page.settings),
            may_count=page.has_role(*CHANGING_ROLES),
            key=page.new_key(),
        )

    def act(self, what: str, act: Callable[[Session], VisitRow]) -> Response[bytes]:
        """Do it once and show the visit; refused, the visit as it stands and why."""
        page = self.page

        def acted(session: Session) -> str:
            return f"/staff/visits/{act(session).reference}"

        scope = f"{what}:{self.visit.reference}"
        try:
            return page.go(once(self.database, self.form, scope=scope, now=page.now, act=acted))
        except Conflict as error:
            with self.database.reading() as session:
                self.visit = get_visit(session, self.visit.reference).seen_at(page.now)
            self.form = Form({})
            return self.show(refusal=page.say(error), status=409)

    def _history(self, session: Session) -> list[ActLine]:
        acts = read_history(session, self.visit)
        changes = [change for act in acts for change in act.stops]
        lang, now = self.page.lang, self.page.now
        names = names_of(session, stops_of([], changes), lang=lang, now=now)
        people = {person.id: person.name for person in list_people(session)}
        return [
            ActLine(
                act, people.get(act.by, act.by), change_lines(act.stops, names, self.page.words)
            )
            for act in acts
        ]

    def _costs(self, session: Session) -> Cancellation | None:
        """What cancelling costs the school now; None where nothing is left to cancel."""
        if not may_move(self.visit.state, VisitState.CANCELLED):
            return None
        return preview_cancellation(session, VisitCommand(self.visit.reference), now=self.page.now)


@get(_PATH, guards=[staff_only], sync_to_thread=True)
def show_visit_of_staff(
    reference: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """One visit, and the question how many came."""
    return _open(reference, page, person, database, asked).show()


@post(_PATH + "/arrival", guards=_CHANGING, sync_to_thread=True)
def create_arrival(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Count a class in."""
    counter = _open(reference, page, person, database, form)
    try:
        command = parse_arrival(form, counter.visit.reference)
    except InvalidInput as error:
        form.errors = list(error.errors)
        return counter.show()
    return counter.act(
        "arrive",
        lambda session: record_arrival(
            session, command, transport=transport, by=person.id, now=page.now
        )[0],
    )


@post(_PATH + "/cancellation", guards=_CHANGING, sync_to_thread=True)
def create_cancellation_of_staff(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Cancel a visit for the school that called, or because the centre cannot keep its word."""
    counter = _open(reference, page, person, database, form)
    who = form.choice("who", _CANCELS)
    reason = form.prose("cancel_reason", missing="why_missing")
    if form.errors:
        return counter.show()
    command = CancelVisit(
        counter.visit.reference, version_of(form), by_centre=who == "centre", word=reason
    )

    def act(session: Session) -> VisitRow:
        cancelled = cancel_visit(
            session,
            command,
            transport=transport,
            settings=page.settings,
            by=person.id,
            now=page.now,
        )
        note_word(session, cancelled, reason, by=person.id, now=page.now)
        return cancelled

    return counter.act("cancel", act)


@post(_PATH + "/no-show", guards=_CHANGING, sync_to_thread=True)
def create_no_show(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """The class did not come, and what is known of why."""
    counter = _open(reference, page, person, database, form)
    reason = form.prose("miss_reason", missing="why_missing")
    if form.errors:
        return counter.show()
    command = VisitCommand(counter.visit.reference, version_of(form))

    def act(session: Session) -> VisitRow:
        missed = miss_visit(session, command, transport=transport, by=person.id, now=page.now)
        note_word(session, missed, reason, by=person.id, now=page.now)
        return missed

    return counter.act("miss", act)


@post(_PATH + "/fee-waiver", guards=_CHANGING, sync_to_thread=True)
def create_fee_waiver(
    reference: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Take the fee for not coming back, and say why."""
    counter = _open(reference, page, person, database, form)
    reason = form.prose("waive_reason", missing="why_missing")
    if form.errors:
        return counter.show()
    command = WaiveFee(counter.visit.reference, version_of(form), reason)
    return counter.act(
        "waive",
        lambda session: waive_no_show_fee(
            session, command, settings=page.settings, by=person.id, now=page.now
        ),
    )


def _open(reference: str, page: Page, person: Person, database: Database, form: Form) -> Counter:
    """The visit as it counts now.

    Raises:
        NotFound: ``visit``.
    """
    with database.reading() as session:
        visit = visit_of_person(session, reference, person, changing=page.sent)
    return Counter(page, person, database, form, visit.seen_at(page.now))
