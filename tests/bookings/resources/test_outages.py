"""What is out of order: nobody new gets it, and what it took comes back."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings.resources.models import Outage
from bookings.resources.queries import get_outage, list_cells, list_open_outages
from bookings.resources.rules import Take
from bookings.resources.service import (
    ReportOutage,
    check_cells,
    end_outage,
    release,
    report_outage,
    sweep_outages,
    take,
    top_up_outage,
)
from tests.factories.resources import given_house
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.clock import from_wall
from vizium.kernel.errors import CapacityExceeded, InvalidInput

DAY = date(2027, 3, 16)
YESTERDAY = from_wall(date(2027, 1, 31), time(10))
TEN, NOON = from_wall(DAY, time(10)), from_wall(DAY, time(12))


@pytest.fixture(autouse=True)
def _house(database: Database) -> None:
    with database.transaction() as session:
        given_house(session)


def test_outage_takes_what_is_free_and_leaves_what_visits_hold(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        held = Take("g-geo", TEN, TEN + timedelta(minutes=30), 30)
        take(session, "visit:1", [held], expires_at=None, now=now)

        _report(session, "g-geo", now)

        assert _used(session, "g-geo") == [80] * 8
        assert check_cells(session) == []
    one = Take("g-geo", TEN + timedelta(hours=1), NOON, 1)
    with pytest.raises(CapacityExceeded), database.transaction() as session:
        take(session, "visit:2", [one], expires_at=None, now=now)


def test_what_replanning_frees_is_topped_up_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        take(session, "visit:1", [Take("room-a", TEN, NOON, 1)], expires_at=None, now=now)
        outage = _report(session, "room-a", now)
        assert _used(session, "room-a") == [1] * 8

        release(session, "visit:1")
        first = top_up_outage(session, outage, now=now)
        second = sweep_outages(session, now=now)

        assert (first, second) == (8, 0)
        assert _used(session, "room-a") == [1] * 8
        assert check_cells(session) == []


def test_end_gives_back_once_and_tops_up_no_more(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        outage = _report(session, "h-01", now)

        ended = end_outage(session, outage, by="anna", now=now)
        again = end_outage(session, outage, by="jānis", now=now + timedelta(hours=1))

        assert ended.ended_at == again.ended_at == now
        assert _used(session, "h-01") == [0] * 8
        assert top_up_outage(session, outage, now=now) == 0
        assert list_open_outages(session, now=now) == []
        acts = [(act.action, act.actor) for act in list_acts(session, f"outage:{outage}")]
        assert acts == [("resources.report_outage", "anna"), ("resources.end_outage", "anna")]


def test_exhibit_is_out_of_order_without_capacity(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        outage = _report(session, "exhibit:ex-041", now)

        assert get_outage(session, outage).exhibit == "ex-041"
        assert check_cells(session) == []


def test_outage_over_days_takes_the_house_from_seven_to_ten(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        days = from_wall(date(2027, 3, 27), time(12)), from_wall(date(2027, 3, 29), time(8))
        report_outage(session, ReportOutage("m-laser", *days, "laiks"), by="anna", now=now)

        cells = list_cells(session, ["m-laser"], start=days[0], end=days[1])

    # Saturday from noon, the Sunday of summer time whole, Monday's first hour.
    assert len(cells) == (10 + 15 + 1) * 4


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"resource": "hall"}, "resource", "outage_resource"),
        ({"resource": "attic"}, "resource", "outage_resource"),
        ({"resource": "exhibit:"}, "resource", "outage_resource"),
        ({"end": TEN}, "end", "end_before_start"),
        ({"start": YESTERDAY, "end": YESTERDAY + timedelta(hours=1)}, "end", "end_is_past"),
        ({"end": TEN + timedelta(days=93)}, "end", "outage_too_long"),
        (
            {"start": TEN + timedelta(days=900), "end": NOON + timedelta(days=900)},
            "end",
            "too_far_ahead",
        ),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_impossible_outage_is_refused(
    database: Database, now: datetime, changes: dict[str, Any], field: str, code: str
) -> None:
    command = ReportOutage(
        **({"resource": "h-01", "start": TEN, "end": NOON, "reason": ""} | changes)
    )

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        report_outage(session, command, by="anna", now=now)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


def test_database_itself_refuses_an_outage_that_ends_before_it_starts(
    database: Database, now: datetime
) -> None:
    row = Outage(id="0" * 26, resource="h-01", start=NOON, end=TEN, reason="", reported_by="")
    row.reported_at = now

    with (
        pytest.raises(IntegrityError, match="starts_before_end"),
        database.transaction() as session,
    ):
        session.add(row)


def _report(session: Session, resource: str, now: datetime) -> str:
    command = ReportOutage(resource, TEN, NOON, "bojājums")
    return report_outage(session, command, by="anna", now=now).id


def _used(session: Session, resource: str) -> list[int]:
    return [cell.used for cell in list_cells(session, [resource], start=TEN, end=NOON)]
