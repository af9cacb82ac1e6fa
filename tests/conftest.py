"""What every test may ask for: a migrated database of either kind, a real broker, a real browser.

A server that is not on this machine skips the tests that need it and says why; with CI=true that is
an error. The last lines of a run count what ran on which real thing.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import chromium
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import MissingSoftwareError
from tests.servers.tally import Tally, servers_of
from vizium.db import migrate
from vizium.db.session import Database

_TALLY = pytest.StashKey[Tally]()
# No test asserts on a time. A run that decides over a landing tries the same examples each time,
# everywhere else new ones.
hypothesis.settings.register_profile("home", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "home")


@pytest.fixture
def now() -> datetime:
    """A Monday morning in the school year; no test reads the clock."""
    return datetime(2027, 2, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs a test once on SQLite and once on PostgreSQL."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run; each test gets its own database in it."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of an empty centre's database, to be copied."""
    postgres.run("CREATE DATABASE migrated")
    migrate.upgrade(postgres.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty centre in one file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite"
    migrate.upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A migrated database of this test alone, on either kind."""
    if database_kind == "sqlite":
        path = tmp_path / "vizium.sqlite"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("migrated_postgres")
        with request.getfixturevalue("postgres").new_database(template) as url:
            yield url


@pytest.fixture
def empty_database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A database without any table, of this test alone, on either kind."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        with request.getfixturevalue("postgres").new_database() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The two entrances to `database_url`."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker of this test alone, open to all on loopback."""
    broker = Mosquitto()
    yield broker
    broker.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page with its own empty profile: `browser_page(viewport=DESKTOP)`.

    A phone of 360 x 740 unless told; other words go to Playwright's `new_context`, for example
    `java_script_enabled=False` or `locale="lv"`.
    """
    with ExitStack() as profiles:

        def open_page(**options: Any) -> Page:
            context = browser.new_context(**{"viewport": chromium.PHONE, **options})
            profiles.callback(context.close)
            return context.new_page()

        yield open_page


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TALLY] = Tally()
    config.pluginmanager.register(_Reports(config.stash[_TALLY]))


class _Reports:
    """Hears the report of every test, whichever process ran it."""

    def __init__(self, tally: Tally) -> None:
        self.pytest_runtest_logreport = tally.count


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop running in this thread, where `asyncio.run` then refuses:
    # the browser's tests come last.
    items.sort(key=lambda item: "Chromium" in servers_of(item))
    for item in items:
        item.user_properties.append(("servers", " ".join(sorted(servers_of(item)))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with _missing_software_is_named(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _missing_software_is_named(item):
        yield


@contextmanager
def _missing_software_is_named(item: pytest.Item) -> Iterator[None]:
    try:
        yield
    except MissingSoftwareError as missing:
        if os.environ.get("CI") == "true":
            raise
        item.user_properties.append(("missing", str(missing)))
        pytest.skip(str(missing))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.section("real servers")
    for line in config.stash[_TALLY].lines():
        terminalreporter.write_line(line)
