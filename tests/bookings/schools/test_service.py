from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bookings.schools.forms import read_register
from bookings.schools.queries import find_school, get_school, search_schools
from bookings.schools.rules import DistanceSource, RegisterRow, RowProblem, SchoolKind
from bookings.schools.service import (
    import_schools,
    load_municipalities,
    load_places,
    set_distance,
)
from tests.factories.schools import MUNICIPALITIES, PLACES, given_map, given_school
from tests.servers.process import MissingSoftwareError
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput, NotFound

REGISTER_OF_2020 = Path(__file__).parents[4] / "shared" / "data" / "viis_2020_institutions.csv"


@pytest.fixture
def register_of_2020() -> Path:
    """The 1,394 real institutions that lie beside the repository, licensed for tests only."""
    if not REGISTER_OF_2020.exists():
        raise MissingSoftwareError("shared/data/viis_2020_institutions.csv beside the repository")
    return REGISTER_OF_2020


def test_rows_are_added_then_unchanged_then_changed(database: Database, now: datetime) -> None:
    rows = [_row(2, "4113900261"), _row(3, "4113900262", address="Skolas iela 1, Tartu")]
    renamed = [_row(2, "4113900261", name="Kuldīgas 2. vidusskola"), rows[1]]
    with database.transaction() as session:
        given_map(session)

        first = import_schools(session, rows, now=now)
        second = import_schools(session, rows, now=now)
        third = import_schools(session, renamed, now=now + timedelta(days=1))

    assert (first.read, first.added, first.changed, first.unchanged) == (2, 2, 0, 0)
    assert first.unplaced == (RowProblem(3, "not_placed", {"address": "Skolas iela 1, Tartu"}),)
    assert (second.read, second.added, second.changed, second.unchanged) == (2, 0, 0, 2)
    assert (third.read, third.added, third.changed, third.unchanged) == (2, 0, 1, 1)
    with database.reading() as session:
        placed, unplaced = get_school(session, "4113900261"), get_school(session, "4113900262")
        assert (placed.name, placed.place) == ("Kuldīgas 2. vidusskola", "Kuldīga")
        assert (placed.municipality, placed.distance_m) == ("Kuldīgas novads", 62_000)
        assert placed.distance_source is DistanceSource.ESTIMATE
        assert (unplaced.place, unplaced.municipality) == ("Tartu", "")
        assert (unplaced.distance_m, unplaced.distance_source) == (None, None)
        assert [act.facts for act in list_acts(session, "schools:all")] == [
            {"read": 2, "added": 2, "changed": 0},
            {"read": 2, "added": 0, "changed": 1},
        ]


def test_bad_and_repeated_rows_are_rejected_and_nothing_else(
    database: Database, now: datetime
) -> None:
    bad = RowProblem(3, "cells_count", {"found": 2, "expected": 3})
    with database.transaction() as session:
        given_map(session)

        report = import_schools(
            session, [_row(2, "4113900261"), bad, _row(4, "4113900261")], now=now
        )

        assert (report.read, report.added, report.unchanged) == (3, 1, 0)
        repeated = RowProblem(4, "repeated", {"register_no": "4113900261", "first_row": 2})
        assert report.rejected == (bad, repeated)


def test_manual_distance_outlives_an_import(database: Database, now: datetime) -> None:
    moved = _row(2, "4113900261", address="Skolas iela 1, Skrunda, Skrundas novads")
    with database.transaction() as session:
        given_map(session)
        import_schools(session, [_row(2, "4113900261")], now=now)
        manual = DistanceSource.MANUAL
        set_distance(session, "4113900261", 64_300, source=manual, by="admin", now=now)

        report = import_schools(session, [moved], now=now)

        school = get_school(session, "4113900261")
        assert (report.changed, school.place) == (1, "Skrunda")
        assert (school.distance_m, school.distance_source) == (64_300, manual)
        (act,) = list_acts(session, "school:4113900261")
        assert act.facts == {"from_m": 62_000, "to_m": 64_300, "source": "manual"}


