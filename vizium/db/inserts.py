"""INSERT … ON CONFLICT: both databases know it, SQLAlchemy keeps it in two places."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from vizium.db.base import Base


def insert_for(session: Session, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """The insert of the session's database, to be given an ``on_conflict_…``."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite.insert if is_sqlite else postgresql.insert)(table)


def insert_new(
    session: Session, table: Table, row: Mapping[str, object], *, unless: str, returning: str
) -> object | None:
    """Insert a row unless another has the same value in a column.

    The statement is made once for each table: building it costs more than running it.

    Returns:
        The new row's value in the column `returning`; None if the other one stands.
    """
    statement = _insert_new(session.get_bind().dialect.name, table, unless, returning)
    return session.execute(statement, row).scalar()


@cache
def _insert_new(
    dialect: str, table: Table, unless: str, returning: str
) -> ReturningInsert[tuple[Any]]:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return (
        insert(table).on_conflict_do_nothing(index_elements=[unless]).returning(table.c[returning])
    )
