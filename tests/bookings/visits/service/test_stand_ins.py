"""Another host for a published session: once for all its classes, who keep their places."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bookings.resources.models import Allocation
from bookings.resources.queries import HostRow, OutageRow
from bookings.resources.service import (
    ReportOutage,
    check_cells,
    load_hosts,
    report_outage,
    top_up_outage,
)
from bookings.visits.queries import VisitRow, get_sessions, get_visit
from bookings.visits.rules import Group, TimetableRow
from bookings.visits.service import (
    ChangeHost,
    ChangeVisit,
    ReplanTrigger,
    VisitCommand,
    change_host,
    change_visit,
    confirm_visit,
    hold_sessions,
    list_affected,
    list_stand_ins,
    publish_sessions,
    replan_visit,
    replanned,
    undo_change,
)
from tests.factories.days import DAY, SMALL_SCHOOL, given_centre_of_days
from tests.factories.visits import hold_command
from vizium.db.session import Database, Session
from vizium.kernel.clock import from_wall
from vizium.kernel.errors import Conflict, InvalidInput
from vizium.mail.service import list_mails

SESSION = "T-07.20270316.1000"


@pytest.fixture
def visits(database: Database, orders: dict[str, Any]) -> list[VisitRow]:
    """Two classes of two schools in the session of ``h-01``, and one held place."""
    now = orders["now"]
    with database.transaction() as session:
        given_centre_of_days(session, now=now)
        row = TimetableRow("T-07", (2,), "10:00", ("room-a", "room-b"), "h-01")
        publish_sessions(session, [row], first_day=DAY, last_day=DAY, now=now)
        held = [
            hold_sessions(session, order, by="test", now=now)
            for order in (
                hold_command(SESSION, pupils=10, adults=1),
                hold_command(SESSION, pupils=9, adults=1, school=SMALL_SCHOOL),
            )
        ]
        return [confirm_visit(session, VisitCommand(one.reference), **orders) for one in held]


def _ill(session: Session, *hosts: str, now: datetime) -> OutageRow:
    day = from_wall(DAY, datetime.min.time())
    reported = [
        report_outage(
            session,
            ReportOutage(host, day, day + timedelta(days=1), "test"),
            by="test",
            now=now,
        )
        for host in hosts
    ]
    return reported[0]


def _see(session: Session, visits: list[VisitRow]) -> list[VisitRow]:
    return [get_visit(session, visit.reference) for visit in visits]


def test_other_host_is_offered_once_and_every_class_keeps_its_place(
    database: Database, visits: list[VisitRow], orders: dict[str, Any]
) -> None:
    now, settings = orders["now"], orders["settings"]
    with database.transaction() as session:
        outage = _ill(session, "h-01", now=now)
        (found,) = list_stand_ins(session, outage, now=now)
        assert found.hosts == ("h-02",)
        assert {visit.reference for visit in found.visits} == {v.reference for v in visits}

        order = ChangeHost(SESSION, found.session.version, "h-02")
        told = change_host(session, order, settings=settings, by="test", now=now)
    with database.transaction() as session:
        top_up_outage(session, outage.id, now=now)

    with database.reading() as session:
        after = _see(session, visits)
        assert {visit.id: visit for visit in told} == {visit.id: visit for visit in after}
        assert [visit.stops[0].host_code for visit in after] == ["h-02", "h-02"]
        assert [visit.plan for visit in after] == [visit.plan for visit in visits]
        assert [visit.version for visit in after] == [visit.version + 1 for visit in visits]
        assert list_affected(session, outage) == []
        assert list_stand_ins(session, outage, now=now) == []
        assert check_cells(session) == []
        held = select(Allocation.owner).where(Allocation.resource == "h-01")
        assert set(session.scalars(held)) == {f"outage:{outage.id}"}
        texts = [mail.text for mail in list_mails(session) if "mainīts" in mail.subject]
    assert len(texts) == 2
    assert all("ne vairāk kā iepriekš" in text for text in texts)
    assert all("nodarbību vadīs Elīna Prizma" in text for text in texts)


def test_order_made_for_another_version_or_by_who_cannot_is_refused(
    database: Database, visits: list[VisitRow], orders: dict[str, Any]
) -> None:
    now, settings = orders["now"], orders["settings"]
    with database.transaction() as session:
        load_hosts(session, [HostRow("h-03", "Ivo Paraugs", ("physics",), ("ru",), 300)])
        _ill(session, "h-01", now=now)
    for order, code in (
        (ChangeHost(SESSION, 7, "h-02"), "session_changed"),
        (ChangeHost(SESSION, 1, "h-03"), "host_cannot"),
        (ChangeHost(SESSION, 1, "h-01"), "host_cannot"),
        (ChangeHost(SESSION, 1, "nobody"), "host_cannot"),
    ):
        with pytest.raises(Conflict) as refused, database.transaction() as session:
            change_host(session, order, settings=settings, by="test", now=now)
        assert refused.value.code == code
    with database.reading() as session:
        assert _see(session, visits) == visits


def test_where_nobody_is_free_the_reason_is_the_absent_host(
    database: Database, visits: list[VisitRow], orders: dict[str, Any]
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        outage = _ill(session, "h-01", "h-02", now=now)
        (found,) = list_stand_ins(session, outage, now=now)
        again = replan_visit(session, visits[0].reference, ReplanTrigger(), now=now)

    assert found.hosts == ()
    assert [one.code for one in again.violations_before] == ["session_host_absent"]


def test_session_without_its_host_takes_nobody_new_and_lets_numbers_change(
    database: Database, visits: list[VisitRow], orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        _ill(session, "h-01", now=orders["now"])
    order = hold_command(SESSION, pupils=5, adults=1)
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        hold_sessions(session, order, by="test", now=orders["now"])
    with database.transaction() as session:
        fewer = ChangeVisit(visits[0].reference, groups=(Group(5, 9),), adults=1)
        changed = change_visit(session, fewer, **orders)

    assert [one.code for one in refused.value.errors] == ["session_host_absent"]
    assert changed.pupils == 9


def test_what_the_centre_changed_costs_no_more_and_does_not_go_back_to_what_is_out(
    database: Database, visits: list[VisitRow], orders: dict[str, Any]
) -> None:
    now, visit = orders["now"], visits[0]
    with database.transaction() as session:
        row = TimetableRow("T-07", (2,), "13:00", ("room-a", "room-b"), "h-02")
        publish_sessions(session, [row], first_day=DAY, last_day=DAY, now=now)
        _ill(session, "h-01", now=now)
        found = replan_visit(session, visit.reference, ReplanTrigger(), now=now)
        assert found.plan is not None
        order = replanned(visit, found.request, found.plan, version=visit.version)
        changed = change_visit(session, order, **orders)
    with pytest.raises(Conflict) as refused, database.transaction() as session:
        undo_change(session, VisitCommand(visit.reference), **orders)

    assert order.by_centre
    assert (changed.price_cents, changed.fee_cents) == (visit.price_cents, 0)
    assert changed.plan != visit.plan
    assert refused.value.code == "undo_out_of_order"
    with database.reading() as session:
        assert get_visit(session, visit.reference) == changed
        (row_,) = get_sessions(session, [SESSION], now=now)
        assert row_.used == visits[1].pupils
