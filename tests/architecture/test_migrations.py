"""Migrations are numbered without gaps, reversible, and say the same as the models."""

import importlib
import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from tests.architecture.source import ROOT, python_files
from vizium.db import migrate
from vizium.db.base import Base
from vizium.db.session import Database
from vizium.kernel.errors import SettingsError

_VERSIONS = "vizium/db/migrations/versions"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [re.match(r"(\d{4})_[a-z0-9_]+\.py$", path.name) for path in python_files(_VERSIONS)]

    assert [match and int(match[1]) for match in numbers] == list(range(1, len(numbers) + 1))
    assert migrate.head() == f"{len(numbers):04}"


def test_upgrade_makes_the_tables_of_the_models(database: Database) -> None:
    _import_all_models()

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_downgrade_to_base_leaves_nothing_and_upgrade_works_again(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    tables = _tables(empty_database_url)

    migrate.downgrade(empty_database_url, "base")

    assert _tables(empty_database_url) == {"alembic_version"}
    migrate.upgrade(empty_database_url)
    assert _tables(empty_database_url) == tables


def test_each_step_back_is_a_step_that_can_be_taken_again(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)

    for number in range(int(migrate.head()) - 1, 0, -1):
        migrate.downgrade(empty_database_url, f"{number:04}")
        migrate.upgrade(empty_database_url, f"{number + 1:04}")
        migrate.downgrade(empty_database_url, f"{number:04}")

    assert migrate.current(empty_database_url) == "0001"


def test_database_from_the_future_is_refused_and_left_alone(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    with pytest.raises(SettingsError, match="9999"):
        migrate.upgrade(empty_database_url)

    assert migrate.current(empty_database_url) == "9999"


def _import_all_models() -> None:
    for path in python_files("vizium", "bookings", "exhibits"):
        if "__tablename__" in path.read_text():
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _tables(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names())
    finally:
        database.close()
