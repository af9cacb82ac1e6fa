"""Migrations 0007 and 0014: what a centre has survives, what the database refuses it refuses."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from vizium.db import migrate
from vizium.db.session import Database

_PARTY = "INSERT INTO resources_resource VALUES ('alone:g', 'party', 1, 'Grupa', 'Group')"


def test_weekdays_become_shifts_and_come_back(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0006")
    _run(
        empty_database_url,
        "INSERT INTO resources_resource VALUES ('h-01', 'host', 1, 'Anna', 'Anna')",
        "INSERT INTO resources_host (code, name, skills, languages, weekdays, minutes_a_day_max)"
        " VALUES ('h-01', 'Anna', '[\"show\"]', '[\"lv\"]', '[2, 5]', 300)",
    )

    migrate.upgrade(empty_database_url, "0007")
    shifts = _run(empty_database_url, "SELECT host, weekday FROM resources_shift ORDER BY weekday")
    migrate.downgrade(empty_database_url, "0006")
    weekdays = _run(empty_database_url, "SELECT weekdays FROM resources_host")

    assert shifts == [("h-01", 2), ("h-01", 5)]
    assert str(weekdays) in {"[('[2, 5]',)]", "[([2, 5],)]"}


def test_word_is_taken_from_the_migration_on_and_leaves_with_it(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0006")
    with pytest.raises(IntegrityError, match="resourcekind"):
        _run(empty_database_url, _PARTY)

    migrate.upgrade(empty_database_url, "0007")
    _run(empty_database_url, _PARTY)
    migrate.downgrade(empty_database_url, "0006")

    assert _run(empty_database_url, "SELECT code FROM resources_resource") == []


def test_words_in_use_get_a_name_and_a_half_change_is_refused(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0013")
    _run(
        empty_database_url,
        "INSERT INTO resources_resource VALUES ('attic', 'segment', 1, 'Bēniņi', 'Attic')",
        "INSERT INTO resources_room VALUES ('attic', 'attic', 20, NULL, 15, true, false)",
    )

    migrate.upgrade(empty_database_url, "0014")
    kinds = "SELECT code, title_lv FROM resources_term WHERE kind = 'room_kind' ORDER BY code"
    named = _run(empty_database_url, kinds)
    with pytest.raises(IntegrityError, match="change_complete"):
        _run(empty_database_url, "UPDATE resources_resource SET changes_to = 0")
    migrate.downgrade(empty_database_url, "0013")

    assert named[:2] == [("attic", "attic"), ("classroom", "Nodarbību telpa")]
    assert _run(empty_database_url, "SELECT code FROM resources_room") == [("attic",)]


def _run(url: str, *statements: str) -> list[tuple[Any, ...]]:
    database = Database(url)
    try:
        with database.transaction() as session:
            for statement in statements:
                done = session.execute(text(statement))
            return [tuple(row) for row in done] if done.returns_rows else []
    finally:
        database.close()
