"""What a change does to the price: the centre's own trouble never makes a visit dearer."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.programmes.rules import ActivityKind
from bookings.programmes.service import load_activity
from bookings.visits.planner.plan import Plan
from bookings.visits.queries import VisitRow
from bookings.visits.rules import Contact, Funding, Group
from bookings.visits.service import (
    ChangeVisit,
    VisitCommand,
    change_visit,
    confirm_visit,
    undo_change,
)
from tests.factories.days import given_centre_of_days, given_day_visit
from tests.factories.visits import sample_activity
from vizium.db.session import Database, Session
from vizium.kernel.money import Cents

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
DEAR = "T-09"


@pytest.fixture
def visit(database: Database, orders: dict[str, Any]) -> VisitRow:
    """A confirmed class of eighteen that pays 3.50 a pupil; ``T-09`` costs 9 a pupil."""
    now = orders["now"]
    with database.transaction() as session:
        given_centre_of_days(session, now=now)
        _load(session, DEAR, 900, now)
        held = given_day_visit(session, now=now)
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def _load(session: Session, code: str, price: int, now: datetime) -> None:
    activity = sample_activity(code, ActivityKind.PROGRAMME)
    dear = replace(activity, skill="physics", price_cents=Cents(price))
    load_activity(session, dear, position=9, now=now)


def _with(plan: Plan, code: str) -> Plan:
    stops = tuple(replace(s, code=code) if s.is_activity else s for s in plan.stops)
    return replace(plan, stops=stops)


def _change(
    database: Database, visit: VisitRow, orders: dict[str, Any], **changes: Any
) -> VisitRow:
    with database.transaction() as session:
        return change_visit(session, ChangeVisit(visit.reference, **changes), **orders)


def _other(visit: VisitRow, code: str) -> dict[str, Any]:
    return {"plan": _with(visit.plan, code), "request": replace(visit.request, wishes=())}


def test_school_that_chooses_a_dearer_programme_pays_it(
    database: Database, visit: VisitRow, orders: dict[str, Any]
) -> None:
    assert _change(database, visit, orders, **_other(visit, DEAR)).price_cents == 18 * 900


def test_centre_that_puts_a_dearer_programme_in_bears_the_difference_for_good(
    database: Database, visit: VisitRow, orders: dict[str, Any]
) -> None:
    changed = _change(database, visit, orders, by_centre=True, **_other(visit, DEAR))
    told = _change(database, visit, orders, contact=Contact("Ilze", "ilze@example.lv", ""))
    paid = _change(database, visit, orders, funding=Funding.SKOLAS_SOMA)
    more = _change(database, visit, orders, groups=(Group(5, 20),), adults=2)
    fewer = _change(database, visit, orders, groups=(Group(5, 9),), adults=1)

    assert [one.price_cents for one in (visit, changed, told, paid)] == [18 * 350] * 4
    assert (more.price_cents, fewer.price_cents) == (20 * 350, 9 * 350)


def test_undo_brings_the_price_back_that_was(
    database: Database, visit: VisitRow, orders: dict[str, Any]
) -> None:
    _change(database, visit, orders, by_centre=True, **_other(visit, DEAR))
    _change(database, visit, orders, **_other(visit, "T-07"))
    with database.transaction() as session:
        back = undo_change(session, VisitCommand(visit.reference), **orders)

    assert [stop.code for stop in back.stops if stop.is_activity] == [DEAR]
    assert back.price_cents == 18 * 350


def test_what_the_centre_drops_so_late_costs_the_school_nothing(
    database: Database, visit: VisitRow, orders: dict[str, Any]
) -> None:
    late = orders | {"now": visit.arrive_at - timedelta(hours=3)}
    rest = replace(visit.plan, stops=tuple(s for s in visit.plan.stops if not s.is_activity))
    fewer = {"plan": rest, "request": replace(visit.request, wishes=())}

    by_centre = _change(database, visit, late, by_centre=True, **fewer)

    assert (by_centre.price_cents, by_centre.fee_cents) == (0, 0)


def test_catalogue_that_became_dearer_changes_no_visit_that_stands(
    database: Database, visit: VisitRow, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        _load(session, "T-07", 700, orders["now"])

    fewer = _change(database, visit, orders, groups=(Group(5, 9),), adults=1)

    assert fewer.price_cents == 9 * 350
