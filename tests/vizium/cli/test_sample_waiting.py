"""The sample's waiting classes are made up, may wait for what they name, and stand once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.resources.service import close_day
from bookings.waiting.queries import get_waiting, list_waiting
from bookings.waiting.rules import WaitingState
from tests.factories.visits import given_centre
from tests.vizium.cli.sample_files import by_code, items, rows
from vizium.cli.sample_cells import Cells
from vizium.cli.sample_waiting import load_waiting
from vizium.db.session import Database
from vizium.kernel.ids import parse_reference
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
CLASS = {
    "reference": "GS-PAR2A3",
    "school": "3213900123",
    "activities": "T-07",
    "grade": "5",
    "pupils": "24",
    "adults": "3",
    "language": "lv",
    "week": "1",
    "weekdays": "2;3",
    "name": "Daina Paraugkoka",
    "email": "daina@liepaja.paraugs.example",
    "phone": "+371 2000 0101",
}
Load = Callable[..., int]


@pytest.fixture
def load(database: Database) -> Load:
    """Loads the class with some cells changed into a small centre."""
    with database.transaction() as session:
        given_centre(session, now=NOW)

    def act(**changes: str) -> int:
        with database.transaction() as session:
            return load_waiting(session, Cells(2, CLASS | changes), now=NOW)

    return act


def test_class_stands_on_the_list_once_and_nobody_is_written_to(
    database: Database, load: Load
) -> None:
    loaded = [load(), load()]

    with database.reading() as session:
        row = get_waiting(session, "GS-PAR2A3")
        mails = list_mails(session)
    assert (loaded, mails) == ([1, 0], [])
    assert (row.state, row.days) == (
        WaitingState.WAITING,
        (date(2027, 2, 9), date(2027, 2, 10)),
    )


def test_closed_week_is_passed_over_and_a_year_without_hours_left_out(
    database: Database, load: Load
) -> None:
    with database.transaction() as session:
        for day in (date(2027, 2, 9), date(2027, 2, 10)):
            close_day(session, day, reason_lv="Slēgts", reason_en="Closed")

    loaded = [load(), load(reference="GS-PAR4B5", week="300")]

    with database.reading() as session:
        days = [row.days for row in list_waiting(session, WaitingState.WAITING)]
    assert loaded == [1, 0]
    assert days == [tuple(date(2027, 2, 16) + timedelta(days=n) for n in (0, 1))]


@pytest.mark.usefixtures("database_kind")
def test_files_name_schools_and_activities_that_take_the_class() -> None:
    activities, schools = by_code("activities"), {row["register_no"] for row in rows("schools")}
    wrong = [
        (row["reference"], code)
        for row in rows("waiting")
        for code in items(row["activities"])
        if row["grade"] not in items(activities[code]["grades"])
        or row["language"] not in items(activities[code]["languages"])
    ]

    assert wrong == []
    assert {row["school"] for row in rows("waiting")} <= schools
    assert all(row["email"].endswith(".paraugs.example") for row in rows("waiting"))
    assert all(parse_reference(row["reference"]) == row["reference"] for row in rows("waiting"))
