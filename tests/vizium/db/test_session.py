import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.servers.gateway import Gateway
from vizium.db.session import Database, DatabaseError, make_url
from vizium.web.limits import RateCount

WRITERS, WRITES_EACH = 16, 10


def write(session: Session, key: str, now: datetime) -> None:
    session.add(RateCount(key=key, window_start=now, used=1))
    session.flush()


def fail_halfway(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        write(session, "a", now)
        raise RuntimeError("halfway")


def keys(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(RateCount.key).order_by(RateCount.key)))


def test_transaction_commits_when_its_block_ends(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        write(session, "a", now)

    assert keys(database) == ["a"]


def test_transaction_rolls_back_when_its_block_raises(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway(database, now)

    assert keys(database) == []


def test_transaction_after_a_failed_one_works(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        fail_halfway(database, now)

    with database.transaction() as session:
        write(session, "b", now)

    assert keys(database) == ["b"]


def test_transaction_is_seen_by_others_only_when_it_has_committed(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        write(session, "a", now)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(keys, database).result() == []

    assert keys(database) == ["a"]


def test_nested_transaction_is_a_mistake_of_the_programmer(database: Database) -> None:
    with (
        database.transaction(),
        pytest.raises(AssertionError, match="do not nest"),
        database.transaction(),
    ):
        pass

    with database.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_transactions_of_two_databases_may_stand_side_by_side(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url)
    with database.transaction() as session:
        write(session, "a", now)
    with other.transaction() as session:
        write(session, "b", now)
    other.close()

    assert keys(database) == ["a", "b"]


def test_what_a_reading_block_writes_is_gone(database: Database, now: datetime) -> None:
    with database.reading() as session:
        write(session, "a", now)

    assert keys(database) == []


def test_rows_can_be_read_after_their_transaction(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        row = RateCount(key="a", window_start=now, used=1)
        session.add(row)

    assert (row.key, row.used) == ("a", 1)


def test_sixteen_writers_of_read_then_write_never_find_the_database_busy(
    database: Database, now: datetime
) -> None:
    def write_some(writer: int) -> None:
        for number in range(WRITES_EACH):
            with database.transaction() as session:
                session.scalars(select(RateCount.key)).all()
                write(session, f"{writer}-{number}", now)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_some, range(WRITERS)))

    assert len(keys(database)) == WRITERS * WRITES_EACH


def test_sixteen_processes_worth_of_connections_never_find_sqlite_busy(
    tmp_path: Path, migrated_sqlite: Path, now: datetime
) -> None:
    """Each has its own `Database`, so no lock of ours queues them: BEGIN IMMEDIATE alone does."""
    url = copy_of(migrated_sqlite, tmp_path)

    def write_some(writer: int) -> None:
        own = Database(url)
        for number in range(WRITES_EACH):
            with own.transaction() as session:
                session.scalars(select(RateCount.key)).all()
                write(session, f"{writer}-{number}", now)
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_some, range(8)))

    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as connection:
        count = connection.execute("SELECT count(*) FROM web_rate_count").fetchone()
    assert count == (8 * WRITES_EACH,)


def test_deferred_begin_finds_sqlite_busy(tmp_path: Path, migrated_sqlite: Path) -> None:
    """The negative control: two that read before they write, and one of them must fail."""
    path = Path(copy_of(migrated_sqlite, tmp_path).removeprefix("sqlite:///"))
    insert = "INSERT INTO web_rate_count VALUES (?, '2027-01-01', 1)"
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as first,
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as second,
    ):
        for connection in (first, second):
            connection.execute("BEGIN DEFERRED")
            connection.execute("SELECT count(*) FROM web_rate_count").fetchone()
        first.execute(insert, ("a",))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute(insert, ("b",))


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)],
)
def test_each_sqlite_connection_keeps_our_rules(tmp_path: Path, pragma: str, value: object) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")

    with database.reading() as reading:
        assert reading.scalar(text(f"PRAGMA {pragma}")) == value
    with database.transaction() as writing:
        assert writing.scalar(text(f"PRAGMA {pragma}")) == value
    database.close()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_transaction_works_after_the_server_has_ended_all_connections(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url)
    keys(database)

    with other.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with database.transaction() as session:
        write(session, "a", now)

    assert keys(database) == ["a"]
    other.close()


@pytest.fixture
def gateway(database_url: str) -> Iterator[Gateway]:
    gateway = Gateway(make_url(database_url).port or 5432)
    yield gateway
    gateway.close()


def behind(gateway: Gateway, database_url: str) -> str:
    return make_url(database_url).set(port=gateway.port).render_as_string(hide_password=False)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_connection_that_the_network_forgot_is_replaced_after_a_rest(
    gateway: Gateway, database_url: str, now: datetime
) -> None:
    database = Database(behind(gateway, database_url), rested_s=0.0)
    keys(database)

    gateway.forget()
    with database.transaction() as session:
        write(session, "a", now)

    assert keys(database) == ["a"]
    database.close()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_connection_that_the_network_forgot_before_a_rest_fails_one_request(
    gateway: Gateway, database_url: str, now: datetime
) -> None:
    """The control: nobody asks, so the connection is taken, and only the next request works."""
    database = Database(behind(gateway, database_url), rested_s=3600.0)
    keys(database)

    gateway.forget()
    with pytest.raises(DatabaseError), database.transaction() as session:
        write(session, "a", now)
    with database.transaction() as session:
        write(session, "b", now)

    assert keys(database) == ["b"]
    database.close()


def test_sqlite_readers_do_not_wait_for_a_writer(
    tmp_path: Path, migrated_sqlite: Path, now: datetime
) -> None:
    database = Database(copy_of(migrated_sqlite, tmp_path))
    may_end = threading.Event()
    has_written = threading.Event()

    def keep_writing() -> None:
        with database.transaction() as session:
            write(session, "a", now)
            has_written.set()
            may_end.wait(10)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(keep_writing)
        has_written.wait(10)
        seen_meanwhile = keys(database)
        may_end.set()
        writing.result()

    assert (seen_meanwhile, keys(database)) == ([], ["a"])
    database.close()


def copy_of(migrated: Path, folder: Path) -> str:
    copy = folder / "copy.sqlite"
    copy.write_bytes(migrated.read_bytes())
    return f"sqlite:///{copy}"
