"""A day that has room again goes to the class whose turn it is. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bookings.resources.service import check_cells
from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import VisitState
from bookings.visits.service import VisitCommand, cancel_visit, confirm_visit, sweep_expired_hold
from bookings.waiting.queries import WaitingRow, get_waiting, list_choices, place_of
from bookings.waiting.rules import OfferState, Verdict, WaitingState
from bookings.waiting.service import sweep_waiting, withdraw
from tests.bookings.waiting.conftest import given_waiting
from tests.factories.visits import DAY
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import list_mails
from vizium.settings import Settings


@dataclass(slots=True)
class List:
    """The waiting list of a centre that is full, with a clock in the test's hand."""

    database: Database
    settings: Settings
    orders: dict[str, Any]
    full: VisitRow

    def add(self, **changes: Any) -> WaitingRow:
        values = {"settings": self.settings, "now": self.orders["now"]} | changes
        with self.database.transaction() as session:
            return given_waiting(session, **values)

    def free(self) -> None:
        with self.database.transaction() as session:
            cancel_visit(session, VisitCommand(self.full.reference), **self.orders)

    def sweep(self, after: timedelta = timedelta()) -> int:
        now = self.orders["now"] + after
        with self.database.transaction() as session:
            sweep_expired_hold(session, now=now)
            return sweep_waiting(session, settings=self.settings, now=now)

    def see(self, row: WaitingRow) -> WaitingRow:
        with self.database.reading() as session:
            assert check_cells(session) == []
            return get_waiting(session, row.reference)

    def subjects(self, recipient: str = "juris@example.lv") -> list[str]:
        with self.database.reading() as session:
            mails = list_mails(session, recipient=recipient)
        return [mail.subject.partition(":")[0] for mail in reversed(mails)]


@pytest.fixture
def waiting(database: Database, settings: Settings, orders: dict[str, Any], full: VisitRow) -> List:
    return List(database, settings, orders, full)


def test_freed_day_is_offered_once_and_confirming_takes_it(waiting: List) -> None:
    row = waiting.add()
    before = waiting.sweep()
    waiting.free()

    offered = [waiting.sweep(), waiting.sweep(), waiting.sweep(timedelta(hours=3))]

    seen = waiting.see(row)
    offer = seen.open_offer
    assert (before, offered) == (0, [1, 0, 0])
    assert seen.state is WaitingState.OFFERED
    assert offer is not None
    assert offer.expires_at == waiting.orders["now"] + timedelta(hours=48)
    assert waiting.subjects() == ["Gaidīšanas sarakstā", "Jūsu klasei atbrīvojušās vietas"]
    with waiting.database.transaction() as session:
        visit = get_visit(session, offer.reference)
        assert (visit.state, visit.expires_at, visit.pupils) == (
            VisitState.HELD,
            offer.expires_at,
            26,
        )
        confirm_visit(session, VisitCommand(offer.reference), **waiting.orders)
    waiting.sweep()
    taken = waiting.see(row)
    assert (taken.state, taken.offers[0].state) == (WaitingState.TAKEN, OfferState.ACCEPTED)


def test_offer_that_is_let_pass_goes_to_the_next_and_never_twice_to_one(waiting: List) -> None:
    first = waiting.add()
    second = waiting.add(now=waiting.orders["now"] + timedelta(minutes=1))
    waiting.free()
    waiting.sweep()

    later = timedelta(hours=48, minutes=1)
    waiting.sweep(later)
    waiting.sweep(later + timedelta(hours=2))

    assert waiting.see(first).state is WaitingState.EXPIRED  # its only day was offered
    assert waiting.see(first).offers[0].state is OfferState.LAPSED
    assert waiting.see(second).state is WaitingState.OFFERED
    assert waiting.subjects().count("Piedāvājuma laiks beidzies") == 1


def test_declined_offer_goes_to_the_next_at_once(waiting: List) -> None:
    first = waiting.add()
    second = waiting.add(now=waiting.orders["now"] + timedelta(minutes=1))
    waiting.free()
    waiting.sweep()

    with waiting.database.transaction() as session:
        withdraw(session, first.reference, **waiting.orders)
    waiting.sweep()

    assert waiting.see(first).state is WaitingState.WITHDRAWN
    assert waiting.see(first).offers[0].state is OfferState.DECLINED
    assert waiting.see(second).state is WaitingState.OFFERED


