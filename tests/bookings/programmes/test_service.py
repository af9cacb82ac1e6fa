from dataclasses import replace

import pytest

from bookings.programmes.queries import (
    get_activity,
    list_areas,
    list_subjects,
    search_activities,
)
from bookings.programmes.rules import ActivityKind, ActivitySearch
from bookings.programmes.service import load_activity
from tests.factories.programmes import (
    AREAS,
    CHEMISTRY,
    EDUCATORS,
    ROBOT,
    SHOW,
    SUBJECTS,
    given_activity,
    given_catalogue,
)
from vizium.db.session import Database
from vizium.kernel.errors import InvalidInput, NotFound


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

        again = load_activity(session, ROBOT, position=1)
        changed = load_activity(session, dearer, position=1)

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
            load_activity(session, wrong, position=1)  # type: ignore[arg-type]

        assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
        assert get_activity(session, "T-07") == ROBOT


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
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
    ],
)
def test_catalogue_is_searched(
    database: Database, wanted: ActivitySearch, found: list[object]
) -> None:
    with database.transaction() as session:
        given_catalogue(session)

        assert list(search_activities(session, wanted).items) == found


def test_facets_count_what_each_option_would_find(database: Database) -> None:
    with database.transaction() as session:
        given_catalogue(session)

        facets = search_activities(session, ActivitySearch(grade=5, language="en")).facets

    assert facets["kind"] == {"programme": 1}
    assert facets["language"] == {"lv": 2, "en": 1}
    assert facets["grade"] == {"4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1}
    assert facets["area"] == {"technology": 1, "science": 1}
