"""Any sequence of events keeps the books: compared with an oracle that shares no code with them.

The oracle is a dictionary of pots and a list of open awards; it knows nothing of debit, credit,
accounts or chains.
"""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bookings.ledger import rules
from bookings.ledger.queries import check_ledger, find_balance, get_balances
from bookings.ledger.rules import Draw, Posting
from bookings.ledger.service import Entry, lock_ledger, post_transfers
from tests.factories.ledger import SECRET_KEY, given_cap, given_ledger
from vizium.db.session import Database
from vizium.kernel.errors import BudgetExceeded
from vizium.kernel.money import Cents

_AMOUNTS = st.integers(1, 400)
_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), _AMOUNTS, st.booleans()),
        st.tuples(st.just("release"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("approve"), st.integers(0, 9), st.integers(0, 100)),
        st.tuples(st.just("top_up"), _AMOUNTS, st.booleans()),
        st.tuples(st.just("unfence"), st.just(0), st.booleans()),
    ),
    max_size=14,
)
_CAP = 4


class Oracle:
    """What should be true, said in the plainest way."""

    def __init__(self, general: int, far: int) -> None:
        self.general, self.far = general, far
        self.open: list[tuple[int, int]] = []
        self.owed = 0
        self.voted = general + far

    def reserve(self, amount: int, *, is_far: bool) -> bool:
        from_far = min(amount, self.far) if is_far else 0
        if amount - from_far > self.general or len(self.open) + self.done >= _CAP:
            return False
        self.general -= amount - from_far
        self.far -= from_far
        self.open.append((amount - from_far, from_far))
        return True

    done = 0

    def release(self, index: int) -> None:
        general, far = self.open.pop(index)
        self.general += general
        self.far += far

    def approve(self, index: int, kept: int) -> None:
        general, far = self.open.pop(index)
        back = general + far - kept
        self.general += min(back, general)
        self.far += max(0, back - general)
        self.owed += kept
        self.done += 1

    def state(self) -> dict[str, int]:
        return {
            "appropriated": self.voted,
            "available": self.general,
            "reserved-far": self.far,
            "encumbered": sum(map(sum, self.open)),
            "obligated": self.owed,
            "payable": self.owed,
            "expense": self.owed,
            "bank": self.voted,
            "equity": self.voted,
            "caps-used": len(self.open) + self.done,
        }


class Books:
    """The product, driven by the same events."""

    def __init__(self, session: Session, fund: str, cap: str, now: datetime) -> None:
        self.session, self.fund, self.cap, self.now = session, fund, cap, now
        self.open: list[Draw] = []

    def post(self, event: str, postings: tuple[Posting, ...]) -> None:
        self.now += timedelta(seconds=1)
        entry = Entry(self.fund, event, "claim:1", postings)
        if postings:
            post_transfers(self.session, entry, secret_key=SECRET_KEY, now=self.now)

    def reserve(self, amount: int, *, is_far: bool) -> bool:
        lock_ledger(self.session, self.fund)
        balances = get_balances(self.session, self.fund)
        draw = rules.draw_for(
            Cents(amount),
            available=balances["available"],
            reserved_far=balances["reserved-far"],
            far=is_far,
        )
        if draw is None:
            return False
        try:
            with self.session.begin_nested():
                self.post("reserved", rules.reserved(self.fund, draw, self.cap))
        except BudgetExceeded:
            return False
        self.open.append(draw)
        return True

    def release(self, index: int) -> None:
        self.post("released", rules.released(self.fund, self.open.pop(index), self.cap))

    def approve(self, index: int, kept: int) -> None:
        back = rules.part_given_back(self.open.pop(index), Cents(kept), fenced=True)
        self.post("approved", rules.approved(self.fund, Cents(kept), back))


def _apply(event: tuple[str, int, int], books: Books, oracle: Oracle) -> None:
    name, number, detail = event
    if name == "reserve":
        is_far = bool(detail)
        assert books.reserve(number, is_far=is_far) == oracle.reserve(number, is_far=is_far)
    elif name == "top_up":
        books.post("topped_up", rules.appropriated(books.fund, Cents(number), far_bp=0))
        oracle.general += number
        oracle.voted += number
    elif name == "unfence":
        books.post("unfenced", rules.unfenced(books.fund, Cents(oracle.far)))
        oracle.general, oracle.far = oracle.general + oracle.far, 0
    elif oracle.open:
        index = number % len(oracle.open)
        if name == "release":
            books.release(index)
            oracle.release(index)
        else:
            kept = sum(oracle.open[index]) * detail // 100
            books.approve(index, kept)
            oracle.approve(index, kept)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=_EVENTS, cents=st.integers(1, 1000), far_bp=st.integers(0, 10_000))
def test_books_agree_with_the_oracle_after_every_event(
    database: Database, now: datetime, events: list[tuple[str, int, int]], cents: int, far_bp: int
) -> None:
    with database.transaction() as session:
        fund = given_ledger(session, cents=cents, far_bp=far_bp, now=now)
        cap = given_cap(session, awards=_CAP, now=now)
        balances = get_balances(session, fund)
        oracle = Oracle(balances["available"], balances["reserved-far"])
        books = Books(session, fund, cap, now)
        for event in events:
            _apply(event, books, oracle)

            balances = get_balances(session, fund)
            assert {name: balances[name] for name in oracle.state()} == oracle.state()
            assert find_balance(session, cap) == _CAP - balances["caps-used"]
        check = check_ledger(session, SECRET_KEY)
        assert check.problems == ()
        session.rollback()