def test_estimate_follows_the_address(database: Database, now: datetime) -> None:
    moved = _row(2, "4113900261", address="Skolas iela 1, Skrunda, Skrundas novads")
    with database.transaction() as session:
        given_map(session)
        import_schools(session, [_row(2, "4113900261")], now=now)

        import_schools(session, [moved], now=now)

        assert get_school(session, "4113900261").distance_m == 100_000


@pytest.mark.parametrize("distance_m", [-1, 1_500_001])
def test_absurd_distance_is_refused(database: Database, now: datetime, distance_m: int) -> None:
    with database.transaction() as session:
        school = given_school(session, now=now)

        with pytest.raises(InvalidInput):
            set_distance(
                session,
                school.register_no,
                distance_m,
                source=DistanceSource.MANUAL,
                by="admin",
                now=now,
            )

        assert get_school(session, school.register_no) == school


def test_unknown_school_is_not_found(database: Database) -> None:
    with database.reading() as session:
        assert find_school(session, "9999999999") is None
        with pytest.raises(NotFound):
            get_school(session, "9999999999")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("kuldigas", ["4113900262", "4113900261"]),
        ("KULDĪGAS vidus", ["4113900262"]),
        ("4113 900261", ["4113900261"]),
        ("skrunda", ["4113900261"]),
        ("50%", []),
        ("_", ["4113900262", "4113900261"]),
        ("", ["4113900262", "4113900261"]),
    ],
)
def test_schools_are_searched_by_name_place_and_number(
    database: Database, now: datetime, q: str, found: list[str]
) -> None:
    closed = _row(4, "4113900263", name="Kuldīgas slēgtā skola", active=False)
    with database.transaction() as session:
        given_map(session)
        skrunda = "Skolas iela 1, Skrunda, Kuldīgas novads"
        rows = [_row(2, "4113900261", name="Ventas skola", address=skrunda)]
        import_schools(session, [*rows, _row(3, "4113900262"), closed], now=now)

    with database.reading() as session:
        assert [row.register_no for row in search_schools(session, q)] == found
        assert [row.register_no for row in search_schools(session, q, most=1)] == found[:1]
        assert [row.register_no for row in search_schools(session, q, offset=1)] == found[1:]


def test_load_again_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        first = load_municipalities(session, MUNICIPALITIES), load_places(session, PLACES)
        second = load_municipalities(session, MUNICIPALITIES), load_places(session, PLACES)

        assert first == (len(MUNICIPALITIES), len(PLACES))
        assert second == (0, 0)


def test_register_of_2020_is_stored_whole_and_again_changes_nothing(
    database: Database, now: datetime, register_of_2020: Path
) -> None:
    with database.transaction() as session:
        given_map(session)
    with database.transaction() as session:
        first = import_schools(session, _rows(register_of_2020), now=now)
    with database.transaction() as session:
        second = import_schools(session, _rows(register_of_2020), now=now)

    assert (first.read, first.added, first.rejected) == (1_394, 1_394, ())
    assert (second.read, second.unchanged) == (1_394, 1_394)
    assert second.unplaced == first.unplaced
    with database.reading() as session:
        assert _distance(session, "4512900267") == 329_000  # Ābeļi, Jēkabpils novads
        assert len(search_schools(session, "", most=2_000)) == 1_394


def _row(
    row: int,
    register_no: str,
    *,
    name: str = "Kuldīgas vidusskola",
    address: str = "Parauga iela 1, Kuldīga, Kuldīgas novads",
    active: bool = True,
) -> RegisterRow:
    return RegisterRow(row, register_no, name, SchoolKind.SECONDARY, address, active=active)


def _rows(path: Path) -> Iterator[RegisterRow | RowProblem]:
    with path.open("rb") as file:
        yield from read_register(file)


def _distance(session: Session, register_no: str) -> int | None:
    return get_school(session, register_no).distance_m
