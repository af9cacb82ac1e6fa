"""What the database itself holds of sessions and rules, whoever writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bookings.visits.models import ActivitySession, VisitRules, VisitStop
from bookings.visits.queries import VisitRow, get_sessions, get_visit
from bookings.visits.queries.policy import list_policies, standing_on
from bookings.visits.rules import Group, SessionState
from bookings.visits.service import (
    ChangeVisit,
    VisitCommand,
    change_visit,
    confirm_visit,
    get_policy,
    save_policy,
)
from bookings.visits.service.policy import WriteRules, write_rules
from bookings.visits.service.store import write_stops
from bookings.visits.service.timetable import SessionCommand, cancel_session, close_session
from tests.factories.visits import DAY, given_visit
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, InvalidInput

_COLUMNS = VisitStop.__table__.columns
_INSERT, _STOPS = insert(VisitStop), select(VisitStop)


@contextmanager
def refused(database: Database) -> Iterator[Any]:
    """A transaction that the database refuses."""
    with pytest.raises(IntegrityError), database.transaction() as session:  # noqa: PT012 - the caller's statements
        yield session
        session.flush()


@pytest.fixture
def visit(database: Database, session_id: str, orders: dict[str, Any]) -> VisitRow:
    with database.transaction() as session:
        held = given_visit(session, session_id, now=orders["now"])
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def _cancel(database: Database, session_id: str, now: datetime) -> None:
    with database.transaction() as session:
        cancel_session(session, SessionCommand(session_id, 1), "test", by="test", now=now)


def test_hour_of_a_session_that_classes_have_cannot_be_rewritten(
    database: Database, visit: VisitRow
) -> None:
    later = visit.start + timedelta(hours=1)
    with refused(database) as session:
        session.execute(update(ActivitySession).values(start=later))

    with database.transaction() as session:
        session.execute(delete(VisitStop))
        session.execute(update(ActivitySession).values(start=later))


def test_no_class_gets_into_a_session_that_is_cancelled_or_elsewhere(
    database: Database, session_id: str, visit: VisitRow, now: datetime
) -> None:
    with database.transaction() as session:
        stop = {c.name: getattr(session.scalars(_STOPS).one(), c.name) for c in _COLUMNS}
    again = stop | {"id": "01" + "A" * 24, "position": 1}
    with refused(database) as session:
        moved = again | {"start": stop["start"] + timedelta(minutes=15)}
        session.execute(_INSERT, [moved])
    _cancel(database, session_id, now)
    with refused(database) as session:
        session.execute(_INSERT, [again])
    with pytest.raises(Conflict, match="session_gone"), database.transaction() as session:
        write_stops(session, visit.id, visit.plan, now=now)


def test_class_of_a_cancelled_session_is_told_to_plan_anew_before_other_changes(
    database: Database, session_id: str, visit: VisitRow, orders: dict[str, Any]
) -> None:
    _cancel(database, session_id, orders["now"])
    fewer = ChangeVisit(visit.reference, groups=(Group(5, 12),))

    with pytest.raises(InvalidInput) as told, database.transaction() as session:
        change_visit(session, fewer, **orders)

    assert [error.code for error in told.value.errors] == ["session_cancelled"]


def test_class_of_a_closed_session_may_still_change_its_numbers(
    database: Database, session_id: str, visit: VisitRow, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        close_session(session, SessionCommand(session_id, 1), by="test", now=orders["now"])
        change_visit(session, ChangeVisit(visit.reference, groups=(Group(5, 12),)), **orders)

    with database.reading() as session:
        assert get_visit(session, visit.reference).pupils == 12
        (row,) = get_sessions(session, [session_id], now=orders["now"])
    assert (row.state, row.used, row.free) == (SessionState.CLOSED, 12, 0)


def test_rules_are_never_rewritten_nor_reach_back(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        save_policy(session, DAY, visit={"hold": 45}, day={}, by="test", now=now)
    for statement in (update(VisitRules).values(number=7), delete(VisitRules)):
        with refused(database) as session:
            session.execute(statement)
    yesterday = local_date(now) - timedelta(days=1)
    with refused(database) as session:
        session.add(_rules(2, yesterday, now))
    with pytest.raises(InvalidInput), database.transaction() as session:
        save_policy(session, yesterday, visit={}, day={}, by="test", now=now)


def test_of_two_versions_from_one_day_the_later_written_counts(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for hold in (45, 60):
            save_policy(session, DAY, visit={"hold": hold}, day={}, by="test", now=now)
        later = DAY + timedelta(days=7)
        save_policy(session, later, visit={"hold": 90}, day={}, by="test", now=now)

    with database.reading() as session:
        held = [
            get_policy(session, day).hold // timedelta(minutes=1)
            for day in (DAY - timedelta(days=1), DAY, later - timedelta(days=1), later)
        ]
        assert standing_on(list_policies(session), DAY).number == 2
    assert held == [30, 60, 60, 90]


def test_who_writes_rules_without_having_seen_the_last_is_refused(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        save_policy(session, DAY, visit={}, day={}, by="test", now=now)
    blind = WriteRules(DAY, visit={}, day={}, seen=0)

    with pytest.raises(Conflict, match="rules_changed"), database.transaction() as session:
        write_rules(session, blind, by="test", now=now)


def _rules(number: int, valid_from: Any, now: datetime) -> VisitRules:
    row = VisitRules(number=number, valid_from=valid_from, values={}, saved_by="test")
    row.saved_on, row.saved_at = local_date(now), now
    return row
