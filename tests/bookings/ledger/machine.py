"""A machine that does to the ledger and to its oracle the same, in any order, and compares."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bookings.ledger import queries, rules, service
from bookings.ledger.rules import Draw, Posting
from bookings.ledger.service import Entry
from tests.bookings.ledger.oracle import AWARDS_OF_A_SCHOOL, NEXT, Oracle
from tests.factories.ledger import FUND, SECRET_KEY, given_cap, given_ledger
from vizium.db.session import Database
from vizium.kernel.errors import BudgetExceeded, Conflict
from vizium.kernel.money import Cents

AMOUNTS = st.integers(1, 400)
PICKS = st.integers(0, 99)
_NOTHING = Draw(Cents(0), Cents(0))


class LedgerMachine(RuleBasedStateMachine):
    """Everything stands in one transaction that is rolled back at the end."""

    database: ClassVar[Database]
    now: ClassVar[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.entrance = self.database.transaction()
        self.session = self.entrance.__enter__()
        self.oracle = Oracle()
        self.draws: dict[int, Draw] = {}
        self.unfencings: list[str] = []
        self.days: list[str] = []
        self.claims = 0

    @initialize(cents=st.integers(1, 800), far_bp=st.integers(0, 10_000))
    def open(self, cents: int, far_bp: int) -> None:
        given_ledger(self.session, cents=cents, far_bp=far_bp, now=self.now)
        self.oracle.top_up(cents, far_bp)
        self.caps = [
            given_cap(self.session, awards=AWARDS_OF_A_SCHOOL, now=self.now, school=f"320000000{n}")
            for n in range(2)
        ]

    def post(
        self, event: str, postings: tuple[Posting, ...], claim: int | None = None, once: str = ""
    ) -> tuple[str, ...]:
        self.now += timedelta(seconds=1)
        subject = f"fund:{FUND}" if claim is None else f"claim:{claim}"
        entry = Entry(FUND, event, subject, postings, once=once or None)
        return service.post_transfers(self.session, entry, secret_key=SECRET_KEY, now=self.now)

    def is_taken(self, act: Callable[[], object]) -> bool:
        """Whether the ledger does it, or refuses it in its own words and leaves no trace."""
        try:
            with self.session.begin_nested():
                act()
        except (BudgetExceeded, Conflict):
            return False
        return True

    @rule(amount=AMOUNTS, far_bp=st.integers(0, 10_000))
    def top_up(self, amount: int, far_bp: int) -> None:
        """Somebody presses the button twice."""
        postings = rules.appropriated(FUND, Cents(amount), far_bp=far_bp)
        command = f"top-up:{self.now:%Y%m%d%H%M%S}"
        self.post("topped_up", postings, once=command)
        assert not self.is_taken(lambda: self.post("topped_up", postings, once=command))
        self.oracle.top_up(amount, far_bp)

    @rule(amount=AMOUNTS, school=st.integers(0, 1), is_far=st.booleans())
    def reserve(self, amount: int, school: int, is_far: bool) -> None:
        self.claims += 1
        claim = self.claims
        balances = queries.get_balances(self.session, FUND)
        draw = rules.draw_for(
            Cents(amount),
            available=balances["available"],
            reserved_far=balances["reserved-far"],
            far=is_far,
        )
        taken = draw is not None and self.is_taken(
            lambda: self.post("reserved", rules.reserved(FUND, draw, self.caps[school]), claim)
        )
        assert taken == self.oracle.reserve(claim, amount, school, is_far=is_far)
        if draw is not None and taken:
            self.draws[claim] = draw

    @precondition(lambda self: self.oracle.claims)
    @rule(pick=PICKS, ways=st.lists(PICKS, min_size=1, max_size=6), percent=st.integers(0, 100))
    def go_on(self, pick: int, ways: list[int], percent: int) -> None:
        """One of the claims goes some steps on its way."""
        claim = sorted(self.oracle.claims)[pick % len(self.oracle.claims)]
        for way in ways:
            if claim not in self.oracle.claims:
                return
            kind, free, far, school = self.oracle.claims[claim]
            amount = max(1, (free + far) * percent // 100)
            step = NEXT[kind][way % len(NEXT[kind])]
            getattr(self, f"_{step}")(claim, amount, free + far, school)
            self.balances_are_those_of_the_oracle()

    @rule()
    def open_fence(self) -> None:
        opened = self.oracle.open_far()
        if opened:
            self.unfencings += self.post("unfenced", rules.unfenced(FUND, Cents(opened)))

    @precondition(lambda self: self.unfencings)
    @rule(pick=PICKS)
    def undo_open_fence(self, pick: int) -> None:
        number = pick % len(self.unfencings)
        transfer = self.unfencings[number]
        taken = self.is_taken(
            lambda: service.reverse_transfer(
                self.session, transfer, secret_key=SECRET_KEY, now=self.now
            )
        )
        assert taken == self.oracle.undo_open(number)

    @rule()
    def pass_a_day(self) -> None:
        self.now += timedelta(days=1)
        service.make_anchors(self.session, now=self.now)
        self.days.append(f"{self.now:%Y-%m-%d}")

    @invariant()
    def balances_are_those_of_the_oracle(self) -> None:
        balances = queries.get_balances(self.session, FUND)
        expected = self.oracle.state()
        assert {name: balances.get(name, 0) for name in expected} == expected

    def teardown(self) -> None:
        try:
            check = queries.check_ledger(self.session, SECRET_KEY)
            assert check.problems == ()
            anchors = queries.list_anchors(self.session)
            assert [anchor.day.isoformat() for anchor in anchors] == self.days
        finally:
            self.session.rollback()
            self.entrance.__exit__(None, None, None)

    def _release(self, claim: int, _amount: int, _had: int, school: int) -> None:
        self.post("released", rules.released(FUND, self.draws[claim], self.caps[school]), claim)
        self.oracle.release(claim)

    def _approve(self, claim: int, amount: int, _had: int, _school: int) -> None:
        back = rules.part_given_back(self.draws[claim], Cents(amount), fenced=True)
        self.post("approved", rules.approved(FUND, Cents(amount), back), claim)
        self.oracle.approve(claim, amount)

    def _approve_more(self, claim: int, more: int, had: int, _school: int) -> None:
        postings = rules.approved(
            FUND, Cents(had + more), _NOTHING, more=Draw(Cents(more), Cents(0))
        )
        taken = self.is_taken(lambda: self.post("approved", postings, claim))
        assert taken == self.oracle.approve_more(claim, more)

    def _send(self, claim: int, _amount: int, had: int, _school: int) -> None:
        self.post("sent", rules.sent(FUND, Cents(had)), claim)
        self.oracle.become(claim, "flying")

    def _book(self, claim: int, _amount: int, had: int, _school: int) -> None:
        """The bank's line is read twice: the second time it changes nothing."""
        line = f"camt:{len(self.days)}-{claim}-{self.now:%H%M%S%f}"
        postings = rules.booked(FUND, Cents(had))
        self.post("booked", postings, claim, line)
        assert not self.is_taken(lambda: self.post("booked", postings, claim, line))
        self.oracle.become(claim, "paid")

    def _refuse(self, claim: int, _amount: int, had: int, _school: int) -> None:
        self.post("refused", rules.refused(FUND, Cents(had)), claim)
        self.oracle.become(claim, "owed")

    def _give_back(self, claim: int, _amount: int, had: int, _school: int) -> None:
        self.post("returned", rules.returned(FUND, Cents(had)), claim)
        self.oracle.become(claim, "owed")

    def _revoke(self, claim: int, _amount: int, had: int, _school: int) -> None:
        self.post("revoked", rules.revoked(FUND, Cents(had)), claim)
        self.oracle.give_up(claim, had, "owed")

    def _demand(self, claim: int, _amount: int, had: int, _school: int) -> None:
        self.post("recovery_demanded", rules.recovery_demanded(FUND, Cents(had)), claim)
        self.oracle.become(claim, "asked")

    def _repay(self, claim: int, amount: int, _had: int, _school: int) -> None:
        self.post("repaid", rules.repaid(FUND, Cents(amount)), claim)
        self.oracle.give_up(claim, amount, "asked")


def machine_for(database: Database, now: datetime) -> type[LedgerMachine]:
    """The machine over one database."""
    names: dict[str, Any] = {"database": database, "now": now}
    return type("LedgerMachineHere", (LedgerMachine,), names)
