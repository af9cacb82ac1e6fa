"""Plan a class's whole day: one question a page, the answers in the address until the contact.

```
GET  /visits/plan        the first question without a good answer, or the one that `step` names
POST /visits/plan        the same once names and telephones are among the answers
POST /visits/plan/hold   hold the places of the chosen plan
```
Nothing is written before the hold; a plan that another class took meanwhile leads to new plans with
every answer kept.
"""

from collections.abc import Callable
from dataclasses import replace

from litestar import Response, get, post
from litestar.di import NamedDependency

from bookings.visits.forms import parse_contact
from bookings.visits.forms.day import STEPS, furthest, parse_day, parse_money
from bookings.visits.pages.holding import hold_once
from bookings.visits.pages.plan_journey import Journey
from bookings.visits.pages.plan_offer import (
    ask_again,
    ask_contact,
    ask_money,
    picked_plan,
    show_check,
    show_plans,
)
from bookings.visits.pages.plan_steps import ask_step, check_step
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Party
from bookings.visits.service import HoldVisit, TransportDesk, hold_visit
from vizium.auth.rules import Person
from vizium.db.session import Database, Session
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.web.forms import Form
from vizium.web.page import Page

_LATE_STEPS: dict[str, Callable[[Journey], Response[bytes]]] = {
    "plan": show_plans,
    "contact": ask_contact,
    "money": ask_money,
}


@get("/visits/plan", sync_to_thread=True)
def plan_day(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    asked: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """The next question."""
    journey = Journey(page, database, asked, transport, visitor)
    return _open_question(journey) or show_check(journey)


@post("/visits/plan", status_code=200, sync_to_thread=True)
def continue_plan(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """The next question of a form that carries a name."""
    journey = Journey(page, database, form, transport, visitor)
    return _open_question(journey) or show_check(journey)


@post("/visits/plan/hold", sync_to_thread=True)
def hold_plan(
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    form: NamedDependency[Form],
    transport: NamedDependency[TransportDesk],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """Hold what the plan needs; when it went meanwhile, show new plans and keep all answers."""
    journey = Journey(page, database, form, transport, visitor)
    question = _open_question(journey)
    if question is not None:
        return question
    order = _order(journey)

    def hold(session: Session, by: str) -> VisitRow:
        return hold_visit(session, order, by=by, now=page.now)

    try:
        path = hold_once(page, database, form, visitor=visitor, hold=hold)
    except Conflict:
        return show_plans(journey, taken=True)
    except InvalidInput as error:
        return ask_again(journey, error)
    return page.go(path)


def _open_question(journey: Journey) -> Response[bytes] | None:
    """The page of the first question that has no good answer, or that the form asks to see."""
    done = furthest(journey.form)
    wanted = _wanted(journey.form)
    for number, step in enumerate(STEPS):
        if number >= done or step == wanted or not _holds(journey, step):
            return _LATE_STEPS[step](journey) if step in _LATE_STEPS else ask_step(journey, step)
    return None


def _wanted(form: Form) -> str:
    """The question that a button of this page leads to, if not onwards."""
    if form.raw("party") or form.raw("drop"):
        return "school"
    if form.raw("words").strip() != form.raw("searched").strip():
        return "wishes"
    return "days" if form.raw("from") else form.raw("step")


def _holds(journey: Journey, step: str) -> bool:
    form = journey.form
    if step == "plan":
        return picked_plan(journey) is not None
    if step == "contact":
        parse_contact(form)
    elif step == "money":
        parse_money(form)
    else:
        check_step(journey, step)
    return not form.errors


def _order(journey: Journey) -> HoldVisit:
    """The whole order; every question has a good answer."""
    form = journey.form
    picked = picked_plan(journey)
    assert picked is not None
    request, plan = picked
    contact = parse_contact(form)
    funding, wants_transport = parse_money(form)
    parties = parse_day(form).parties
    return HoldVisit(
        plan=plan,
        request=request,
        contact=contact,
        page_language=journey.page.lang,
        wants_transport=wants_transport,
        funding=funding,
        owner_person=journey.visitor.id if journey.visitor else None,
        parties=_parties(parties, contact),
    )


def _parties(parties: tuple[Party, ...], contact: Contact) -> tuple[Party, ...]:
    """The schools of a joint group, all under one contact; none where a school comes alone."""
    joint = len(parties) > 1
    return tuple(replace(party, contact=contact) for party in parties) if joint else ()
