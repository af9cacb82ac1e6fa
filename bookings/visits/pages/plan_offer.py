"""What the planner answers: ranked days side by side, or the smallest changes that make one fit."""

from urllib.parse import urlencode

from litestar import Response

from bookings.schools.queries import find_school
from bookings.visits.forms.day import parse_day
from bookings.visits.pages.plan_cards import make_cards, names_of
from bookings.visits.pages.plan_journey import Journey
from bookings.visits.pages.plan_steps import ask_step
from bookings.visits.pages.plan_view import (
    first_reasons,
    moments_of_plan,
    wall_in_words,
    wish_in_words,
)
from bookings.visits.pages.plan_ways import ways_of
from bookings.visits.planner.ids import decode_plan
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.shape import price_of_plan
from bookings.visits.rules import Funding, TransportEstimate
from bookings.visits.service import propose_plans
from bookings.visits.service.world import load_world
from vizium.kernel.errors import InvalidInput

# Which question mends what the planner refuses to begin with, by field.
_STEP_OF_FIELD = {
    "groups": "class",
    "adults": "class",
    "language": "class",
    "school": "school",
    "schools": "school",
    "wants": "wishes",
    "wishes": "wishes",
    "galleries": "extras",
    "needs": "extras",
    "dates": "days",
    "arrive": "hours",
    "depart": "hours",
}


def picked_plan(journey: Journey) -> tuple[PlanRequest, Plan] | None:
    """The plan that was chosen, if it is ours and was made for these very answers."""
    found = decode_plan(journey.form.raw("plan"), journey.page.settings.secret_key)
    return found if found and found[0] == parse_day(journey.form).request() else None


def show_plans(journey: Journey, *, taken: bool = False) -> Response[bytes]:
    """The days that fit, or the ways to one; a question again where no day can be sought at all.

    Args:
        taken: the plan that was wanted went to another class in this moment.
    """
    request = parse_day(journey.form).request()
    page = journey.page
    try:
        with journey.database.reading() as session:
            proposal = propose_plans(session, request, transport=journey.transport, now=page.now)
            plans = [proposed.plan for proposed in proposal.plans]
            names = names_of(session, plans, lang=page.lang, now=page.now)
    except InvalidInput as error:
        return ask_again(journey, error)
    cards = make_cards(proposal, request, names, page)
    return journey.show(
        "plans",
        status=409 if taken else 200,
        taken=taken,
        request=request,
        cards=cards,
        first=first_reasons(plans) if plans else [],
        ways=ways_of(journey, proposal.relaxations, names),
        waiting=waiting_link(request),
        hidden=journey.own("plan"),
    )


def waiting_link(request: PlanRequest) -> str:
    """Where a class asks to be told when places come free."""
    pairs = [("code", wish.code) for wish in request.wishes if wish.code]
    pairs += [("day", request.dates[0].isoformat())]
    pairs += [("d", day.isoformat()) for day in request.dates]
    pairs += [("school", request.schools[0])]
    pairs += [(f"g{group.grade}", str(group.pupils)) for group in request.groups]
    pairs += [("adults", str(request.adults)), ("language", request.language)]
    pairs += [("need", need.value) for need in sorted(request.needs)]
    return "/waiting/new?" + urlencode(pairs)


def ask_contact(journey: Journey) -> Response[bytes]:
    """Who answers for the class; from here on nothing stands in an address."""
    visitor = journey.visitor
    known = {"name": visitor.name, "email": visitor.email} if visitor else {}
    return journey.show("contact", known=known)


def ask_money(journey: Journey) -> Response[bytes]:
    """Who pays, and whether the fund shall help with the bus."""
    words = journey.page.words
    fundings = [(one.value, words.code("funding", one.value)) for one in Funding]
    return journey.show("money", fundings=fundings, estimate=estimate_of(journey))


def show_check(journey: Journey) -> Response[bytes]:
    """Every answer with a way to change it, before anything is held."""
    picked = picked_plan(journey)
    assert picked is not None
    request, plan = picked
    answers = parse_day(journey.form)
    now, lang = journey.page.now, journey.page.lang
    with journey.database.reading() as session:
        names = names_of(session, [plan], lang=lang, now=now)
        schools = [find_school(session, party.school) for party in answers.parties]
        world = load_world(session, plan.day, now=now, schools=request.schools)
    return journey.show(
        "check",
        plan=plan,
        request=request,
        answers=answers,
        schools=schools,
        moments=moments_of_plan(plan, names),
        wishes=[wish_in_words(wish, names, journey.page.words) for wish in request.wishes],
        galleries=[names.titles.get(code, code) for code in request.galleries],
        arrive=wall_in_words(request.arrive, lang),
        depart=wall_in_words(request.depart, lang),
        price_cents=price_of_plan(plan, world.activities),
        estimate=estimate_of(journey),
        hidden=journey.carried(),
        key=journey.page.new_key(),
    )


def estimate_of(journey: Journey) -> TransportEstimate:
    """What the fund would give for the bus of the picked plan."""
    picked = picked_plan(journey)
    assert picked is not None
    request, plan = picked
    with journey.database.reading() as session:
        return journey.transport.estimate(
            session,
            register_no=request.schools[0],
            day=plan.day,
            pupils=request.pupils,
            programmes=plan.programmes,
            now=journey.page.now,
        )


def ask_again(journey: Journey, error: InvalidInput) -> Response[bytes]:
    """What cannot begin or end well is mended where it was asked.

    Raises:
        InvalidInput: no question would mend it.
    """
    steps = [_STEP_OF_FIELD[one.field] for one in error.errors if one.field in _STEP_OF_FIELD]
    if not steps:
        raise error
    journey.form.errors = list(error.errors)
    return ask_step(journey, steps[0])