def test_log_says_who_was_looked_at_and_why_and_cannot_be_rewritten(waiting: List) -> None:
    small = waiting.add(pupils=12)
    large = waiting.add(pupils=29, now=waiting.orders["now"] + timedelta(minutes=1))
    waiting.free()
    waiting.sweep()

    with waiting.database.reading() as session:
        choice = list_choices(session)[0]

    assert (choice.day, choice.pupils_free) == (DAY, 29)
    assert [(one.reference, one.verdict) for one in choice.candidates] == [
        (small.reference, Verdict.TOO_SMALL),
        (large.reference, Verdict.CHOSEN),
    ]
    with pytest.raises(DBAPIError), waiting.database.transaction() as session:
        session.execute(text("UPDATE waiting_choice SET pupils_free = 0"))


def test_day_that_ended_without_room_ends_the_waiting_with_a_letter(waiting: List) -> None:
    row = waiting.add()

    waiting.sweep(timedelta(days=43))
    waiting.sweep(timedelta(days=43))

    assert waiting.see(row).state is WaitingState.EXPIRED
    assert waiting.subjects() == ["Gaidīšanas sarakstā", "Vietas neatbrīvojās"]


def test_nothing_is_offered_too_late_to_decide(waiting: List) -> None:
    row = waiting.add()
    waiting.free()

    offered = waiting.sweep(timedelta(days=42))

    assert offered == 0
    assert waiting.see(row).state is WaitingState.WAITING


def test_place_counts_who_waits_for_the_same_days_and_longer(waiting: List) -> None:
    first = waiting.add()
    second = waiting.add(now=waiting.orders["now"] + timedelta(minutes=1))
    waiting.add(days=(DAY + timedelta(days=1),))

    with waiting.database.reading() as session:
        places = [place_of(session, row) for row in (first, second)]

    assert [(place.waiting, place.longer) for place in places] == [(1, 0), (1, 1)]


def test_taken_class_does_not_leave_the_list_by_itself(waiting: List) -> None:
    row = waiting.add()
    waiting.free()
    waiting.sweep()
    offer = waiting.see(row).open_offer
    assert offer is not None
    with waiting.database.transaction() as session:
        confirm_visit(session, VisitCommand(offer.reference), **waiting.orders)
    waiting.sweep()

    with pytest.raises(Conflict) as refused, waiting.database.transaction() as session:
        withdraw(session, row.reference, **waiting.orders)

    assert refused.value.code == "waiting_is_taken"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"days": ()}, "days", "no_day_ticked"),
        ({"days": (datetime(2027, 2, 1).date(),)}, "days", "day_is_past"),  # noqa: DTZ001 - a date
        ({"days": (DAY - timedelta(days=1),)}, "days", "days_closed"),  # a Monday
        ({"days": tuple(DAY + timedelta(days=n) for n in range(15))}, "days", "days_too_many"),
        ({"groups": ()}, "groups", "pupils_missing"),
        ({"adults": 0}, "adults", "adults_too_few"),
        ({"school": "9999999999"}, "school", "school_unknown"),
    ],
)
def test_class_that_cannot_wait_hears_why(
    waiting: List, changes: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        waiting.add(**changes)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


@pytest.mark.race
def test_two_workers_that_sweep_at_once_make_one_offer(waiting: List) -> None:
    row = waiting.add()
    waiting.free()
    together = Barrier(2)

    def sweep(_: int) -> int:
        together.wait()
        try:
            return waiting.sweep()
        except Conflict:
            # The other was first; its next run finds nothing to do.
            return 0

    with ThreadPoolExecutor(2) as workers:
        made = list(workers.map(sweep, range(2)))

    seen = waiting.see(row)
    assert sum(made) == 1
    assert [offer.state for offer in seen.offers] == [OfferState.OPEN]
    assert waiting.subjects() == ["Gaidīšanas sarakstā", "Jūsu klasei atbrīvojušās vietas"]
