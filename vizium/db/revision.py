"""Which schema a database has and which one this vizium needs, without loading the migrations.

Migrations are numbered without gaps (a test holds them to it), so the newest file names the head;
what a database stands at is one row that Alembic keeps.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from vizium.db.session import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def known() -> list[str]:
    """The revisions that this version of vizium knows, oldest first."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The newest revision that this version of vizium knows."""
    return known()[-1]


def current(database: Database) -> str | None:
    """The revision that a database stands at; None when it is empty."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        return found
