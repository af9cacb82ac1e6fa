"""A real PostgreSQL, started for one test run from the system's own programs.

It is the real server with one difference: `fsync` and its companions are off, because the tests
check what a transaction promises, not what a power cut leaves. Locks, isolation and constraints are
not touched by that. Only this run knows the password.
"""

import secrets
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.servers.process import (
    find_program,
    free_port,
    log_tail,
    private_folder,
    spawn,
    stop,
    unprivileged_account,
)

_USER = "vizium"
_START_S_MAX = 60
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """One running server with its own cluster of databases."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """Start it; `settings` stand before those of the tests."""
        self._settings = {**_SETTINGS, **(settings or {})}
        # Debian keeps the server's programs off PATH, in one folder per version: newest first.
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
        initdb = find_program("initdb", package="postgresql", folders=folders)
        self._account = unprivileged_account("postgres")
        self.folder = private_folder("postgres", self._account)
        self._log = self.folder / "server.log"
        self._password = secrets.token_hex(16)
        self._numbers = count(1)
        try:
            self._create_cluster(initdb)
            self.port = free_port()
            self.process = spawn(
                [initdb.with_name("postgres"), "-D", self.folder / "data", *self._options()],
                account=self._account,
                log=self._log,
                orphan_signal=signal.SIGQUIT,
            )
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str = "postgres") -> str:
        """The address of one database, as `VIZIUM_DATABASE_URL` takes it."""
        return f"postgresql://{_USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def new_database(self, template: str = "template0") -> Iterator[str]:
        """A database that is gone after the block: empty, or a copy of another one.

        Copying files takes half the time of copying through the log (30 ms against 60).
        """
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement outside a transaction, as CREATE DATABASE needs it."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End the server, its sessions too, and remove its cluster."""
        if hasattr(self, "process"):
            stop(self.process, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create_cluster(self, initdb: Path) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        password_file.chmod(0o644)  # the folder around it is private
        options = (
            f"--username {_USER} --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --no-sync"
        )
        process = spawn(
            [initdb, "-D", self.folder / "data", "--pwfile", password_file, *options.split()],
            account=self._account,
            log=self._log,
        )
        if process.wait() != 0:
            raise RuntimeError(f"initdb failed:\n{log_tail(self._log)}")

    def _options(self) -> list[str]:
        settings = {
            **self._settings,
            "port": str(self.port),
            "unix_socket_directories": self.folder,
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_S_MAX
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    words = f"PostgreSQL did not start:\n{log_tail(self._log)}"
                    raise RuntimeError(words) from None
                time.sleep(0.05)
            else:
                return


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0
