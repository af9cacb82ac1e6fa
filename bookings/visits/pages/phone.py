"""A booking while the school is on the line: one page, two presses, a minute.

```
GET  /staff/visits/new   the whole form
POST /staff/visits/new   without `plan`: the same form with the days that fit below it
                         with `plan`: hold that day and confirm it
```
What was planned is what is booked: when an answer was changed after the days were found, they are
sought again first.
"""

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.programmes.queries import ActivityRow, list_activities
from bookings.programmes.rules import ActivityKind
from bookings.resources.queries import list_galleries, standing
from bookings.schools.queries import SchoolRow, find_school, search_schools
from bookings.visits.forms import GRADES, page_language_of
from bookings.visits.forms.phone import LANGUAGES, parse_caller, parse_day_wanted, planned_of
from bookings.visits.guards import let_go_expired
from bookings.visits.pages.plan_cards import Card, make_cards, names_of
from bookings.visits.pages.plan_ways import relaxation_in_words
from bookings.visits.planner.ids import decode_plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.shape import price_of_plan
from bookings.visits.rules import Funding
from bookings.visits.service import (
    HoldVisit,
    Proposal,
    ProposedPlan,
    TransportDesk,
    VisitCommand,
    confirm_visit,
    hold_visit,
    propose_plans,
)
from bookings.visits.service.access import CHANGING_ROLES
from bookings.visits.service.history import note_word
from bookings.visits.service.world import load_world
from vizium.auth.guards import requires
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.kernel.text import one_line
from vizium.web.forms import TEXT_LENGTH_MAX, Form
from vizium.web.once import once
from vizium.web.page import Page

_SCHOOLS_SHOWN = 8
# What the planner refuses to begin with, and the field of this form that mends it.
_FIELDS = {"wants": "w", "wishes": "w", "schools": "school"}


@dataclass(frozen=True, slots=True)
class Found:
    """The days that fit, or those that would: then `ways` say with which change each does."""

    cards: tuple[Card, ...]
    ways: tuple[str, ...]


@dataclass(slots=True)
class Call:
    """One request of a school that is on the line."""

    page: Page
    database: Database
    form: Form
    transport: TransportDesk
    by: str

    def show(
        self, found: Found | None = None, *, refusal: str = "", status: int = 200
    ) -> Response[bytes]:
        """The form with all answers, and the days that were found below it."""
        form, words = self.form, self.page.words
        with self.database.reading() as session:
            activities = _for_pupils(session)
            galleries = standing(list_galleries(session), local_date(self.page.now))
            schools = _schools_meant(session, form)
        return self.page.show(
            "bookings/visits/phone.html",
            status=422 if form.errors else status,
            form=form,
            errors=form.errors,
            activities=activities,
            galleries=galleries,
            schools=schools,
            grades=GRADES,
            languages=[(lang, words.code("language", lang)) for lang in LANGUAGES],
            fundings=[(one.value, words.code("funding", one.value)) for one in Funding],
            found=found,
            refusal=refusal,
            asked=planned_of(form),
            key=self.page.new_key(),
        )

    def find(self, request: PlanRequest, *, refusal: str = "") -> Response[bytes]:
        """The days that fit, or with which change one would."""
        page = self.page
        try:
            with self.database.reading() as session:
                proposal = propose_plans(session, request, transport=self.transport, now=page.now)
                found = self._found(session, proposal, request)
        except InvalidInput as error:
            for one in error.errors:
                self.form.fail(_FIELDS.get(one.field, one.field), one.code, **one.facts)
            return self.show()
        return self.show(found, refusal=refusal, status=409 if refusal else 200)

    def _found(self, session: Session, proposal: Proposal, request: PlanRequest) -> Found:
        page = self.page
        loose = [one for one in proposal.relaxations if one.also is None]
        plans = [*(one.plan for one in proposal.plans), *(one.plan for one in loose)]
        names = names_of(session, plans, lang=page.lang, now=page.now)
        cards = make_cards(proposal, request, names, page)
        for one in loose:
            estimate = self.transport.estimate(
                session,
                register_no=request.schools[0],
                day=one.plan.day,
                pupils=one.request.pupils,
                programmes=one.plan.programmes,
                now=page.now,
            )
            world = load_world(session, one.plan.day, now=page.now, schools=request.schools)
            price = price_of_plan(one.plan, world.activities)
            changed = Proposal((ProposedPlan(one.plan, price, estimate),), ())
            cards += make_cards(changed, one.request, names, page)
        ways = [relaxation_in_words(one, names, page.words) for one in loose]
        return Found(tuple(cards), tuple(ways))


