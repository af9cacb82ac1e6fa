"""The day turns out otherwise: whom it touches, the smallest change for each, and the button.

```
GET  /staff/replan?outage=…   every class that stands on what is out of order
GET  /staff/replan?visit=…    one class whose bus is late, or of which fewer or more come
GET  /staff/replan?day=…      which class it is
POST /staff/replan            apply the change of one visit, in a transaction of its own
POST /staff/replan/host       let another host lead a session, for all its classes at once
```
Looking writes nothing. What no longer fits when the button is pressed is refused, and the page
shows what fits now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.resources.guards import EDITORS
from bookings.resources.queries import get_outage, list_open_outages
from bookings.resources.service import top_up_outage
from bookings.visits.forms.clock import parse_wall
from bookings.visits.forms.people import parse_adults, parse_groups
from bookings.visits.pages.board import day_asked
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.staff_words import (
    change_lines,
    fault_lines,
    presence_lines,
    resource_name,
    stops_of,
)
from bookings.visits.pages.visit_link import version_of
from bookings.visits.planner.ids import decode_plan, encode_plan
from bookings.visits.planner.replan import Replan
from bookings.visits.planner.validate import Violation, validate
from bookings.visits.queries import VisitRow, list_visits_of_day
from bookings.visits.service import (
    ChangeHost,
    ReplanTrigger,
    StandIn,
    TransportDesk,
    change_host,
    change_visit,
    list_affected,
    list_stand_ins,
    load_world,
    replan_visit,
    replanned,
)
from bookings.visits.service.access import CHANGING_ROLES, as_seen_by, visit_of_person
from bookings.visits.service.moves import owner_of
from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk, Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

# Each is planned anew while the page is made: more than these wait for the next page.
_SHOWN_AT_ONCE = 6
_ADDRESS = ("outage", "visit", "day", "late", "adults")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would become of one visit, in words; `plan_id` is empty where no change mends it."""

    visit: VisitRow
    plan_id: str
    changes: Sequence[str]
    why: Sequence[str]
    given_up: Sequence[str]
    warnings: Sequence[str]
    stay: Sequence[str]
    is_fine: bool
    fields: Sequence[tuple[str, str]]


@dataclass(slots=True)
class Replanning:
    """One request about a day that turns out otherwise."""

    page: Page
    database: Database
    form: Form
    person: Person

    def show(self, *, refusal: str = "", status: int = 200) -> Response[bytes]:
        """The page that the fields ask for."""
        if self.form.raw("outage"):
            return self._show_outage(refusal, status)
        if self.form.raw("visit"):
            return self._show_visit(refusal, status)
        day = day_asked(self.form, local_date(self.page.now))
        with self.database.reading() as session:
            visits = [row.seen_at(self.page.now) for row in list_visits_of_day(session, day)]
            names = names_of(session, [], lang=self.page.lang, now=self.page.now)
            outages = [
                (outage, resource_name(outage, names))
                for outage in list_open_outages(session, now=self.page.now)
            ]
        return self._draw(
            "choice",
            status,
            day=day,
            visits=[one for one in visits if one.is_kept],
            outages=outages,
            may_report=self.page.has_role(*EDITORS),
        )

    def _show_outage(self, refusal: str, status: int) -> Response[bytes]:
        with self.database.reading() as session:
            outage = get_outage(session, self.form.raw("outage")[:40])
            names = names_of(session, [], lang=self.page.lang, now=self.page.now)
            led = list_stand_ins(session, outage, now=self.page.now)
            standing = [
                visit
                for visit in self._still_to_come(list_affected(session, outage))
                if not _waits_for_host(visit, led)
            ]
            proposed = [
                self._propose(session, visit, ReplanTrigger())
                for visit in standing[:_SHOWN_AT_ONCE]
            ]
        return self._draw(
            "outage",
            status,
            outage=outage,
            name=resource_name(outage, names),
            proposed=proposed,
            led=[(one, [(code, names.hosts.get(code, code)) for code in one.hosts]) for one in led],
            waiting=[(visit, replan_path(visit)) for visit in standing[_SHOWN_AT_ONCE:]],
            refusal=refusal,
        )

    def _show_visit(self, refusal: str, status: int) -> Response[bytes]:
        form = self.form
        with self.database.reading() as session:
            visit = visit_of_person(session, form.raw("visit"), self.person)
            visit = visit.seen_at(self.page.now)
            proposed = None
            if "adults" in form.fields:
                trigger = _trigger(form, visit)
                if not form.errors:
                    proposed = self._propose(session, visit, trigger)
        return self._draw(
            "visit", status, visit=self._seen(visit), proposed=proposed, refusal=refusal
        )

    def _seen(self, visit: VisitRow) -> VisitRow:
        return as_seen_by(visit, self.person, now=self.page.now)

    def _still_to_come(self, visits: Sequence[VisitRow]) -> list[VisitRow]:
        now = self.page.now
        seen = [visit.seen_at(now) for visit in visits]
        return [visit for visit in seen if visit.is_kept and visit.end > now]

    def _propose(self, session: Session, visit: VisitRow, trigger: ReplanTrigger) -> Proposed:
        page, words = self.page, self.page.words
        found = replan_visit(session, visit.reference, trigger, now=page.now)
        plan = found.plan or visit.plan
        names = names_of(
            session, stops_of([visit.plan, plan], found.changed), lang=page.lang, now=page.now
        )
        warnings = self._warnings(session, visit, found)
        is_fine = found.plan is not None and (plan, found.request) == (visit.plan, visit.request)
        plan_id = ""
        if found.plan is not None and not is_fine:
            plan_id = encode_plan(found.request, found.plan, page.settings.secret_key)
        return Proposed(
            visit=self._seen(visit),
            plan_id=plan_id,
            changes=[
                *change_lines(found.changed, names, words),
                *presence_lines(visit.plan, plan, words),
            ],
            why=fault_lines(found.violations_before, visit.plan, names, words),
            given_up=fault_lines(found.given_up, plan, names, words),
            warnings=fault_lines(warnings, plan, names, words),
            stay=fault_lines(found.stay, visit.plan, names, words),
            is_fine=is_fine,
            fields=[(name, self.form.raw(name)) for name in self._carried()],
        )

    def _warnings(self, session: Session, visit: VisitRow, found: Replan) -> Sequence[Violation]:
        if found.plan is None:
            return ()
        owner = owner_of(visit.id)
        world = load_world(
            session,
            visit.local_date,
            now=self.page.now,
            without=owner,
            schools=visit.request.schools,
        )
        said = {(one.code, one.stop) for one in found.given_up}
        judged = validate(found.plan, found.request, world, under_way=True)
        return [one for one in judged if (one.code, one.stop) not in said]

    def _carried(self) -> list[str]:
        grades = [name for name in self.form.fields if name[:1] == "g" and name[1:].isdigit()]
        return [name for name in (*_ADDRESS, *grades) if self.form.raw(name)]

    def _draw(self, what: str, status: int, **values: object) -> Response[bytes]:
        page, form = self.page, self.form
        return page.show(
            f"bookings/visits/replan_{what}.html",
            status=422 if form.errors else status,
            form=form,
            errors=form.errors,
            may_change=page.has_role(*CHANGING_ROLES),
            done=form.raw("done")[:20],
            led_anew=form.raw("led")[:60],
            key=page.new_key(),
            **values,
        )


