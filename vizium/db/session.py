"""`Database.transaction()` is the one place that commits.

SQLite takes one writer at a time. A write that begins DEFERRED fails halfway with SQLITE_BUSY when
another came between, so writes begin IMMEDIATE and reads begin DEFERRED, through two entrances;
inside one process writers queue at a lock instead of polling the file.

A connection that the server has closed is noticed when it is taken from the pool, without asking:
its socket has something to read. Only one that has rested is asked, because a network may have lost
it in silence.
"""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

# How long a writer of another process may keep the SQLite file before we give up.
_SQLITE_BUSY_TIMEOUT_MS = 30_000
# As many as stay open; those above are made and closed again, which costs more than a request.
_POSTGRESQL_CONNECTIONS = 16
_POSTGRESQL_CONNECTIONS_MORE = 8
_RESTS_SINCE_S = "rests_since_s"

__all__ = ["URL", "Database", "DatabaseError", "Session", "make_url"]


class Database:
    """An engine with its entrances: `transaction()` for writes, `reading()` for reads.

    Args:
        rested_s: after so long a rest a connection is asked whether it lives.
    """

    def __init__(self, url: str, *, rested_s: float = 30.0) -> None:
        self.url = url
        self.engine = _make_engine(url, rested_s)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer_engine = self.engine.execution_options(begin="IMMEDIATE")
        self._asking_engine = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._writer: threading.Lock | None = threading.Lock() if self.is_sqlite else None
        self._entered = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction: commits when the block ends, rolls back when it raises."""
        assert not getattr(self._entered, "now", False), "transactions do not nest"
        self._entered.now = True
        try:
            with (
                self._writer or nullcontext(),
                Session(self._writer_engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        finally:
            self._entered.now = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent read; whatever it changed is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Session]:
        """One SELECT by itself: it needs no BEGIN and no ROLLBACK, each of them a round trip."""
        with Session(self._asking_engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give all connections back to the system."""
        self.engine.dispose()


def _make_engine(url: str, rested_s: float) -> Engine:
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": _SQLITE_BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        parsed,
        isolation_level="READ COMMITTED",
        pool_size=_POSTGRESQL_CONNECTIONS,
        max_overflow=_POSTGRESQL_CONNECTIONS_MORE,
        pool_use_lifo=True,
    )
    event.listen(engine, "checkout", partial(_refuse_lost, rested_s))
    event.listen(engine, "checkin", _remember_rest)
    return engine


def _refuse_lost(
    rested_s: float,
    connection: Any,  # noqa: ANN401 - the DBAPI's connection has no common type
    record: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    """Let the pool open another connection in place of one that the server has left."""
    now_s = time.monotonic()
    try:
        news = select.poll()
        news.register(connection.fileno(), select.POLLIN)
        if news.poll(0):
            raise DisconnectionError
        if now_s - record.info.get(_RESTS_SINCE_S, now_s) > rested_s:
            connection.execute("")
            connection.rollback()
    except connection.OperationalError as error:
        raise DisconnectionError from error


def _remember_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE_S] = time.monotonic()


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the DBAPI's connection has no common type
    # We emit BEGIN ourselves (see _begin_sqlite); the driver must not.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        # FULL: a confirmed booking survives a power cut, not only a killed process.
        "synchronous = FULL",
        "foreign_keys = ON",
        # Without it INSERT OR REPLACE deletes a row behind the back of an append-only trigger.
        "recursive_triggers = ON",
        f"busy_timeout = {_SQLITE_BUSY_TIMEOUT_MS}",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    how = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {how}")
