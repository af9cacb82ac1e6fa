"""A held visit is confirmed, changed, cancelled, with its award and its letter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bookings.resources.service import check_cells
from bookings.visits.queries import (
    get_sessions,
    get_visit,
)
from bookings.visits.rules import Group, TransportAward, TransportState, VisitState
from bookings.visits.service import (
    ChangeVisit,
    VisitCommand,
    cancel_visit,
    change_visit,
    confirm_visit,
    preview_change,
)
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.visits import given_visit
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict
from vizium.kernel.money import Cents
from vizium.mail.service import list_mails
from vizium.settings import Settings


def _used(database: Database, session_id: str, now: datetime) -> int:
    with database.reading() as session:
        assert check_cells(session) == []
        return get_sessions(session, [session_id], now=now)[0].used


def test_confirm_keeps_the_places_reserves_the_award_and_writes_once(
    database: Database,
    session_id: str,
    confirmed: VisitCommand,
    desk: RememberingDesk,
    orders: dict[str, Any],
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        visit = confirm_visit(session, confirmed, **orders)
        mails = list_mails(session)

    assert (visit.state, visit.expires_at) == (VisitState.CONFIRMED, None)
    assert visit.transport == TransportAward(TransportState.RESERVED, Cents(13_500), ())
    assert desk.calls == [("reserve", visit.reference)]
    assert _used(database, session_id, now + timedelta(days=7)) == 20
    assert [mail.recipient for mail in mails] == ["anna@example.lv"]
    assert visit.reference in mails[0].subject
    assert f"/lv/visits/{visit.reference}/" in mails[0].text
    assert mails[0].calendar is not None
    event = Calendar.from_ical(mails[0].calendar).walk("VEVENT")[0]
    assert (event["SEQUENCE"], event["STATUS"]) == (visit.version, "CONFIRMED")


def test_confirm_says_when_the_fund_is_empty(
    database: Database, session_id: str, settings: Settings, now: datetime
) -> None:
    waiting = TransportAward(TransportState.WAITLISTED, Cents(0), ("fund_empty",))

    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now, wants_transport=True)
        visit = confirm_visit(
            session,
            VisitCommand(visit.reference, visit.version),
            transport=RememberingDesk(award=waiting),
            settings=settings,
            by="test",
            now=now,
        )

    assert visit.transport == waiting


def test_confirm_of_a_hold_that_is_over_is_refused(
    database: Database, session_id: str, desk: RememberingDesk, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        visit = given_visit(session, session_id, now=now)

    later = now + timedelta(minutes=30)
    with pytest.raises(Conflict) as refused, database.transaction() as session:
        confirm_visit(
            session,
            VisitCommand(visit.reference),
            transport=desk,
            settings=settings,
            by="test",
            now=later,
        )

    assert refused.value.code == "visit_is_expired"
    assert desk.calls == []


def test_command_on_an_older_version_shows_the_present_state(
    database: Database, confirmed: VisitCommand, orders: dict[str, Any]
) -> None:
    with pytest.raises(Conflict) as refused, database.transaction() as session:
        cancel_visit(session, VisitCommand(confirmed.reference, 1), **orders)

    assert refused.value.code == "visit_changed"
    assert refused.value.facts["state"] == "confirmed"


def test_cancel_gives_everything_back_and_strikes_the_calendar_out(
    database: Database,
    session_id: str,
    confirmed: VisitCommand,
    desk: RememberingDesk,
    orders: dict[str, Any],
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        visit = cancel_visit(session, confirmed, **orders)
        again = cancel_visit(session, confirmed, **orders)
        mails = list_mails(session)

    assert visit == again
    assert visit.state is VisitState.CANCELLED
    assert visit.transport.state is TransportState.RELEASED
    assert desk.calls[1:] == [("release", "cancelled")]
    assert _used(database, session_id, now) == 0
    assert len(mails) == 2
    assert mails[0].calendar is not None
    event = Calendar.from_ical(mails[0].calendar).walk("VEVENT")[0]
    assert (event["SEQUENCE"], event["STATUS"]) == (visit.version, "CANCELLED")


def test_change_of_numbers_is_previewed_and_done_as_one(
    database: Database,
    session_id: str,
    confirmed: VisitCommand,
    desk: RememberingDesk,
    orders: dict[str, Any],
) -> None:
    now = orders["now"]
    command = ChangeVisit(confirmed.reference, (Group(5, 16), Group(6, 12)), 3)

    with database.transaction() as session:
        difference = preview_change(session, command, transport=desk, now=now)
        visit = change_visit(session, command, **orders)

    assert difference.price_cents == 8 * 350
    assert (difference.pupils_before, difference.pupils_after) == (20, 28)
    assert (visit.pupils, visit.adults, visit.price_cents) == (28, 3, 28 * 350)
    assert [stop.pupils for stop in visit.stops] == [28]
    assert desk.calls[1:] == [("release", "changed"), ("reserve", visit.reference)]
    assert _used(database, session_id, now) == 28


def test_change_beyond_the_places_leaves_the_visit_as_it_was(
    database: Database,
    session_id: str,
    confirmed: VisitCommand,
    now: datetime,
    orders: dict[str, Any],
) -> None:
    with database.transaction() as session:
        given_visit(session, session_id, now=now, pupils=5, adults=1)
        before = get_visit(session, confirmed.reference)

    with pytest.raises(CapacityExceeded), database.transaction() as session:
        change_visit(session, ChangeVisit(confirmed.reference, (Group(5, 26),), 3), **orders)

    with database.reading() as session:
        assert get_visit(session, confirmed.reference) == before
    assert _used(database, session_id, now) == 25