@get("/staff/replan", guards=[opens(Desk.DAY)], sync_to_thread=True)
def show_replan(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
) -> Response[bytes]:
    """Whom it touches, and what would mend it."""
    return Replanning(page, database, asked, person).show()


@post("/staff/replan", guards=[requires(*CHANGING_ROLES)], sync_to_thread=True)
def create_replan(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Apply the change of one visit; all its people get the mail."""
    replanning = Replanning(page, database, form, person)
    picked = decode_plan(form.raw("plan"), page.settings.secret_key)
    reference = form.raw("reference")[:20]
    with database.reading() as session:
        visit = visit_of_person(session, reference, person, changing=True)
    if picked is None or picked[0].schools != visit.schools:
        return replanning.show(refusal=page.say(Conflict("plan_unknown")), status=409)
    command = replanned(visit, *picked, version=version_of(form))

    def act(session: Session) -> str:
        change_visit(
            session,
            command,
            transport=transport,
            settings=page.settings,
            by=person.id,
            now=page.now,
        )
        return visit.reference

    try:
        done = once(database, form, scope=f"replan:{visit.reference}", now=page.now, act=act)
    except InvalidInput as error:
        said = [page.words.problem(one.field, one.code, **one.facts) for one in error.errors]
        return replanning.show(refusal="; ".join(said), status=409)
    except Conflict as error:
        return replanning.show(refusal=page.say(error), status=409)
    if not form.raw("outage"):
        return page.go(f"/staff/visits/{done}")
    # The cells come first in every transaction, so what became free is taken in one of its own.
    with database.transaction() as session:
        top_up_outage(session, form.raw("outage")[:40], now=page.now)
    return page.go("/staff/replan?" + urlencode({"outage": form.raw("outage"), "done": done}))


@post("/staff/replan/host", guards=[requires(*CHANGING_ROLES)], sync_to_thread=True)
def create_stand_in(
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
) -> Response[bytes]:
    """Another host leads a session; all its classes keep their places and get the mail."""
    command = ChangeHost(form.raw("session")[:60], version_of(form) or 0, form.raw("host")[:40])

    def act(session: Session) -> str:
        change_host(session, command, settings=page.settings, by=person.id, now=page.now)
        return command.id

    try:
        done = once(database, form, scope=f"host:{command.id}", now=page.now, act=act)
    except Conflict as error:
        return Replanning(page, database, form, person).show(refusal=page.say(error), status=409)
    with database.transaction() as session:
        top_up_outage(session, form.raw("outage")[:40], now=page.now)
    return page.go("/staff/replan?" + urlencode({"outage": form.raw("outage"), "led": done}))


def _waits_for_host(visit: VisitRow, led: Sequence[StandIn]) -> bool:
    """Whether a session of it gets another host first; what else it needs is seen after that."""
    mended = {one.session.id for one in led if one.hosts}
    return any(stop.session in mended for stop in visit.stops)


def replan_path(visit: VisitRow) -> str:
    """Where a visit is planned anew as it stands, for the day as it has become."""
    people = {f"g{group.grade}": group.pupils for group in visit.groups}
    asked = {"visit": visit.reference, "adults": visit.adults, **people}
    return "/staff/replan?" + urlencode(asked)


def _trigger(form: Form, visit: VisitRow) -> ReplanTrigger:
    """What the fields say of one class; errors are noted in the form."""
    late = parse_wall(form, "late")
    if visit.parties:
        return ReplanTrigger(late_to=late)
    groups, adults = parse_groups(form), parse_adults(form)
    return ReplanTrigger(
        late_to=late,
        groups=groups if groups != visit.groups else None,
        adults=adults if adults != visit.adults else None,
    )
