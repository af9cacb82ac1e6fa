"""Migrations: the schema of this version, reached from any earlier one, on both databases."""

from alembic import command
from alembic.config import Config

from vizium.db import revision as revision_of
from vizium.db.session import Database
from vizium.kernel.errors import SettingsError


def head() -> str:
    """The newest revision that this version of vizium knows."""
    return revision_of.head()


def current(url: str) -> str | None:
    """The revision that the database stands at; None when it is empty."""
    database = Database(url)
    try:
        return revision_of.current(database)
    finally:
        database.close()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; everything or nothing.

    Raises:
        SettingsError: the database was written by a newer vizium.
    """
    _refuse_the_future(url)
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision (``base`` empties it)."""
    command.downgrade(_config(url), revision)


def _refuse_the_future(url: str) -> None:
    found = current(url)
    if found is not None and found not in revision_of.known():
        raise SettingsError(
            f"The database is at revision {found}, which this vizium does not know; "
            "install the newer vizium that wrote it, or restore a backup of this version."
        )


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(revision_of.MIGRATIONS))
    config.attributes["url"] = url
    return config
