"""A state machine over whole days on both databases: whatever happens, capacity stays true.

Classes hold, extend, swap, change numbers, confirm, cancel, let their holds end, come back; offers
for waiting classes are holds too. After each step: no cell above its capacity, no room or host for
two, cells equal to allocations.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from bookings.resources.models import Allocation, Cell
from bookings.resources.rules import Take, demand
from bookings.resources.service import check_cells
from bookings.visits.queries import VisitRow, list_visits
from bookings.visits.queries.rows import VisitWish
from bookings.visits.rules import EXPIRING, Group, VisitState
from bookings.visits.service import (
    ChangeVisit,
    VisitCommand,
    cancel_visit,
    change_visit,
    confirm_visit,
    extend_hold,
    hold_visit,
    sweep_expired_hold,
    undo_change,
)
from tests.factories.days import DAY, day_order, day_request, find_plans, given_centre_of_days
from vizium.db.session import Database, Session
from vizium.kernel.errors import VizError

_WEEK = timedelta(weeks=1)
PUPILS, PLANS, VISITS = st.integers(9, 30), st.integers(0, 2), st.integers(0, 5)


@dataclass(slots=True)
class _Stage:
    """One database for all runs; each run plays on a Tuesday of its own."""

    database: Database
    orders: dict[str, Any]
    weeks: Iterator[int]


class _Days(RuleBasedStateMachine):
    stage: _Stage

    def __init__(self) -> None:
        super().__init__()
        self.day = DAY + _WEEK * (next(self.stage.weeks) % 12)
        self.now: datetime = self.stage.orders["now"]

    @rule(pupils=PUPILS, choice=PLANS)
    def hold(self, pupils: int, choice: int) -> None:
        request = day_request(
            dates=(self.day,), groups=(Group(5, pupils),), adults=-(-pupils // 10)
        )

        def act(session: Session) -> None:
            plans = find_plans(session, request, now=self.now)
            if plans:
                order = day_order(plans[choice % len(plans)], request)
                hold_visit(session, order, by="test", now=self.now)

        self._do(act)

    @rule(which=VISITS)
    def extend(self, which: int) -> None:
        self._to(which, lambda session, visit: extend_hold(session, visit, by="t", now=self.now))

    @rule(which=VISITS)
    def confirm(self, which: int) -> None:
        self._to(which, lambda session, visit: confirm_visit(session, visit, **self._orders()))

    @rule(which=VISITS)
    def cancel(self, which: int) -> None:
        self._to(which, lambda session, visit: cancel_visit(session, visit, **self._orders()))

    @rule(which=VISITS)
    def undo(self, which: int) -> None:
        self._to(which, lambda session, visit: undo_change(session, visit, **self._orders()))

    @rule(which=VISITS, pupils=PUPILS)
    def change_numbers(self, which: int, pupils: int) -> None:
        groups, adults = (Group(5, pupils),), -(-pupils // 10)

        def act(session: Session, visit: VisitCommand) -> None:
            command = ChangeVisit(visit.reference, groups=groups, adults=adults)
            change_visit(session, command, **self._orders())

        self._to(which, act)

    @rule(which=VISITS, choice=PLANS)
    def swap_plan(self, which: int, choice: int) -> None:
        visits = self._visits()
        if not visits:
            return
        visit = visits[which % len(visits)]

        def act(session: Session) -> None:
            owner = f"visit:{visit.id}"
            request = replace(visit.request, dates=(self.day,))
            plans = find_plans(session, request, now=self.now, without=owner)
            if plans:
                plan = plans[choice % len(plans)]
                command = ChangeVisit(visit.reference, plan=plan, request=request)
                change_visit(session, command, **self._orders())

        self._do(act)

    @rule(minutes=st.integers(5, 40), sweeps=st.integers(0, 3))
    def pass_time(self, minutes: int, sweeps: int) -> None:
        self.now += timedelta(minutes=minutes)
        for _ in range(sweeps):
            self._do(lambda session: sweep_expired_hold(session, now=self.now))

    @invariant()
    def capacity_is_true(self) -> None:
        with self.stage.database.reading() as session:
            assert check_cells(session) == []
            assert session.scalars(select(Cell).where(Cell.used > Cell.capacity)).all() == []
            fields = (Allocation.resource, Allocation.start, Allocation.end, Allocation.amount)
            single = ("room-", "h-", "alone:")
            taken = [Take(*row) for row in session.execute(select(*fields))]
            people = Counter(
                dict(demand(take for take in taken if take.resource.startswith(single)))
            )
            assert set(people.values()) <= {1}

    @invariant()
    def whoever_keeps_a_visit_keeps_its_places(self) -> None:
        with self.stage.database.reading() as session:
            owners = set(session.scalars(select(Allocation.owner)))
            for visit in list_visits(session, VisitWish(day=self.day)):
                keeps = visit.state in EXPIRING | {VisitState.CONFIRMED}
                assert (f"visit:{visit.id}" in owners) == keeps

    def _visits(self) -> list[VisitRow]:
        with self.stage.database.reading() as session:
            return list_visits(session, VisitWish(day=self.day))

    def _orders(self) -> dict[str, Any]:
        return self.stage.orders | {"now": self.now}

    def _to(self, which: int, act: Callable[[Session, VisitCommand], object]) -> None:
        visits = self._visits()
        if visits:
            visit = VisitCommand(visits[which % len(visits)].reference)
            self._do(lambda session: act(session, visit))

    def _do(self, act: Callable[[Session], object]) -> None:
        """Refusals are part of the play: they leave everything as it was."""
        try:
            with self.stage.database.transaction() as session:
                act(session)
        except VizError:
            return


def test_capacity_stays_true_whatever_happens(database: Database, orders: dict[str, Any]) -> None:
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
    stage = _Stage(database, orders, count())
    machine = type("Days", (_Days,), {"stage": stage})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_play_reaches_what_it_is_about(database: Database, orders: dict[str, Any]) -> None:
    """The machine must hold, confirm, swap and expire in truth, not only be refused."""
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
    play = type("Days", (_Days,), {"stage": _Stage(database, orders, count())})()

    play.hold(20, 0)
    play.confirm(0)
    before = play._visits()[0]
    play.swap_plan(0, 1)
    play.hold(12, 0)
    play.pass_time(40, 3)
    play.capacity_is_true()
    play.whoever_keeps_a_visit_keeps_its_places()

    after = {visit.reference: visit for visit in play._visits()}
    assert after[before.reference].plan != before.plan
    assert {visit.state for visit in after.values()} == {VisitState.CONFIRMED, VisitState.EXPIRED}
