"""Move a visit's stops by hand: see what the judge says of it, then do it.

What the judge blocks is not done. What it only warns of, and what the class was promised and loses
by it, is done by whoever ticks that they know.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.resources.queries import list_configurations
from bookings.visits.forms.move import move_form, parse_move, rooms_word
from bookings.visits.pages.plan_cards import names_of
from bookings.visits.pages.plan_view import Names
from bookings.visits.pages.staff_words import change_lines, fault_lines, presence_lines, stops_of
from bookings.visits.pages.visit_link import version_of
from bookings.visits.planner.difference import StopChange, difference
from bookings.visits.planner.plan import Plan, Stop
from bookings.visits.planner.repair import PROMISES
from bookings.visits.planner.replan import without_promises
from bookings.visits.planner.validate import Violation, blocks, validate
from bookings.visits.planner.world import OfferFact, World
from bookings.visits.queries import VisitRow
from bookings.visits.rules import KEEPING
from bookings.visits.service import ChangeVisit, TransportDesk, change_visit, load_world
from bookings.visits.service.access import CHANGING_ROLES, visit_of_person
from bookings.visits.service.moves import owner_of
from bookings.visits.service.papers import manage_path
from vizium.auth.guards import requires
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page
from vizium.web.templating import wall_time

# Says nothing about a visit that stands.
_BOOKED_LONG_AGO = "lead_time_short"
_PATH = "/staff/visits/{reference:str}/move"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moved plan changes, and what speaks against it."""

    plan: Plan
    is_other: bool = False
    changes: tuple[StopChange, ...] = ()
    blocking: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()

    @property
    def given_up(self) -> tuple[Violation, ...]:
        """The promises among the warnings."""
        return tuple(one for one in self.warnings if one.code in PROMISES)


@dataclass(frozen=True, slots=True)
class StopFields:
    """The choices of one stop."""

    stop: Stop | None
    title: str
    sessions: Sequence[tuple[str, str]] = ()
    rooms: Sequence[tuple[str, str]] = ()
    hosts: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Moving:
    """One request to move the stops of a visit."""

    page: Page
    database: Database
    form: Form
    visit: VisitRow
    world: World

    def show(
        self, verdict: Verdict | None = None, *, refusal: str = "", status: int = 200
    ) -> Response[bytes]:
        """The fields, and above them what the judge says."""
        page, form, words = self.page, self.form, self.page.words
        plans = [self.visit.plan, *([verdict.plan] if verdict else [])]
        changes = verdict.changes if verdict else ()
        with self.database.reading() as session:
            names = names_of(session, stops_of(plans, changes), lang=page.lang, now=page.now)
            fields = self._fields(session, names)
        galleries = [(code, names.titles.get(code, code)) for code in sorted(self.world.galleries)]
        faults = verdict or Verdict(plan=self.visit.plan)
        return page.show(
            "bookings/visits/move.html",
            status=422 if form.errors else status,
            visit=self.visit,
            form=form,
            errors=form.errors,
            fields=fields,
            addable=[("", "–"), ("lunch", words.t("Lunch")), *galleries, *self._activities(names)],
            galleries=galleries,
            added=self._added(names),
            other_day=manage_path(self.visit.reference, page.settings) + "/day",
            is_judged=verdict is not None,
            changes=[
                *change_lines(changes, names, words),
                *presence_lines(self.visit.plan, faults.plan, words),
            ],
            blocking=fault_lines(faults.blocking, faults.plan, names, words),
            warnings=fault_lines(faults.warnings, faults.plan, names, words),
            refusal=refusal,
            key=page.new_key(),
        )

    def judge(self) -> Verdict:
        """What the fields would make of the day; errors are noted in the form."""
        visit = self.visit
        plan = parse_move(self.form, visit.plan, self.world)
        changes = difference(visit.plan, plan)
        stays = (plan.arrive, plan.leave) == (visit.plan.arrive, visit.plan.leave)
        is_other = bool(changes) or not stays
        if self.form.errors:
            return Verdict(plan, is_other, changes)
        under_way = visit.local_date == local_date(self.page.now)
        faults = validate(plan, visit.request, self.world, under_way=under_way)
        blocking = tuple(one for one in blocks(faults) if one.code not in PROMISES)
        warnings = tuple(
            one for one in faults if one not in blocking and one.code != _BOOKED_LONG_AGO
        )
        return Verdict(plan, is_other, changes, blocking, warnings)

    def _activities(self, names: Names) -> list[tuple[str, str]]:
        """What the class may still take: published sessions of the day, then made for it alone."""
        world, words, request = self.world, self.page.words, self.visit.request
        fitting = {
            code: names.titles.get(code, code)
            for code, one in sorted(world.activities.items())
            if request.grades <= one.grades and request.language in one.languages
        }
        published = [
            (f"session:{one.session}", f"{fitting[one.code]}: {self._offer_words(one)}")
            for one in sorted(world.offers.values(), key=lambda one: one.start)
            if one.code in fitting and one.free > 0
        ]
        alone = words.t("for this class alone")
        made = [
            (code, f"{title}: {alone}")
            for code, title in fitting.items()
            if world.activities[code].on_request
        ]
        return [*published, *made]

    def _offer_words(self, offer: OfferFact) -> str:
        words = self.page.words
        return words.t(
            "published, %(time)s, places free: %(free)s",
            time=wall_time(words.lang, offer.start),
            free=offer.free,
        )

    def _added(self, names: Names) -> StopFields:
        """The rooms and hosts of an added activity: all, as which one it is stands in the form."""
        rooms = [(code, names.rooms.get(code, code)) for code in sorted(self.world.rooms)]
        hosts = [(code, names.hosts.get(code, code)) for code in sorted(self.world.hosts)]
        return StopFields(None, "", rooms=[("", "–"), *rooms], hosts=[("", "–"), *hosts])

    def _fields(self, session: Session, names: Names) -> list[StopFields]:
        several = [one.rooms for one in list_configurations(session) if len(one.rooms) > 1]
        configurations = [
            (rooms_word(rooms), " + ".join(names.rooms.get(code, code) for code in rooms))
            for rooms in (*((code,) for code in sorted(self.world.rooms)), *several)
        ]
        return [self._fields_of(stop, names, configurations) for stop in self.visit.plan.stops]

    def _fields_of(
        self, stop: Stop, names: Names, configurations: Sequence[tuple[str, str]]
    ) -> StopFields:
        title = names.titles.get(stop.code, stop.code)
        if not stop.is_activity:
            return StopFields(stop, title)
        world, words = self.world, self.page.words
        activity = world.activities.get(stop.code)
        kind = activity.room_kind if activity else ""
        skill = activity.skill if activity else ""
        of_kind = {room.code for room in world.rooms.values() if room.kind == kind}
        return StopFields(
            stop,
            title,
            sessions=[
                ("", words.t("for this class alone")),
                *(
                    (offer.session, self._offer_words(offer))
                    for offer in sorted(world.offers.values(), key=lambda offer: offer.start)
                    if offer.code == stop.code
                ),
            ],
            rooms=[
                ("", "–"),
                *(one for one in configurations if set(one[0].split("+")) <= of_kind),
            ],
            hosts=[
                ("", "–"),
                *(
                    (code, names.hosts.get(code, code))
                    for code, host in sorted(world.hosts.items())
                    if skill in host.skills or not skill or code == stop.host
                ),
            ],
        )


