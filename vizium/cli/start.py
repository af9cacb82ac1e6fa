"""What most commands need at their start: a database at this version, words for a refusal."""

import time

from vizium.db import revision
from vizium.db.session import Database, DatabaseError
from vizium.kernel.errors import InvalidInput, SettingsError, VizError
from vizium.settings import Settings
from vizium.web.i18n import translator

_MIGRATED_S_MAX = 120.0
_LOOK_EVERY_S = 0.1


def migrate_database(settings: Settings) -> None:
    """Bring the database to this version.

    Raises:
        SettingsError: it cannot be opened, or is from a newer vizium.
    """
    if find_revision(settings) == revision.head():
        return
    from vizium.db import migrate  # noqa: PLC0415 - only a start that migrates needs Alembic's 8 MB

    try:
        migrate.upgrade(settings.database_url)
    except DatabaseError as error:
        raise SettingsError(_unreachable(error)) from error


def find_revision(settings: Settings) -> str | None:
    """The revision that the database stands at; None when it is empty.

    Raises:
        SettingsError: it cannot be opened.
    """
    database = Database(settings.database_url)
    try:
        return revision.current(database)
    except DatabaseError as error:
        raise SettingsError(_unreachable(error)) from error
    finally:
        database.close()


def open_database(settings: Settings) -> Database:
    """The database, if it stands at this version.

    Raises:
        SettingsError: it cannot be opened, is older (``vizium migrate`` mends it) or newer.
    """
    found = find_revision(settings)
    if found != revision.head():
        raise SettingsError(
            f"The database is at revision {found or 'empty'} and this vizium needs "
            f"{revision.head()}; run `vizium migrate`."
        )
    return Database(settings.database_url)


def wait_for_database(settings: Settings) -> Database:
    """The database, once another process has brought it to this version.

    Raises:
        SettingsError: it is not there after two minutes; the sentence of the last try.
    """
    deadline_s = time.monotonic() + _MIGRATED_S_MAX
    while True:
        try:
            return open_database(settings)
        except SettingsError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(_LOOK_EVERY_S)


def say(error: VizError) -> str:
    """The sentence of an error for a terminal, with every field's error."""
    words = translator("en")
    sentences = [words.code("error", error.code, **error.facts)]
    if isinstance(error, InvalidInput):
        sentences += [
            f"{found.field}: {words.code('field', found.code, **found.facts)}"
            for found in error.errors
        ]
    return "\n  ".join(sentences)


def _unreachable(error: DatabaseError) -> str:
    reason = str(getattr(error, "orig", error)).strip().splitlines()
    return (
        f"The database does not answer ({reason[0] if reason else 'no reason given'}); "
        "start it, or mend VIZIUM_DATABASE_URL."
    )
