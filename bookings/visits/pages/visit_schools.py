"""The schools of a visit that stands: one more comes along, or one stays at home.

```
GET  …/schools               the schools with their people and their parts of the price
GET  …/schools?add=3213…     who comes from one more school
POST …/schools               see what it does (`act=check`), then do it (`act=apply`)
```
Everything that is typed travels in the body: a teacher's telephone stands in no address.
"""

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.schools.queries import find_school, search_schools
from bookings.visits.forms import GRADES
from bookings.visits.forms.contact import CONTACT_FIELDS, parse_contact
from bookings.visits.forms.people import parse_adults, parse_groups
from bookings.visits.pages.plan_cards import names_of, warnings_in_words
from bookings.visits.pages.plan_view import moments_of_plan
from bookings.visits.pages.visit_link import ASKED, BY_LINK_PATH, SENT, Link, version_of
from bookings.visits.pages.visit_plans import Offered, show_changes
from bookings.visits.planner.ids import decode_plan
from bookings.visits.rules import Party, merge_groups
from bookings.visits.service import ChangeVisit, change_visit, preview_change
from bookings.visits.service.access import BY_LINK
from bookings.visits.service.planning import Wanted
from bookings.visits.service.schools import all_parties, price_parts
from vizium.kernel.errors import Conflict, FieldError, InvalidInput

_SHOWN_MOST = 12
_PATH = BY_LINK_PATH + "/schools"
# Another plan may have room where the standing one has none.
_DAY_FAULTS = frozenset({"capacity_exceeded", "plan_refused", "session_taken"})
_PLAN_FAULTS = frozenset({"group_too_large", "grade_not_taken"})
_NAMES = ("add", "drop", "adults", *CONTACT_FIELDS, *(f"g{grade}" for grade in GRADES))


@dataclass(slots=True)
class Schools:
    """One request about the schools of a visit."""

    link: Link

    def show(self) -> Response[bytes]:
        """The schools that come, and a search for one more."""
        link = self.link
        q = link.form.text("q", missing=None)
        parts = price_parts(link.visit)
        rows = [(party, parts[party.school]) for party in all_parties(link.visit)]
        with link.database.reading() as session:
            names = {party.school: find_school(session, party.school) for party, _ in rows}
            found = search_schools(session, q, most=_SHOWN_MOST) if q else []
        coming = {party.school for party, _ in rows}
        return link.show(
            "schools",
            rows=rows,
            names={code: row.name if row else code for code, row in names.items()},
            q=q,
            found=[row for row in found if row.register_no not in coming],
        )

    def ask(self) -> Response[bytes]:
        """Who comes from one more school, and who answers for them."""
        link = self.link
        with link.database.reading() as session:
            school = find_school(session, link.form.raw("add")[:20])
        if school is None or not school.active:
            link.form.fail("q", "school_unknown")
            return self.show()
        return link.show("schools_add", school=school, grades=GRADES)

    def command(self) -> ChangeVisit:
        """What the form asks for.

        Raises:
            InvalidInput: every field's error.
            Conflict: ``plan_unknown``: not a plan of ours for these schools; ``visit_changed``: the
            school does not come anyway.
        """
        link, form = self.link, self.link.form
        standing = all_parties(link.visit)
        if form.raw("add"):
            contact, groups = parse_contact(form), parse_groups(form)
            adults = parse_adults(form)
            form.check()
            parties = (*standing, Party(form.raw("add")[:20], groups, adults, contact))
        else:
            if form.raw("drop") == link.visit.school:
                raise InvalidInput([FieldError("schools", "leading_school_stays")])
            parties = tuple(party for party in standing if party.school != form.raw("drop"))
            if parties == standing:
                raise Conflict("visit_changed")
        order = ChangeVisit(link.visit.reference, version=version_of(form), parties=parties)
        if not form.raw("plan"):
            return order
        picked = decode_plan(form.raw("plan"), link.page.settings.secret_key)
        if picked is None or picked[0].schools != tuple(party.school for party in parties):
            raise Conflict("plan_unknown")
        request, plan = picked
        return ChangeVisit(
            order.reference, version=order.version, parties=parties, request=request, plan=plan
        )

    def check(self, command: ChangeVisit) -> Response[bytes]:
        """What it does to numbers, time, price and bus money, and the button."""
        link, page = self.link, self.link.page
        after = command.plan
        with link.database.reading() as session:
            difference = preview_change(session, command, transport=link.transport, now=page.now)
            names = names_of(session, [after] if after else [], lang=page.lang, now=page.now)
            others = {*link.visit.schools} ^ {party.school for party in command.parties or ()}
            schools = [row.name for one in sorted(others) if (row := find_school(session, one))]
        changed = [one.after for one in difference.stops if one.after]
        return link.show(
            "change_check",
            difference=difference,
            after=after,
            moments=moments_of_plan(after, names, changed=changed) if after else [],
            warnings=warnings_in_words(difference.warnings, page.words),
            to="schools",
            comes=schools if link.form.raw("add") else [],
            goes=[] if link.form.raw("add") else schools,
            hidden=[*self._hidden("plan"), ("act", "apply"), ("version", str(link.visit.version))],
        )

    def apply(self) -> Response[bytes]:
        """Do it once; what has no room meanwhile leaves the visit as it was, with other plans.

        The form is read under its key: sent again, it is not judged by the schools that come now.
        """
        link = self.link
        return link.act(
            "schools",
            lambda session: change_visit(
                session,
                self.command(),
                transport=link.transport,
                settings=link.page.settings,
                by=BY_LINK,
                now=link.page.now,
            ),
            refused=self.instead,
        )

    def instead(self, error: Conflict | InvalidInput) -> Response[bytes]:
        """Other plans for these schools where it is the day that has no room; else the reason."""
        link = self.link
        if isinstance(error, InvalidInput):
            if not _PLAN_FAULTS & {one.code for one in error.errors}:
                link.form.errors = list(error.errors)
                return self.ask() if link.form.raw("add") else self.show()
        elif error.code not in _DAY_FAULTS:
            return link.refuse(error)
        parties = self.command().parties or ()
        wanted: Wanted = {
            "schools": tuple(party.school for party in parties),
            "groups": merge_groups(parties),
            "adults": sum(party.adults for party in parties),
        }
        offered = Offered("schools", [*self._hidden(), ("act", "check")])
        return show_changes(link, wanted, refused=True, offered=offered)

    def _hidden(self, *more: str) -> list[tuple[str, str]]:
        raw = self.link.form.raw
        return [(name, raw(name)) for name in (*_NAMES, *more) if raw(name)]


@get(_PATH, dependencies=ASKED, sync_to_thread=True)
def new_schools(link: NamedDependency[Link]) -> Response[bytes]:
    """The schools of the visit, or the questions about one more."""
    if not link.is_open:
        return link.refuse_closed()
    schools = Schools(link)
    return schools.ask() if link.form.raw("add") else schools.show()


@post(_PATH, dependencies=SENT, status_code=200, sync_to_thread=True)
def create_schools(link: NamedDependency[Link]) -> Response[bytes]:
    """See what another school less or more does; with `act=apply`, do it."""
    if not link.is_open:
        return link.refuse_closed()
    schools = Schools(link)
    try:
        is_sure = link.form.raw("act") == "apply"
        return schools.apply() if is_sure else schools.check(schools.command())
    except (InvalidInput, Conflict) as error:
        return schools.instead(error)
