"""The head decides: provisional for so long as the rules say, then confirmed, declined or gone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.resources.service import check_cells
from bookings.visits.queries import VisitRow, get_sessions, get_visit
from bookings.visits.rules import TransportState, VisitState
from bookings.visits.service import (
    CancelVisit,
    RequestVisit,
    VisitCommand,
    approve_visit,
    cancel_visit,
    confirm_visit,
    decline_visit,
    get_day_policy,
    get_policy,
    preview_cancellation,
    request_visit,
    save_policy,
    sweep_expired_hold,
)
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.visits import DAY, given_visit
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HEAD = "direktore@example.lv"


@pytest.fixture
def asked(database: Database, session_id: str, orders: dict[str, Any]) -> VisitRow:
    """A visit that waits for the head."""
    with database.transaction() as session:
        held = given_visit(session, session_id, now=orders["now"], wants_transport=True)
        return request_visit(
            session, RequestVisit(held.reference, held.version, HEAD), **_acts(orders)
        )


def _acts(orders: dict[str, Any]) -> dict[str, Any]:
    return {name: orders[name] for name in ("settings", "by", "now")}


def _used(database: Database, session_id: str, now: datetime) -> int:
    with database.reading() as session:
        assert check_cells(session) == []
        return get_sessions(session, [session_id], now=now)[0].used


def test_asking_the_head_keeps_the_places_for_fourteen_days(
    database: Database, session_id: str, asked: VisitRow, orders: dict[str, Any]
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        again = RequestVisit(asked.reference, None, HEAD)
        repeated = request_visit(session, again, **_acts(orders))
        swept = sweep_expired_hold(session, now=now + timedelta(days=13))
        mails = list_mails(session)

    assert (asked.state, asked.approver_email) == (VisitState.PROVISIONAL, HEAD)
    assert asked.expires_at == now + timedelta(days=14)
    assert repeated == asked
    assert not swept
    assert {mail.recipient for mail in mails} == {HEAD, "anna@example.lv"}
    assert _used(database, session_id, now + timedelta(days=13)) == 20


def test_head_confirms_and_the_bus_money_is_reserved(
    database: Database, asked: VisitRow, desk: RememberingDesk, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        approved = approve_visit(session, VisitCommand(asked.reference), **orders)
        again = approve_visit(session, VisitCommand(asked.reference), **orders)

    assert approved == again
    assert (approved.state, approved.expires_at) == (VisitState.CONFIRMED, None)
    assert approved.transport.state is TransportState.RESERVED
    assert desk.calls == [("reserve", asked.reference)]


def test_teacher_cannot_confirm_what_the_head_has_to_decide(
    database: Database, asked: VisitRow, orders: dict[str, Any]
) -> None:
    with pytest.raises(Conflict) as refused, database.transaction() as session:
        confirm_visit(session, VisitCommand(asked.reference), **orders)

    assert refused.value.code == "visit_is_provisional"


def test_head_declines_and_everything_is_given_back(
    database: Database, session_id: str, asked: VisitRow, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        declined = decline_visit(
            session, VisitCommand(asked.reference), word="Nav naudas", **_acts(orders)
        )

    assert (declined.state, declined.fee_cents) == (VisitState.CANCELLED, 0)
    assert _used(database, session_id, orders["now"]) == 0
    with pytest.raises(Conflict), database.transaction() as session:
        approve_visit(session, VisitCommand(asked.reference), **orders)


def test_head_who_never_answers_lets_the_visit_go(
    database: Database, session_id: str, asked: VisitRow, orders: dict[str, Any]
) -> None:
    later = orders["now"] + timedelta(days=14)
    with database.transaction() as session:
        sweep_expired_hold(session, now=later)
        expired = get_visit(session, asked.reference)

    assert expired.state is VisitState.EXPIRED
    assert _used(database, session_id, later) == 0
    with pytest.raises(Conflict), database.transaction() as session:
        approve_visit(session, VisitCommand(asked.reference), **(orders | {"now": later}))


def test_visit_too_soon_cannot_wait_for_the_head(
    database: Database, session_id: str, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        held = given_visit(session, session_id, now=orders["now"])
    eve = held.arrive_at - timedelta(days=1)
    acts = _acts(orders) | {"now": eve - timedelta(minutes=10)}
    with database.transaction() as session:
        again = given_visit(session, session_id, now=acts["now"], pupils=5, adults=1)

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        request_visit(session, RequestVisit(again.reference, None, HEAD), **acts)

    assert refused.value.code == "approval_too_late"


def test_address_of_the_head_has_to_be_one(
    database: Database, session_id: str, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        held = given_visit(session, session_id, now=orders["now"])

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        request_visit(session, RequestVisit(held.reference, None, "direktore"), **_acts(orders))

    assert [error.field for error in refused.value.errors] == ["approver_email"]


@pytest.mark.parametrize(
    ("days_before", "share_bp"), [(43, 0), (14, 0), (13, 2_500), (7, 2_500), (6, 5_000), (0, 5_000)]
)
def test_cancelling_late_costs_what_the_rules_say(
    database: Database,
    confirmed: VisitCommand,
    orders: dict[str, Any],
    days_before: int,
    share_bp: int,
) -> None:
    with database.reading() as session:
        visit = get_visit(session, confirmed.reference)
    # Late in the evening: it is the calendar's day that counts.
    evening = visit.start.replace(hour=3) - timedelta(days=days_before)
    late = orders | {"now": evening}

    with database.transaction() as session:
        preview = preview_cancellation(session, confirmed, now=evening)
        cancelled = cancel_visit(session, confirmed, **late)

    assert preview.days_before == days_before
    assert preview.fee_cents == visit.price_cents * share_bp // 10_000
    assert cancelled.fee_cents == preview.fee_cents


def test_centre_that_cancels_asks_nothing(
    database: Database, confirmed: VisitCommand, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        visit = get_visit(session, confirmed.reference)
        late = orders | {"now": visit.start - timedelta(hours=1)}
        command = CancelVisit(confirmed.reference, by_centre=True)
        cancelled = cancel_visit(session, command, **late)

    assert (cancelled.state, cancelled.fee_cents) == (VisitState.CANCELLED, 0)


def test_rules_hold_from_their_day_on_and_say_what_they_do_not_understand(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        save_policy(
            session,
            DAY,
            visit={"hold": 45, "fee_steps": [[0, 9_000], [30, 0]]},
            day={"lunch_from": "11:30"},
            by="test",
            now=now,
        )
        before, after = get_policy(session, DAY - timedelta(days=1)), get_policy(session, DAY)
        day = get_day_policy(session, DAY)

    assert (before.hold, after.hold) == (timedelta(minutes=30), timedelta(minutes=45))
    assert [step.days_before for step in after.fee_steps] == [30, 0]
    assert (day.lunch_from.hour, day.lunch_from.minute) == (11, 30)
    wrong = {"holds": 1, "hold": "long", "fee_steps": 3}
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        save_policy(session, DAY, visit=wrong, day={}, by="test", now=now)
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("holds", "rule_unknown"),
        ("hold", "rule_not_understood"),
        ("fee_steps", "rule_not_understood"),
    ]
