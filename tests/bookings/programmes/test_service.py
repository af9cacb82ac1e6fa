from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.programmes.queries import (
    TitleRow,
    get_activity,
    get_activity_as_booked,
    get_version,
    list_activities,
    list_areas,
    list_subjects,
    list_versions,
    search_activities,
)
from bookings.programmes.rules import ActivityKind, ActivitySearch
from bookings.programmes.service import (
    SaveActivity,
    load_activity,
    load_subject,
    save_activity,
    save_subject,
    sweep_school_year,
)
from tests.factories.programmes import (
    AREAS,
    CHEMISTRY,
    EDUCATORS,
    LOADED_AT,
    ROBOT,
    SHOW,
    SUBJECTS,
    given_activity,
    given_catalogue,
)
from vizium.db.session import Database, DatabaseError
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.money import Cents
from vizium.kernel.schoolyear import SchoolYear

AFTER = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
EDITOR = "01K6ZB3W8Q0000000000000000"
THIS_YEAR, NEXT_YEAR = SchoolYear(2026), SchoolYear(2027)
MARCH, OCTOBER = date(2027, 3, 16), date(2027, 10, 5)


def test_activity_comes_back_as_it_was_loaded(database: Database) -> None:
    with database.transaction() as session:
        given_activity(session)

        assert get_activity(session, "T-07") == ROBOT
        assert list_areas(session) == tuple(AREAS)
        assert list_subjects(session) == tuple(SUBJECTS)


def test_unknown_activity_is_not_found(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound) as refused:
        get_activity(session, "T-99")

    assert (refused.value.code, refused.value.facts) == ("activity", {"activity": "T-99"})


def test_load_again_writes_nothing_and_a_change_is_written(database: Database) -> None:
    dearer = replace(ROBOT, seats_max=30)
    with database.transaction() as session:
        given_activity(session)

        again = load_activity(session, ROBOT, position=1, now=LOADED_AT)
        changed = load_activity(session, dearer, position=1, now=LOADED_AT)

        assert (again, changed) == (False, True)
        assert get_activity(session, "T-07") == dearer


def test_catalogue_that_was_kept_is_never_stale(database: Database) -> None:
    with database.transaction() as session:
        given_activity(session)
    with database.reading() as session:
        before = search_activities(session, ActivitySearch()).items

    with database.transaction() as session:
        given_activity(session, CHEMISTRY, position=2)

    with database.reading() as session:
        after = search_activities(session, ActivitySearch()).items
    assert (before, after) == ((ROBOT,), (ROBOT, CHEMISTRY))


def test_empty_catalogue_finds_nothing(database: Database) -> None:
    with database.reading() as session:
        assert search_activities(session, ActivitySearch(q="robots")).items == ()


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        (replace(ROBOT, areas=("alchemy",)), "area", "unknown_area"),
        (replace(ROBOT, subjects=("computing", "runes")), "subject", "unknown_subject"),
    ],
)
def test_unknown_area_or_subject_is_refused(
    database: Database, wrong: object, field: str, code: str
) -> None:
    with database.transaction() as session:
        given_activity(session)

        with pytest.raises(InvalidInput) as refused:
            load_activity(session, wrong, position=1, now=LOADED_AT)  # type: ignore[arg-type]

        assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
        assert get_activity(session, "T-07") == ROBOT


SEARCHES = [
    (ActivitySearch(), [ROBOT, CHEMISTRY, SHOW, EDUCATORS]),
    (ActivitySearch(q="kimija"), [CHEMISTRY]),
    (ActivitySearch(q="ĶĪMIJU"), [CHEMISTRY]),
    (ActivitySearch(q="kimjia"), [CHEMISTRY]),
    (ActivitySearch(q="chemisty"), [CHEMISTRY]),
    (ActivitySearch(q="kitchen cabbage"), [CHEMISTRY]),
    (ActivitySearch(q="kitchen robot"), []),
    (ActivitySearch(q="T-03"), [CHEMISTRY]),
    # In the title first, then where only the text says it.
    (ActivitySearch(q="sensori"), [EDUCATORS, ROBOT]),
    (ActivitySearch(q="dinozauri"), []),
    (ActivitySearch(q="!?"), [ROBOT, CHEMISTRY, SHOW, EDUCATORS]),
    (ActivitySearch(grade=5), [ROBOT, SHOW]),
    (ActivitySearch(grade=0), [SHOW]),
    (ActivitySearch(area="technology"), [ROBOT, EDUCATORS]),
    (ActivitySearch(subject="chemistry"), [CHEMISTRY]),
    (ActivitySearch(language="en"), [ROBOT, CHEMISTRY, EDUCATORS]),
    (ActivitySearch(kind=ActivityKind.SHOW), [SHOW]),
    (ActivitySearch(seats=33), [SHOW]),
    (ActivitySearch(q="robots", grade=5, language="en", seats=27), [ROBOT]),
]


def test_catalogue_is_searched(database: Database) -> None:
    with database.transaction() as session:
        given_catalogue(session)

        found = [list(search_activities(session, wanted).items) for wanted, _ in SEARCHES]

    assert found == [expected for _, expected in SEARCHES]


