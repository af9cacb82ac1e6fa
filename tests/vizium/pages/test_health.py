import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.factories.site import Browser, open_site
from vizium import settings as house
from vizium.db import migrate
from vizium.db.session import Database
from vizium.jobs.service import enqueue


@pytest.fixture
def broker() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, database: Database, broker: socket.socket) -> Iterator[Browser]:
    port = broker.getsockname()[1]
    environment = {"VIZIUM_DATA_DIR": str(tmp_path), "VIZIUM_MQTT_URL": f"mqtt://127.0.0.1:{port}"}
    with open_site(house.load(environment), database) as browser:
        yield browser


def test_process_says_that_it_lives(site: Browser) -> None:
    answer = site.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_centre_is_ready_when_database_migrations_and_broker_are_there(site: Browser) -> None:
    answer = site.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": True, "migrations": True, "broker": True}


def test_broker_that_is_away_is_named(site: Browser, broker: socket.socket) -> None:
    broker.close()

    answer = site.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "migrations": True, "broker": False}


def test_database_of_an_older_version_is_named(site: Browser, database: Database) -> None:
    migrate.downgrade(database.url, "0001")

    answer = site.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "migrations": False, "broker": True}


def test_metrics_count_jobs_by_state(site: Browser, database: Database, now: datetime) -> None:
    with database.transaction() as session:
        enqueue(session, "k", {}, now=now)

    answer = site.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'vizium_jobs{state="available"} 1\n' in answer.text
    assert 'vizium_jobs{state="discarded"} 0\n' in answer.text
