"""A state machine over whole days on both databases: whatever happens, capacity stays true.

Classes hold, extend, swap, change numbers, confirm, cancel, undo, let their holds end, come back.
Others wait for the same day: what becomes free is offered to them by the real waiting list, and
taken, given up, or let pass. After each step: no cell above its capacity, no room or host for two,
cells equal to allocations, who keeps a visit keeps its places and nobody else does, and each offer
is one hold of the class whose turn it was.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import or_, select

from bookings.resources.models import Allocation, Cell
from bookings.resources.service import check_cells
from bookings.visits.models import Visit
from bookings.visits.queries import VisitRow, get_visit, get_visit_by_id, list_visits
from bookings.visits.queries.rows import VisitWish
from bookings.visits.rules import EXPIRING, Contact, Group, VisitState
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
from bookings.visits.service.moves import change_row
from bookings.visits.service.offers import hold_offer
from bookings.waiting.queries import OfferRow, WaitingRow, list_waiting
from bookings.waiting.rules import OfferState, WaitingState
from bookings.waiting.service import AddWaiting, add_waiting, sweep_waiting, withdraw
from tests.factories.days import (
    DAY,
    SCHOOL,
    SMALL_SCHOOL,
    day_order,
    day_request,
    find_plans,
    given_centre_of_days,
)
from vizium.db.session import Database, Session
from vizium.kernel.errors import VizError

_WEEK = timedelta(weeks=1)
_WEEKS = 20
_STEPS_OF_CONTROL = 60
PUPILS, PLANS, WHICH = st.integers(9, 30), st.integers(0, 2), st.integers(0, 5)
# Some minutes within a hold, the time of a hold, the time of an offer.
MINUTES = st.one_of(st.integers(5, 40), st.just(49 * 60))
_KEEPING = EXPIRING | {VisitState.CONFIRMED}


@dataclass(slots=True)
class _Stage:
    """One database for all runs; each run plays on a Tuesday of its own."""

    database: Database
    orders: dict[str, Any]
    weeks: Iterator[int]
    classes: Iterator[int]


class _Days(RuleBasedStateMachine):
    stage: _Stage

    def __init__(self) -> None:
        super().__init__()
        self.day = DAY + _WEEK * (next(self.stage.weeks) % _WEEKS)
        self.now: datetime = self.stage.orders["now"]

    @rule(pupils=PUPILS, choice=PLANS)
    def hold(self, pupils: int, choice: int) -> None:
        request = day_request(dates=(self.day,), **_people(pupils))

        def act(session: Session) -> None:
            plans = find_plans(session, request, now=self.now)
            if plans:
                order = day_order(plans[choice % len(plans)], request)
                hold_visit(session, order, by="test", now=self.now)

        self._do(act)

    @rule(which=WHICH)
    def extend(self, which: int) -> None:
        self._to(which, lambda session, visit: extend_hold(session, visit, by="t", now=self.now))

    @rule(which=WHICH)
    def confirm(self, which: int) -> None:
        self._to(which, lambda session, visit: confirm_visit(session, visit, **self._orders()))

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self._to(which, lambda session, visit: cancel_visit(session, visit, **self._orders()))

    @rule(which=WHICH)
    def undo(self, which: int) -> None:
        self._to(which, lambda session, visit: undo_change(session, visit, **self._orders()))

    @rule(which=WHICH, pupils=PUPILS)
    def change_numbers(self, which: int, pupils: int) -> None:
        def act(session: Session, visit: VisitCommand) -> None:
            command = ChangeVisit(visit.reference, **_people(pupils))
            change_visit(session, command, **self._orders())

        self._to(which, act)

    @rule(which=WHICH, choice=PLANS)
    def swap_plan(self, which: int, choice: int) -> None:
        def act(session: Session, command: VisitCommand) -> None:
            visit = get_visit(session, command.reference)
            plans = find_plans(session, visit.request, now=self.now, without=f"visit:{visit.id}")
            if plans:
                plan = plans[choice % len(plans)]
                other = ChangeVisit(visit.reference, plan=plan, request=visit.request)
                change_visit(session, other, **self._orders())

        self._to(which, act)

    @rule(pupils=PUPILS, school=st.sampled_from([SCHOOL, SMALL_SCHOOL]))
    def wait(self, pupils: int, school: str) -> None:
        number = next(self.stage.classes)
        order = AddWaiting(
            school=school,
            days=(self.day, self.day + _WEEK),
            language="lv",
            page_language="lv",
            contact=Contact(f"Klase {number}", f"class-{number}@example.lv", ""),
            **_people(pupils),
        )
        settings_ = self.stage.orders["settings"]
        self._do(lambda s: add_waiting(s, order, settings=settings_, by="t", now=self.now))

    @rule()
    def offer_what_is_free(self) -> None:
        settings_ = self.stage.orders["settings"]
        self._do(lambda session: sweep_waiting(session, settings=settings_, now=self.now))

    @rule(which=WHICH)
    def accept_offer(self, which: int) -> None:
        def act(session: Session, offer: OfferRow) -> None:
            confirm_visit(session, VisitCommand(offer.reference), **self._orders())

        self._to_offer(which, act)

    @rule(which=WHICH)
    def give_up_offer(self, which: int) -> None:
        def act(session: Session, offer: OfferRow) -> None:
            cancel_visit(session, VisitCommand(offer.reference), **self._orders())

        self._to_offer(which, act)

    @rule(which=WHICH)
    def leave_list(self, which: int) -> None:
        rows = self._waiting(WaitingState.WAITING, WaitingState.OFFERED)
        if rows:
            reference = rows[which % len(rows)].reference
            self._do(lambda session: withdraw(session, reference, **self._orders()))

    @rule(minutes=MINUTES, sweeps=st.integers(0, 3))
    def pass_time(self, minutes: int, sweeps: int) -> None:
        self.now += timedelta(minutes=minutes)
        for _ in range(sweeps):
            self._do(self._let_go)

    @invariant()
    def capacity_is_true(self) -> None:
        with self.stage.database.reading() as session:
            assert check_cells(session) == []
            assert session.scalars(select(Cell).where(Cell.used > Cell.capacity)).all() == []
            # Cells are what allocations say, so who is in two places is there twice.
            alone = or_(*(Cell.resource.startswith(kind) for kind in ("room-", "h-", "alone:")))
            assert session.scalars(select(Cell).where(alone, Cell.used > 1)).all() == []

    @invariant()
    def who_keeps_a_visit_keeps_its_places_and_nobody_else_does(self) -> None:
        with self.stage.database.reading() as session:
            owners = set(session.scalars(select(Allocation.owner)))
            keeping = select(Visit.id).where(Visit.state.in_(_KEEPING))
            assert owners == {f"visit:{one}" for one in session.scalars(keeping)}

    @invariant()
    def offers_are_holds_of_the_classes_whose_turn_it_was(self) -> None:
        with self.stage.database.reading() as session:
            visits = list_visits(session, VisitWish(first_day=self.day))
            rows = {row.contact.email: row for row in list_waiting(session, *WaitingState)}
            for row in rows.values():
                is_open = [offer.state is OfferState.OPEN for offer in row.offers]
                assert sum(is_open) == (row.state is WaitingState.OFFERED)
            of_offers = {offer.visit: row for row in rows.values() for offer in row.offers}
            for visit in visits:
                row_of_visit = rows.get(visit.contact.email)
                assert of_offers.get(visit.id) == row_of_visit
                assert row_of_visit is None or visit.school == row_of_visit.school

    def teardown(self) -> None:
        """Whoever still waits goes home: the next run has its own classes."""
        for row in self._waiting(WaitingState.WAITING, WaitingState.OFFERED):
            with self.stage.database.transaction() as session:
                withdraw(session, row.reference, **self._orders())

    def _let_go(self, session: Session) -> bool:
        return sweep_expired_hold(session, now=self.now)

    def _visits(self) -> list[VisitRow]:
        with self.stage.database.reading() as session:
            return list_visits(session, VisitWish(day=self.day))

    def _waiting(self, *states: WaitingState) -> list[WaitingRow]:
        with self.stage.database.reading() as session:
            return [row for row in list_waiting(session, *states) if self.day in row.days]

    def _orders(self) -> dict[str, Any]:
        return self.stage.orders | {"now": self.now}

    def _to(self, which: int, act: Callable[[Session, VisitCommand], object]) -> None:
        visits = self._visits()
        if visits:
            visit = VisitCommand(visits[which % len(visits)].reference)
            self._do(lambda session: act(session, visit))

    def _to_offer(self, which: int, act: Callable[[Session, OfferRow], object]) -> None:
        offers = [one for row in self._waiting(WaitingState.OFFERED) if (one := row.open_offer)]
        if offers:
            offer = offers[which % len(offers)]
            self._do(lambda session: act(session, offer))
            self.offer_what_is_free()

    def _do(self, act: Callable[[Session], object]) -> None:
        """Refusals are part of the play: they leave everything as it was."""
        try:
            with self.stage.database.transaction() as session:
                act(session)
        except VizError:
            return


class _ForgetsToRelease(_Days):
    """Planted: a hold ends, and its cells are not given back."""

    def _let_go(self, session: Session) -> bool:
        due = select(Visit.id).where(Visit.state.in_(EXPIRING), Visit.expires_at <= self.now)
        visit_id = session.scalar(due.limit(1))
        if visit_id is not None:
            change_row(session, get_visit_by_id(session, visit_id), state=VisitState.EXPIRED)
        return visit_id is not None


class _OffersTwice(_Days):
    """Planted: who gets an offer gets a second day held, of which the list knows nothing."""

    @rule()
    def offer_what_is_free(self) -> None:
        super().offer_what_is_free()
        for row in self._waiting(WaitingState.OFFERED):
            request = row.request(self.day)

            def act(session: Session, row: WaitingRow = row, request: Any = request) -> None:
                for plan in find_plans(session, request, now=self.now)[:1]:
                    until = self.now + timedelta(hours=48)
                    order = day_order(plan, request, contact=row.contact)
                    hold_offer(session, order, until=until, by="test", now=self.now)

            self._do(act)


def _people(pupils: int) -> dict[str, Any]:
    return {"groups": (Group(5, pupils),), "adults": -(-pupils // 10)}


def _staged(machine: type[_Days], database: Database, orders: dict[str, Any]) -> type[_Days]:
    with database.transaction() as session:
        given_centre_of_days(session, now=orders["now"])
    stage = _Stage(database, orders, count(), count())
    return type("Days", (machine,), {"stage": stage})


def test_capacity_stays_true_whatever_happens(database: Database, orders: dict[str, Any]) -> None:
    run_state_machine_as_test(
        _staged(_Days, database, orders),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("planted", [_ForgetsToRelease, _OffersTwice])
def test_planted_fault_is_caught(
    planted: type[_Days], database: Database, orders: dict[str, Any]
) -> None:
    """At random, but alike each time: what a fault leaves behind is no state to try again from."""
    play, dice = _staged(planted, database, orders)(), random.Random(1)

    with pytest.raises(AssertionError):
        _play_at_random(play, dice)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_play_reaches_what_it_is_about(database: Database, orders: dict[str, Any]) -> None:
    """The machine must hold, confirm, swap and expire in truth, not only be refused."""
    play = _staged(_Days, database, orders)()

    play.hold(20, 0)
    play.confirm(0)
    before = play._visits()[0]
    play.swap_plan(0, 1)
    play.hold(12, 0)
    play.pass_time(40, 3)
    _check(play)

    after = {visit.reference: visit for visit in play._visits()}
    assert after[before.reference].plan != before.plan
    assert {visit.state for visit in after.values()} == {VisitState.CONFIRMED, VisitState.EXPIRED}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_play_reaches_every_end_of_an_offer(database: Database, orders: dict[str, Any]) -> None:
    play = _staged(_Days, database, orders)()
    ends: tuple[Callable[[], None], ...] = (
        lambda: play.accept_offer(0),
        lambda: play.give_up_offer(0),
        lambda: play.pass_time(49 * 60, 3),
    )

    for end in ends:
        play.wait(12, SCHOOL)
        play.offer_what_is_free()
        _check(play)
        end()
        play.offer_what_is_free()
        _check(play)

    rows = play._waiting(*WaitingState)
    reached = {offer.state for row in rows for offer in row.offers}
    assert reached >= {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED}


def _check(play: _Days) -> None:
    """Every invariant by hand."""
    play.capacity_is_true()
    play.who_keeps_a_visit_keeps_its_places_and_nobody_else_does()
    play.offers_are_holds_of_the_classes_whose_turn_it_was()


def _play_at_random(play: _Days, dice: random.Random) -> None:
    for _ in range(_STEPS_OF_CONTROL):
        _step(play, dice)
        _check(play)


def _step(play: _Days, dice: random.Random) -> None:
    """One of the steps in which the planted faults show."""
    which = dice.randrange(6)
    steps: tuple[Callable[[], None], ...] = (
        lambda: play.hold(dice.randint(9, 30), dice.randrange(3)),
        lambda: play.confirm(which),
        lambda: play.extend(which),
        lambda: play.wait(dice.randint(9, 30), dice.choice([SCHOOL, SMALL_SCHOOL])),
        play.offer_what_is_free,
        lambda: play.pass_time(dice.choice([10, 35, 49 * 60]), 2),
    )
    dice.choice(steps)()
