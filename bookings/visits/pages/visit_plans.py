"""Another day for a visit that stands, or other things to do: ask, plan anew, offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.programmes.queries import list_activities
from bookings.programmes.rules import ActivityKind
from bookings.visits.forms.day import parse_other_day, write_wish
from bookings.visits.forms.numbers import number_pairs
from bookings.visits.pages.plan_cards import make_cards, names_of
from bookings.visits.pages.plan_view import wall_in_words, wish_in_words
from bookings.visits.pages.plan_ways import relaxation_in_words
from bookings.visits.pages.visit_link import ASKED, BY_LINK_PATH, Link
from bookings.visits.planner.ids import encode_plan
from bookings.visits.planner.request import PlanRequest, Wish
from bookings.visits.service import propose_changes
from bookings.visits.service.planning import Wanted
from vizium.kernel.clock import local_date
from vizium.kernel.errors import InvalidInput

_ANY = (Wish(kind="programme"), Wish(kind="workshop"), Wish(kind="show"))


@get(BY_LINK_PATH + "/day", dependencies=ASKED, sync_to_thread=True)
def new_day(link: NamedDependency[Link]) -> Response[bytes]:
    """What the day shall be like; sent, the plans for it."""
    if not link.is_open:
        return link.refuse_closed()
    form = link.form
    if not form.raw("sent"):
        return _ask_day(link)
    wanted = parse_other_day(form, today=local_date(link.page.now))
    if form.errors:
        return _ask_day(link)
    return show_changes(link, wanted)


@dataclass(frozen=True, slots=True)
class Offered:
    """Where a plan that is chosen is sent, by which fields it is accompanied."""

    to: str
    hidden: Sequence[tuple[str, str]]


def show_changes(
    link: Link, wanted: Wanted, *, refused: bool = False, offered: Offered | None = None
) -> Response[bytes]:
    """The plans for what a class wants otherwise, or the ways to one.

    Args:
        refused: the standing plan, or the one that was wanted, has no room for it.
        offered: where the plan goes that is taken; without it to the page of the numbers.
    """
    page, visit = link.page, link.visit
    request = replace(visit.request, **wanted)
    try:
        with link.database.reading() as session:
            proposal = propose_changes(
                session, visit.reference, transport=link.transport, now=page.now, **wanted
            )
            plans = [proposed.plan for proposed in proposal.plans]
            names = names_of(session, plans, lang=page.lang, now=page.now)
    except InvalidInput as error:
        link.form.errors = list(error.errors)
        return _ask_day(link)
    key = page.settings.secret_key
    ways = [
        (relaxation_in_words(one, names, page.words), encode_plan(one.request, one.plan, key))
        for one in proposal.relaxations
        if one.also is None and one.request.schools == visit.schools
    ]
    return link.show(
        "change_plans",
        status=409 if refused else 200,
        refused=refused,
        cards=make_cards(proposal, request, names, page),
        ways=ways if not visit.parties else [],
        to=offered.to if offered else "change",
        hidden=offered.hidden if offered else number_pairs(link.form, visit),
    )


def wanted_of(request: PlanRequest) -> Wanted:
    """Everything that a request says of a day."""
    return {
        "groups": request.groups,
        "adults": request.adults,
        "dates": request.dates,
        "wishes": request.wishes,
        "galleries": request.galleries,
        "needs": request.needs,
        "arrive": request.arrive,
        "depart": request.depart,
    }


def _ask_day(link: Link) -> Response[bytes]:
    visit, page, form = link.visit, link.page, link.form
    sent = bool(form.raw("sent"))
    request = visit.request
    with link.database.reading() as session:
        names = names_of(session, [], lang=page.lang, now=page.now)
        fitting = [
            Wish(code=row.code)
            for row in list_activities(session)
            if row.kind is not ActivityKind.EDUCATOR and request.grades <= set(row.grades)
        ]
    wishes = list(dict.fromkeys((*request.wishes, *_ANY, *fitting)))
    chosen = form.all("w") if sent else [write_wish(wish) for wish in request.wishes]
    needs = form.all("need") if sent else [need.value for need in request.needs]
    return link.show(
        "change_day",
        options=[(write_wish(one), wish_in_words(one, names, page.words)) for one in wishes],
        chosen=chosen,
        needs=needs,
        arrive=wall_in_words(request.arrive, page.lang),
        depart=wall_in_words(request.depart, page.lang),
    )
