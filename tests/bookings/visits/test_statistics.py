"""The figures of a period are counted from the facts: what came, was booked, or stood idle."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.schools.models import Municipality, School
from bookings.visits.models import Visit, VisitParty
from bookings.visits.queries import VisitRow
from bookings.visits.queries.statistics import (
    CountRow,
    FillRow,
    Period,
    count_by_month,
    count_by_municipality,
    fill_of_rooms,
    fill_of_sessions,
    read_totals,
)
from bookings.visits.rules import VisitState
from tests.factories.compensation import TRIP_DAY, given_arrival, given_school_at, given_trip
from tests.factories.visits import DAY, given_centre, given_session, given_visit
from vizium.db.session import Database

JANUARY = Period(date(2027, 1, 1), date(2027, 1, 31))


def given_state(session: Session, visit: VisitRow, state: VisitState, day: date = TRIP_DAY) -> None:
    session.execute(update(Visit).where(Visit.id == visit.id).values(state=state, local_date=day))


@pytest.fixture
def schools(database: Database, now: datetime) -> tuple[str, str]:
    """One school that was here in the autumn, and one that comes for the first time."""
    with database.transaction() as session:
        session.add(Municipality(iso_code="LV-106", name="Ventspils novads", valid_to=None))
        session.flush()
        old, new = (given_school_at(session, 50_000, now=now) for _ in range(2))
        session.execute(
            update(School).where(School.register_no == old).values(municipality="LV-106")
        )
        earlier = given_trip(session, old, now=now, activity=None)
        given_state(session, earlier, VisitState.COMPLETED, date(2026, 10, 6))
    return old, new


def test_totals_tell_booked_from_came_and_new_from_returning(
    database: Database, now: datetime, schools: tuple[str, str]
) -> None:
    old, new = schools
    with database.transaction() as session:
        came = given_trip(session, old, now=now, pupils=25, activity=None)
        given_arrival(session, came, pupils=23, now=now)
        given_arrival(session, came, pupils=24, now=now)
        given_state(session, came, VisitState.COMPLETED)
        given_trip(session, new, now=now, pupils=10, activity=None)
        for state in (VisitState.NO_SHOW, VisitState.CANCELLED):
            given_state(session, given_trip(session, new, now=now, activity=None), state)

    with database.reading() as session:
        totals = read_totals(session, JANUARY)

    assert (totals.groups, totals.pupils) == (2, 35)
    assert (totals.groups_came, totals.pupils_came, totals.adults_came) == (1, 24, 3)
    assert (totals.schools, totals.schools_new, totals.schools_returning) == (2, 1, 1)
    assert (totals.cancelled, totals.no_shows, totals.no_show_bp) == (1, 1, 5_000)


def test_each_school_of_a_joint_group_is_a_school_that_came(
    database: Database, now: datetime, schools: tuple[str, str]
) -> None:
    old, new = schools
    with database.transaction() as session:
        visit = given_trip(session, old, now=now, activity=None)
        for position, school in enumerate((old, new)):
            party = {"visit": visit.id, "position": position, "school": school, "groups": []}
            people = {"pupils": 10, "adults": 1}
            contact = {"contact_name": "", "contact_email": "", "contact_phone": ""}
            session.add(VisitParty(**party, **people, **contact))

    with database.reading() as session:
        assert read_totals(session, JANUARY).schools == 2


def test_months_and_municipalities_add_up_to_the_groups(
    database: Database, now: datetime, schools: tuple[str, str]
) -> None:
    old, new = schools
    with database.transaction() as session:
        given_trip(session, old, now=now, pupils=25, activity=None)
        given_trip(session, new, now=now, pupils=10, activity=None)

    with database.reading() as session:
        months = count_by_month(session, Period(date(2026, 12, 15), date(2027, 2, 3)))
        places = count_by_municipality(session, JANUARY)

    assert months == [
        CountRow("2026-12", 0, 0),
        CountRow("2027-01", 2, 35),
        CountRow("2027-02", 0, 0),
    ]
    assert places == [CountRow("", 1, 10), CountRow("Ventspils novads", 1, 25)]


def test_fill_counts_what_is_confirmed_and_not_what_is_held(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given_centre(session, now=now)
        given_session(session, now=now)
        given_visit(session, f"T-07.{DAY:%Y%m%d}.1000", now=now, pupils=12)
    march = Period(DAY - timedelta(days=5), DAY + timedelta(days=5))

    with database.reading() as session:
        held = fill_of_sessions(session, march)
        rooms = {row.code: row for row in fill_of_rooms(session, march, open_minutes=600)}

    assert held == [FillRow("T-07", "Paraugs T-07", "Sample T-07", 0, 30)]
    assert (rooms["room-a"].used, rooms["room-a"].share_bp) == (60, 1_000)
    assert rooms["show-hall"].used == 0


def test_period_without_anything_is_all_zeros(database: Database) -> None:
    with database.reading() as session:
        totals = read_totals(session, JANUARY)

        assert (totals.groups, totals.pupils_came, totals.no_show_bp) == (0, 0, 0)
        assert count_by_municipality(session, JANUARY) == []
        assert fill_of_sessions(session, JANUARY) == []