@get("/staff/visits/new", guards=[requires(*CHANGING_ROLES)], sync_to_thread=True)
def new_visit_by_phone(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """The empty form; what stands in the address is filled in."""
    return Call(page, database, asked, transport, person.id).show()


@post(
    "/staff/visits/new",
    guards=[requires(*CHANGING_ROLES)],
    status_code=200,
    sync_to_thread=True,
)
def create_visit_by_phone(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Find the days, or book the one that was chosen."""
    call = Call(page, database, form, transport, person.id)
    request = _parse(call)
    contact, funding, note = parse_caller(form)
    if form.errors:
        return call.show()
    picked = decode_plan(form.raw("plan"), page.settings.secret_key)
    if picked is None:
        return call.find(request)
    if form.raw("asked") != planned_of(form) or picked[0].schools != request.schools:
        changed = page.words.t("An answer has changed since: these days fit now.")
        return call.find(request, refusal=changed)
    order = HoldVisit(
        plan=picked[1],
        request=picked[0],
        contact=contact,
        page_language=page_language_of(request.language),
        wants_transport=form.flag("transport"),
        funding=funding,
    )
    let_go_expired(database, now=page.now)
    try:
        return page.go(
            once(
                database,
                form,
                scope="phone",
                now=page.now,
                act=lambda session: _book(session, call, order, note),
            )
        )
    except Conflict:
        taken = page.words.t("Another class has just taken that day. These are free now.")
        return call.find(request, refusal=taken)


def _book(session: Session, call: Call, order: HoldVisit, note: str) -> str:
    """Hold and confirm in one step."""
    page = call.page
    held = hold_visit(session, order, by=call.by, now=page.now)
    if note:
        note_word(session, held, note, by=call.by, now=page.now)
    confirm_visit(
        session,
        VisitCommand(held.reference, held.version),
        transport=call.transport,
        settings=page.settings,
        by=call.by,
        now=page.now,
    )
    return f"/staff/visits/{held.reference}?booked=1"


def _parse(call: Call) -> PlanRequest:
    form = call.form
    with call.database.reading() as session:
        known = {row.code: row.grades for row in _for_pupils(session)}
        schools = _schools_meant(session, form)
    school = _chosen(form, schools)
    return parse_day_wanted(form, school=school, today=local_date(call.page.now), known=known)


def _chosen(form: Form, schools: list[SchoolRow]) -> str:
    """The school that the words mean; an error is noted where they mean none or several."""
    numbers = [row.register_no for row in schools]
    if len(numbers) == 1:
        return numbers[0]
    if form.raw("school_no") in numbers:
        return form.raw("school_no")
    if not form.raw("school").strip():
        form.fail("school", "missing")
    else:
        form.fail("school", "school_several" if numbers else "school_not_found")
    return ""


def _schools_meant(session: Session, form: Form) -> list[SchoolRow]:
    """The schools that the words or the number of the form may mean."""
    words = one_line(form.raw("school"))[:TEXT_LENGTH_MAX]
    if not words:
        return []
    exact = find_school(session, "".join(words.split()))
    if exact is not None and exact.active:
        return [exact]
    return search_schools(session, words, most=_SCHOOLS_SHOWN)


def _for_pupils(session: Session) -> list[ActivityRow]:
    rows = list_activities(session)
    return [row for row in rows if row.kind is not ActivityKind.EDUCATOR]