def test_facets_count_what_each_option_would_find(database: Database) -> None:
    with database.transaction() as session:
        given_catalogue(session)

        facets = search_activities(session, ActivitySearch(grade=5, language="en")).facets

    assert facets["kind"] == {"programme": 1}
    assert facets["language"] == {"lv": 2, "en": 1}
    assert facets["grade"] == {"4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1}
    assert facets["area"] == {"technology": 1, "science": 1}


def test_change_for_next_year_stands_beside_and_holds_when_the_year_begins(
    database: Database,
) -> None:
    dearer = replace(ROBOT, price_cents=Cents(600), title_lv="Robots 2")
    with database.transaction() as session:
        given_catalogue(session)
        save_activity(session, SaveActivity(dearer, NEXT_YEAR, 0), by=EDITOR, now=AFTER)

        assert get_activity(session, "T-07") == ROBOT
        assert get_activity(session, "T-07", on=MARCH) == ROBOT
        assert get_activity(session, "T-07", on=OCTOBER) == dearer
        found = search_activities(session, ActivitySearch(q="robots 2"), on=OCTOBER)
        assert found.items[0] == dearer
        assert len(list_activities(session, on=OCTOBER)) == 4

        assert sweep_school_year(session, now=datetime(2027, 8, 31, 20, 59, tzinfo=UTC)) == 0
        assert sweep_school_year(session, now=datetime(2027, 8, 31, 21, 0, tzinfo=UTC)) == 1
        assert get_activity(session, "T-07") == dearer
        assert sweep_school_year(session, now=datetime(2027, 9, 1, tzinfo=UTC)) == 0


def test_what_a_visit_booked_stays_provable(database: Database) -> None:
    booked_at = AFTER
    dearer, renamed = replace(ROBOT, price_cents=Cents(600)), replace(ROBOT, title_lv="Cits")
    with database.transaction() as session:
        given_activity(session)
        later = AFTER + timedelta(days=1)
        save_activity(session, SaveActivity(dearer, THIS_YEAR, 1), by=EDITOR, now=later)
        save_activity(session, SaveActivity(renamed, NEXT_YEAR, 0), by=EDITOR, now=later)

        found = [
            get_activity_as_booked(session, "T-07", day=day, booked_at=at)
            for day, at in (
                (MARCH, booked_at),
                (MARCH, later),
                (OCTOBER, booked_at),
                (OCTOBER, later),
            )
        ]

    assert found == [ROBOT, dearer, ROBOT, renamed]


def test_versions_are_never_rewritten(database: Database) -> None:
    with database.transaction() as session:
        given_activity(session)

    for change in ("UPDATE programmes_version SET version = 9", "DELETE FROM programmes_version"):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.connection().exec_driver_sql(change)


def test_save_without_a_difference_makes_no_version(database: Database) -> None:
    with database.transaction() as session:
        given_activity(session)
        before = get_version(session)

        saved = save_activity(session, SaveActivity(ROBOT, THIS_YEAR, 1), by=EDITOR, now=AFTER)

        assert (saved.version, len(list_versions(session, "T-07"))) == (1, 1)
        assert get_version(session) == before


def test_version_that_is_no_longer_the_newest_is_refused(database: Database) -> None:
    with database.transaction() as session:
        given_activity(session)
        one, other = replace(ROBOT, seats_max=20), replace(ROBOT, seats_max=22)
        save_activity(session, SaveActivity(one, THIS_YEAR, 1), by=EDITOR, now=AFTER)

        with pytest.raises(Conflict) as refused:
            save_activity(session, SaveActivity(other, THIS_YEAR, 1), by=EDITOR, now=AFTER)

        assert (refused.value.code, refused.value.facts) == ("catalogue_changed", {"version": 2})
        assert get_activity(session, "T-07") == one


@pytest.mark.parametrize("year", [2025, 2028])
def test_only_this_school_year_and_the_next_are_written(database: Database, year: int) -> None:
    with database.transaction() as session:
        given_activity(session)

        with pytest.raises(InvalidInput) as refused:
            save_activity(session, SaveActivity(ROBOT, SchoolYear(year), 0), by=EDITOR, now=AFTER)

    assert [error.code for error in refused.value.errors] == ["year_is_past"]


def test_files_leave_what_staff_changed_unless_they_are_asked_to_win(database: Database) -> None:
    ours = replace(ROBOT, seats_max=20)
    title = TitleRow("computing", "technology", "Datorika un dati", "Computing and Data")
    with database.transaction() as session:
        given_activity(session)
        save_activity(session, SaveActivity(ours, THIS_YEAR, 1), by=EDITOR, now=AFTER)
        save_subject(session, title, seen=SUBJECTS[1], by=EDITOR, now=AFTER)

        left = (
            load_activity(session, ROBOT, position=1, now=AFTER),
            load_subject(session, SUBJECTS[1], position=1),
        )
        assert (left, get_activity(session, "T-07")) == ((False, False), ours)
        assert title in list_subjects(session)

        won = (
            load_activity(session, ROBOT, position=1, now=AFTER, overwrite=True),
            load_subject(session, SUBJECTS[1], position=1, overwrite=True),
        )
        assert (won, get_activity(session, "T-07")) == ((True, True), ROBOT)
        assert title not in list_subjects(session)


def test_archived_activity_is_kept_but_no_longer_offered(database: Database) -> None:
    gone = replace(ROBOT, archived=True)
    with database.transaction() as session:
        given_catalogue(session)
        save_activity(session, SaveActivity(gone, NEXT_YEAR, 0), by=EDITOR, now=AFTER)

        this_year, next_year = list_activities(session), list_activities(session, on=OCTOBER)

        assert ROBOT in this_year
        assert [row.code for row in next_year] == ["T-03", "S-01", "E-01"]
        assert get_activity(session, "T-07", on=OCTOBER).archived
