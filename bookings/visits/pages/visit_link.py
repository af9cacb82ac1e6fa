"""A visit behind its signed link: open it, show it, act on it once, say why an act was refused.

Whoever has the link may change the visit; a refusal shows the visit as it stands now with the
reason on top, so that a tab that was open too long leads on instead of to a dead end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from litestar import Response
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from bookings.visits.forms.day import pairs_of
from bookings.visits.pages.plan_view import days_of_groups, moments_of_visit
from bookings.visits.queries import VisitRow, get_visit, list_arrivals
from bookings.visits.rules import VisitState
from bookings.visits.service import TransportDesk, VisitCommand
from bookings.visits.service.access import visit_by_link
from bookings.visits.service.papers import manage_path
from bookings.visits.service.store import last_snapshot
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict
from vizium.web.forms import Form
from vizium.web.once import once
from vizium.web.page import Page

BY_LINK_PATH = "/visits/{reference:str}/{key:str}"
# What the school may still change by itself.
OPEN = frozenset({VisitState.HELD, VisitState.PROVISIONAL, VisitState.CONFIRMED})


@dataclass(slots=True)
class Link:
    """One request for a visit by its link."""

    page: Page
    database: Database
    form: Form
    transport: TransportDesk
    visit: VisitRow

    @property
    def is_open(self) -> bool:
        """Whether the school may still change the visit by itself."""
        return self.visit.state in OPEN

    @property
    def path(self) -> str:
        """The path of the visit's page, without language."""
        return manage_path(self.visit.reference, self.page.settings)

    def show(self, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
        """A page about the visit; with errors it is a 422."""
        return self.page.show(
            f"bookings/visits/{template}.html",
            status=422 if self.form.errors else status,
            visit=self.visit,
            path=self.path,
            form=self.form,
            errors=self.form.errors,
            key=self.page.new_key(),
            **values,
        )

    def act(
        self,
        what: str,
        act: Callable[[Session], VisitRow],
        *,
        refused: Callable[[Conflict], Response[bytes]] | None = None,
    ) -> Response[bytes]:
        """Do what a button asks once and show the visit; refused, the visit as it stands and why.

        Raises:
            InvalidInput: what was typed is wrong.
        """

        def acted(session: Session) -> str:
            return manage_path(act(session).reference, self.page.settings)

        scope = f"{what}:{self.visit.reference}"
        try:
            path = once(self.database, self.form, scope=scope, now=self.page.now, act=acted)
        except Conflict as error:
            return (refused or self.refuse)(error)
        return self.page.go(path)

    def refuse_closed(self) -> Response[bytes]:
        """The visit's page with the reason why it cannot be changed any more."""
        return self.refuse(Conflict(f"visit_is_{self.visit.state.value}"))

    def command(self) -> VisitCommand:
        """The visit in the version that the form was made for."""
        return VisitCommand(self.visit.reference, version_of(self.form))

    def refuse(self, error: Conflict) -> Response[bytes]:
        """The visit as it stands now, and on top why nothing was done."""
        with self.database.reading() as session:
            self.visit = get_visit(session, self.visit.reference).seen_at(self.page.now)
        return show_visit_page(self, refusal=self.page.say(error), status=409)


def sent_link(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Link:
    """The `link` dependency of a handler that gets a form."""
    return Link(page, database, form, transport, open_visit(reference, key, page, database))


def asked_link(
    reference: FromPath[str],
    key: FromPath[str],
    *,
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
) -> Link:
    """The `link` dependency of a handler that is asked by address."""
    return Link(page, database, asked, transport, open_visit(reference, key, page, database))


ASKED = {"link": Provide(asked_link, sync_to_thread=True)}
SENT = {"link": Provide(sent_link, sync_to_thread=True)}


def version_of(form: Form) -> int | None:
    """The version of the visit that a form was made for; None where it does not say."""
    said = form.raw("version")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else None


def open_visit(reference: str, key: str, page: Page, database: Database) -> VisitRow:
    """The visit of a link as it counts now.

    Raises:
        NotFound: ``visit``.
    """
    with database.reading() as session:
        return visit_by_link(session, reference, key, page.settings).seen_at(page.now)


def show_visit_page(link: Link, *, refusal: str = "", status: int = 200) -> Response[bytes]:
    """Where the visit stands and what can be done."""
    visit = link.visit
    with link.database.reading() as session:
        arrivals = list_arrivals(session, visit.id)
        undo = last_snapshot(session, visit)
    moments = moments_of_visit(visit.stops, visit.subgroups, link.page.lang)
    return link.show(
        "visit",
        status=status,
        refusal=refusal,
        arrivals=arrivals,
        undo=None if undo is None or undo.by_centre else undo,
        by_centre=undo is not None and undo.by_centre,
        moments=moments,
        groups=days_of_groups(moments, visit.subgroups),
        again=plan_again_path(visit),
    )


def plan_again_path(visit: VisitRow) -> str:
    """Where the same class plans a day anew, with everything but the day filled in."""
    said = [pair for pair in pairs_of(visit.request) if pair[0] not in {"d", "arrive", "depart"}]
    return "/visits/plan?" + urlencode([*said, ("upto", "extras")])
