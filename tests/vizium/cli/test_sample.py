"""The sample centre is loaded whole, twice without a change, and past rows that are bad."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from bookings.compensation.queries import list_funds
from bookings.programmes.queries import list_activities
from bookings.programmes.rules import ActivityKind
from bookings.resources.queries import list_galleries, list_hosts, list_pools, list_rooms, opening
from bookings.resources.service import check_cells
from bookings.schools.queries import get_school, search_schools
from bookings.visits.queries import list_sessions
from vizium.auth.queries import list_people
from vizium.auth.rules import Role
from vizium.cli.sample import Problem, load_sample
from vizium.cli.sample_cells import FOLDER
from vizium.db.session import Database
from vizium.kernel.clock import local_date

KEY = "not-a-secret-only-long-enough-for-tests"
# A day in the school year of the sample's opening hours and fund.
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)


def test_sample_centre_is_whole_and_a_second_run_writes_nothing(database: Database) -> None:
    first = load_sample(database, now=NOW, secret_key=KEY)
    second = load_sample(database, now=NOW, secret_key=KEY)

    assert (first.problems, second.problems) == ([], [])
    assert all(first.written.values())
    assert set(second.written.values()) == {0}
    assert second.read == first.read
    with database.reading() as session:
        activities = list_activities(session)
        kinds = {kind: sum(row.kind is kind for row in activities) for kind in ActivityKind}
        assert kinds == {"programme": 18, "educator": 4, "workshop": 6, "show": 6}
        assert all(len(row.exhibits) == len(row.exhibits_lv) for row in activities)
        assert len(list_rooms(session, "classroom")) == 4
        assert len(list_hosts(session)) == 12
        # Seven galleries, the hall, lunch places, coach bays.
        assert (len(list_galleries(session)), len(list_pools(session))) == (7, 3)
        assert get_school(session, "3213900123").distance_m == 62_000
        assert all(row.distance_m is not None for row in search_schools(session, "", most=100))
        assert {role for person in list_people(session) for role in person.roles} == set(Role)
        assert [fund.code for fund in list_funds(session)] == ["fund-2026"]
        assert opening(session, local_date(NOW)) is None
        day = datetime(2027, 2, 2, 8, 0, tzinfo=UTC).date()
        assert list_sessions(session, first_day=day, last_day=day, now=NOW)
        assert check_cells(session) == []


def test_bad_rows_are_named_and_keep_nobody_else_out(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(FOLDER, folder)
    _append(folder / "pools.csv", "attic,hall,Bēniņi,Attic,many")
    _append(folder / "rooms.csv", "room-e,classroom")
    _append(folder / "machines.csv", "m-x,attic,X,X")
    _append(folder / "places.csv", "1,Nekurne,57,21,1,LV-999,LV-999,Nekurnes novads,1,1")
    _append(folder / "timetable.csv", "T-99,2,09:00,room-a,h-01,no")
    _append(folder / "people.csv", "wizard,Anna Paraugs,anna@vizium.example,lv,")
    _append(folder / "hosts.csv", "h-99,Liene Paraugs,show,lv,daudz,")

    report = load_sample(database, now=NOW, secret_key=KEY, folder=folder)

    lines = {problem.file: problem for problem in report.problems}
    assert len(report.problems) == len(lines) == 7
    assert lines["pools.csv"] == Problem(
        "pools.csv", 5, "capacity is 'many' but must be a whole number"
    )
    assert lines["rooms.csv"] == Problem(
        "rooms.csv", 10, "it has more or fewer cells than the header"
    )
    assert lines["machines.csv"].sentence == "There is no such room: attic"
    assert lines["timetable.csv"].sentence == "We have no such programme"
    assert lines["people.csv"].sentence == "role is 'wizard' but must be a role"
    assert lines["hosts.csv"].row == 14
    assert "FOREIGN KEY" in lines["places.csv"].sentence.upper()
    assert "people.csv, row 15: role is 'wizard' but must be a role" in report.as_text()
    with database.reading() as session:
        assert len(list_hosts(session)) == 12
        assert len(list_people(session)) == len(Role)


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