@get(_PATH, guards=[requires(*CHANGING_ROLES)], sync_to_thread=True)
def new_move(
    reference: FromPath[str],
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The stops as they stand, each with its fields."""
    return _open(reference, page, person, database).show()


@post(_PATH, guards=[requires(*CHANGING_ROLES)], status_code=200, sync_to_thread=True)
def create_move(
    reference: FromPath[str],
    *,
    page: NamedDependency[Page],
    person: NamedDependency[Person],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Response[bytes]:
    """Say what the move does; with `act=apply`, do it."""
    moving = _open(reference, page, person, database)
    visit = moving.visit
    if version_of(form) != visit.version:
        return moving.show(refusal=page.say(Conflict("visit_changed")), status=409)
    moving.form = form
    verdict = moving.judge()
    if form.errors:
        return moving.show()
    known = not verdict.warnings or form.flag("known")
    if form.raw("act") != "apply" or verdict.blocking or not verdict.is_other or not known:
        return moving.show(verdict, status=409 if verdict.blocking else 200)
    command = ChangeVisit(
        visit.reference,
        version=visit.version,
        plan=verdict.plan,
        request=without_promises(visit.request, verdict.given_up),
        on_the_day=True,
        by_centre=not form.flag("asked"),
    )

    def act(session: Session) -> str:
        changed = change_visit(
            session,
            command,
            transport=transport,
            settings=page.settings,
            by=person.id,
            now=page.now,
        )
        return f"/staff/visits/{changed.reference}"

    try:
        path = once(database, form, scope=f"move:{visit.reference}", now=page.now, act=act)
    except InvalidInput as error:
        said = [page.words.problem(one.field, one.code, **one.facts) for one in error.errors]
        return moving.show(verdict, refusal="; ".join(said), status=409)
    except Conflict as error:
        return _open(reference, page, person, database).show(refusal=page.say(error), status=409)
    return page.go(path)


def _open(reference: str, page: Page, person: Person, database: Database) -> Moving:
    """The visit with its day, its own places free.

    Raises:
        NotFound: ``visit``.
        Conflict: ``visit_is_…``: there is nothing left to move.
    """
    with database.reading() as session:
        visit = visit_of_person(session, reference, person, changing=True).seen_at(page.now)
        if visit.state not in KEEPING:
            raise Conflict(f"visit_is_{visit.state.value}", state=visit.state.value)
        owner = owner_of(visit.id)
        world = load_world(
            session,
            visit.local_date,
            now=page.now,
            without=owner,
            schools=visit.request.schools,
        )
    return Moving(page, database, move_form(visit.plan), visit, world)
