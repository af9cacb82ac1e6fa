"""INSERT … ON CONFLICT: both databases know it, SQLAlchemy keeps it in two places."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from vizium.db.base import Base


def insert_for(session: Session, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """The insert of the session's database, to be given an ``on_conflict_…``."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite.insert if is_sqlite else postgresql.insert)(table)
