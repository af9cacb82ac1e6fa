"""Whole days at a small centre: plans that fit it, and visits that hold them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from bookings.programmes.rules import ActivityKind
from bookings.programmes.service import load_activity
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import Need, PlanRequest, Wish
from bookings.visits.planner.search import plan_days
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Group
from bookings.visits.service import HoldVisit, hold_visit, load_worlds
from tests.factories.resources import given_host, given_house
from tests.factories.schools import given_school
from tests.factories.visits import CONTACT, sample_activity

# Two Tuesdays on which the small centre is open.
DAY, NEXT_TUESDAY = date(2027, 3, 16), date(2027, 3, 23)
NOON = datetime(2027, 3, 16, 10, 0, tzinfo=UTC)
SCHOOL, SMALL_SCHOOL = "3213900123", "9912900002"


def given_centre_of_days(session: Session, *, now: datetime) -> None:
    """A house with two rooms and two hosts, a programme and a show on request, two schools."""
    given_house(session)
    given_host(session, "h-02")
    for number, (code, kind) in enumerate(
        (("T-07", ActivityKind.PROGRAMME), ("S-01", ActivityKind.SHOW))
    ):
        activity = sample_activity(code, kind)
        skill = "show" if kind is ActivityKind.SHOW else "physics"
        load_activity(session, replace(activity, skill=skill), position=number, now=now)
    given_school(session, SCHOOL, now=now)
    given_school(session, SMALL_SCHOOL, now=now, name="Mazā skola")


def day_request(**changes: Any) -> PlanRequest:
    """A class of eighteen that wants a programme, a gallery and lunch."""
    values: dict[str, Any] = {
        "schools": (SCHOOL,),
        "dates": (DAY,),
        "groups": (Group(5, 18),),
        "adults": 2,
        "language": "lv",
        "wishes": (Wish(code="T-07"),),
        "galleries": ("g-geo",),
        "needs": frozenset({Need.LUNCH}),
        "arrive": time(9, 0),
        "depart": time(14, 30),
    }
    return PlanRequest(**(values | changes))


def find_plans(
    session: Session, request: PlanRequest, *, now: datetime, without: str | None = None
) -> tuple[Plan, ...]:
    """The plans that fit now."""
    worlds = load_worlds(session, request.dates, now=now, without=without, schools=request.schools)
    return plan_days(request, worlds)


def day_order(plan: Plan, request: PlanRequest, **changes: Any) -> HoldVisit:
    """The order of a planned day."""
    values: dict[str, Any] = {
        "plan": plan,
        "request": request,
        "contact": CONTACT,
        "page_language": "lv",
    }
    return HoldVisit(**(values | changes))


def given_day_visit(
    session: Session, request: PlanRequest | None = None, *, now: datetime, **changes: Any
) -> VisitRow:
    """A held visit of a whole day."""
    wanted = request or day_request()
    plan = find_plans(session, wanted, now=now)[0]
    return hold_visit(session, day_order(plan, wanted, **changes), by="test", now=now)
