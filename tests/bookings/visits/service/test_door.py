"""At the door: the head count, and how a day ends. On both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings.visits.queries import (
    list_arrivals,
    list_visits_of_day,
)
from bookings.visits.rules import VisitState
from bookings.visits.service import (
    RecordArrival,
    VisitCommand,
    cancel_visit,
    confirm_visit,
    record_arrival,
    sweep_days,
)
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.visits import DAY, given_visit
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput

ON_THE_DAY = datetime(2027, 3, 16, 7, 50, tzinfo=UTC)


def test_arrival_counts_the_class_opens_the_claim_and_counts_once(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk
) -> None:
    command = RecordArrival(confirmed.reference, 19, 2, None, "nonce-0001")

    with database.transaction() as session:
        visit, first = record_arrival(session, command, transport=desk, by="desk", now=ON_THE_DAY)
        _, second = record_arrival(
            session, command, transport=desk, by="desk", now=ON_THE_DAY + timedelta(minutes=1)
        )
        arrivals = list_arrivals(session, visit.id)

    assert visit.state is VisitState.ARRIVED
    assert first == second
    assert arrivals == [first]
    assert (first.pupils, first.adults, first.at, first.flags) == (19, 2, ON_THE_DAY, ())
    assert desk.calls[1:] == [("open_claim", visit.reference)]


def test_nonce_that_counted_another_number_is_refused(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk
) -> None:
    first = RecordArrival(confirmed.reference, 19, 2, None, "nonce-0001")
    other = RecordArrival(confirmed.reference, 20, 2, None, "nonce-0001")
    with database.transaction() as session:
        record_arrival(session, first, transport=desk, by="desk", now=ON_THE_DAY)

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        record_arrival(session, other, transport=desk, by="desk", now=ON_THE_DAY)

    assert [error.code for error in refused.value.errors] == ["key_reused"]


def test_arrival_on_another_day_is_refused_with_a_line_and_flagged_without(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, now: datetime
) -> None:
    with pytest.raises(Conflict) as refused, database.transaction() as session:
        record_arrival(
            session,
            RecordArrival(confirmed.reference, 20, 2, None, "nonce-0001"),
            transport=desk,
            by="desk",
            now=now,
        )
    with database.transaction() as session:
        visit, arrival = record_arrival(
            session,
            RecordArrival(confirmed.reference, 20, 2, now, "nonce-0002", offline=True),
            transport=desk,
            by="desk",
            now=ON_THE_DAY,
        )

    assert refused.value.code == "arrival_other_day"
    assert arrival.flags == ("other_day",)
    assert visit.state is VisitState.ARRIVED


def test_offline_scan_before_the_day_is_kept_and_opens_no_claim(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, now: datetime
) -> None:
    early = RecordArrival(confirmed.reference, 20, 2, now, "nonce-0001", offline=True)
    on_the_day = RecordArrival(confirmed.reference, 19, 2, None, "nonce-0002")

    with database.transaction() as session:
        kept, arrival = record_arrival(session, early, transport=desk, by="desk", now=now)
    with database.transaction() as session:
        came, _ = record_arrival(session, on_the_day, transport=desk, by="desk", now=ON_THE_DAY)

    assert (kept.state, arrival.flags) == (VisitState.CONFIRMED, ("other_day",))
    assert came.state is VisitState.ARRIVED


def test_offline_scan_of_a_cancelled_visit_is_kept_as_a_fact(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        cancel_visit(session, confirmed, **orders)

    with database.transaction() as session:
        visit, arrival = record_arrival(
            session,
            RecordArrival(confirmed.reference, 20, 2, ON_THE_DAY, "nonce-0001", offline=True),
            transport=desk,
            by="desk",
            now=ON_THE_DAY + timedelta(hours=3),
        )

    assert arrival.flags == ("cancelled",)
    assert visit.state is VisitState.CANCELLED
    assert ("open_claim", visit.reference) not in desk.calls


def test_day_ends_as_completed_or_no_show(
    database: Database,
    session_id: str,
    confirmed: VisitCommand,
    desk: RememberingDesk,
    orders: dict[str, Any],
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        came = given_visit(session, session_id, now=now, pupils=5, adults=1)
        came_command = VisitCommand(came.reference)
        confirm_visit(session, came_command, **orders)
        record_arrival(
            session,
            RecordArrival(came.reference, 5, 1, None, "nonce-0001"),
            transport=desk,
            by="desk",
            now=ON_THE_DAY,
        )

    with database.transaction() as session:
        during = sweep_days(session, transport=desk, now=ON_THE_DAY + timedelta(minutes=30))
    with database.transaction() as session:
        after = sweep_days(session, transport=desk, now=ON_THE_DAY + timedelta(days=1))

    assert (during, after) == (0, 2)
    with database.reading() as session:
        states = {visit.reference: visit.state for visit in list_visits_of_day(session, DAY)}
    assert states == {
        came.reference: VisitState.COMPLETED,
        confirmed.reference: VisitState.NO_SHOW,
    }
    assert ("release", "no_show") in desk.calls


def test_late_scan_turns_a_no_show_into_an_arrival(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk
) -> None:
    next_day = ON_THE_DAY + timedelta(days=1)
    with database.transaction() as session:
        sweep_days(session, transport=desk, now=next_day)

    with database.transaction() as session:
        visit, arrival = record_arrival(
            session,
            RecordArrival(confirmed.reference, 20, 2, ON_THE_DAY, "nonce-0001", offline=True),
            transport=desk,
            by="desk",
            now=next_day,
        )

    assert (visit.state, arrival.flags) == (VisitState.ARRIVED, ())


def test_desk_may_let_a_class_in_on_another_day_and_the_flag_stays(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, now: datetime
) -> None:
    command = RecordArrival(confirmed.reference, 20, 2, None, "nonce-0001", any_day=True)

    with database.transaction() as session:
        visit, arrival = record_arrival(session, command, transport=desk, by="desk", now=now)

    assert (visit.state, arrival.flags) == (VisitState.ARRIVED, ("other_day",))
    assert ("open_claim", visit.reference) in desk.calls


def test_scanner_whose_clock_is_ahead_is_believed_and_flagged(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, now: datetime
) -> None:
    command = RecordArrival(confirmed.reference, 20, 2, ON_THE_DAY, "nonce-0001")

    with database.transaction() as session:
        visit, arrival = record_arrival(session, command, transport=desk, by="desk", now=now)

    assert (visit.state, arrival.at, arrival.flags) == (
        VisitState.ARRIVED,
        ON_THE_DAY,
        ("clock_ahead",),
    )
