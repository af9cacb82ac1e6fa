"""What every command needs at its start: settings, logging, a database at this version."""

import logging
import os
import socket
import time
from contextlib import closing

from vizium import settings as house
from vizium.db import revision
from vizium.db.session import Database, DatabaseError
from vizium.kernel.errors import InvalidInput, SettingsError, VizError
from vizium.settings import Settings
from vizium.web.i18n import translator

_MIGRATED_S_MAX = 120.0
_LOOK_EVERY_S = 0.1
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def load_settings(*, demo: bool = False) -> Settings:
    """The settings of this process's environment, with logging set up."""
    os.umask(0o077)  # database, files and keys are for this account alone
    settings = house.load(os.environ, demo=demo or os.environ.get("VIZIUM_DEMO") == "1")
    logging.basicConfig(level=settings.log_level.upper(), format=_LOG_FORMAT)
    for chatty in ("alembic", "httpx", "_granian"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings


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


def refuse_busy_port(host: str, port: int, setting: str) -> None:
    """End a start early when a port is taken.

    Raises:
        SettingsError: names the setting that takes another port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({error.strerror}); "
                f"end what uses it or set {setting} to a free port."
            ) from error


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
