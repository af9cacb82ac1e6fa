"""Every command explains itself, and every refusal is one sentence with exit code 1."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.factories.people import given_person
from tests.vizium.cli.conftest import Vizium
from vizium.auth.queries import find_by_token
from vizium.auth.rules import Role
from vizium.cli import COMMANDS
from vizium.db import migrate
from vizium.db.session import Database
from vizium.settings import DOCUMENTED


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VIZIUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VIZIUM_DATA_DIR", str(tmp_path / "data"))


def sentence(err: str) -> str:
    (line,) = err.splitlines()
    assert line.startswith("vizium: ")
    assert line.endswith(".")
    assert "Traceback" not in err
    return line


def migrated_url(migrated_sqlite: Path, folder: Path) -> str:
    copy = folder / "centre.sqlite"
    copy.write_bytes(migrated_sqlite.read_bytes())
    return f"sqlite:///{copy}"


def test_module_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vizium.cli", "--help"], capture_output=True, text=True, check=True
    )

    listed = [
        line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line
    ]
    assert set(COMMANDS) <= set(listed)
    assert done.stderr == ""


@pytest.mark.parametrize("name", list(COMMANDS))
def test_command_explains_itself(vizium: Vizium, name: str) -> None:
    said = vizium(name, "--help")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: vizium {name} ")
    assert len(said.out.splitlines()[2].strip()) > 10


def test_wrong_words_end_with_two(vizium: Vizium) -> None:
    for words in (
        ["fly"],
        ["check", "--fast"],
        ["restore"],
        ["restore", "no-such-file"],
        ["token"],
    ):
        said = vizium(*words)
        assert (said.code, said.out) == (2, ""), words
        assert "Usage:" in said.err


@pytest.mark.parametrize("name", ["serve", "worker", "migrate", "check", "doctor", "run"])
def test_wrong_setting_ends_the_start_with_one_sentence(vizium: Vizium, name: str) -> None:
    said = vizium(name, VIZIUM_LOG_LEVEL="loud")

    assert (said.code, said.out) == (1, "")
    assert "VIZIUM_LOG_LEVEL is 'loud'" in sentence(said.err)


@pytest.mark.parametrize("name", ["serve", "run", "demo"])
def test_busy_port_ends_the_start_with_one_sentence(vizium: Vizium, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = vizium(name, VIZIUM_PORT=port)

    assert said.code == 1
    assert f"Port {port} on 127.0.0.1" in sentence(said.err)
    assert "VIZIUM_PORT" in said.err


@pytest.mark.parametrize(
    "name", ["serve", "worker", "check", "migrate", "sample", "doctor", "backup"]
)
def test_database_from_the_future_ends_the_start_with_one_sentence(
    vizium: Vizium, migrated_sqlite: Path, tmp_path: Path, name: str
) -> None:
    url = migrated_url(migrated_sqlite, tmp_path)
    with closing(sqlite3.connect(tmp_path / "centre.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    words = [name, str(tmp_path / "b.tar.gz")] if name == "backup" else [name]
    said = vizium(*words, VIZIUM_DATABASE_URL=url)

    assert said.code == 1
    assert "9999" in said.err + said.out
    assert migrate.current(url) == "9999"
    if name != "doctor":
        sentence(said.err)


@pytest.mark.parametrize("name", ["serve", "check", "migrate", "doctor"])
def test_database_that_is_away_ends_the_start_with_one_sentence(vizium: Vizium, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as freed:
        port = freed.getsockname()[1]
    url = f"postgresql://user:hush-hush@127.0.0.1:{port}/centre"

    said = vizium(name, VIZIUM_DATABASE_URL=url)

    assert said.code == 1
    assert "VIZIUM_DATABASE_URL" in sentence(said.err)
    assert "hush" not in said.err


def test_file_that_is_no_database_is_told_in_one_sentence(vizium: Vizium, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database at all\n" * 500)

    said = vizium("migrate", VIZIUM_DATABASE_URL=f"sqlite:///{tmp_path / 'notes.txt'}")

    assert said.code == 1
    assert "VIZIUM_DATABASE_URL" in sentence(said.err)


def test_empty_database_says_to_migrate_and_migrate_mends_it(vizium: Vizium) -> None:
    refused = vizium("check")
    first = vizium("migrate", "--json")
    again = vizium("migrate", "--json")
    checked = vizium("check", "--json")

    assert refused.code == 1
    assert "vizium migrate" in sentence(refused.err)
    assert json.loads(first.out) == {"from": None, "to": migrate.head()}
    assert json.loads(again.out) == {"from": migrate.head(), "to": migrate.head()}
    assert checked.code == 0
    assert json.loads(checked.out)["ok"] is True


def test_settings_lists_every_setting_and_no_value(vizium: Vizium) -> None:
    words, rows = vizium("settings"), vizium("settings", "--json")

    assert [row["name"] for row in json.loads(rows.out)] == [each.name for each in DOCUMENTED]
    assert all(each.name in words.out and each.does in words.out for each in DOCUMENTED)


def test_doctor_says_what_to_do(vizium: Vizium, migrated_sqlite: Path, tmp_path: Path) -> None:
    ill, well = (
        vizium("doctor"),
        vizium("doctor", VIZIUM_DATABASE_URL=migrated_url(migrated_sqlite, tmp_path)),
    )

    assert (ill.code, well.code) == (1, 0)
    assert "vizium migrate" in ill.out
    assert "vizium migrate" not in well.out


def test_token_is_made_for_a_person_and_revoked(
    vizium: Vizium, database: Database, now: datetime
) -> None:
    given_person(database, Role.DESK, now=now)

    made = vizium("token", "create", "Liga@example.lv", "--json", VIZIUM_DATABASE_URL=database.url)
    token = json.loads(made.out)["token"]
    with database.reading() as session:
        found = find_by_token(session, token)
    revoked = vizium("token", "revoke", "liga@example.lv")
    with database.reading() as session:
        gone = find_by_token(session, token)

    assert found is not None
    assert (found.email, revoked.code, gone) == ("liga@example.lv", 0, None)


def test_token_for_nobody_is_refused(vizium: Vizium, database: Database) -> None:
    said = vizium("token", "create", "nobody@example.lv", VIZIUM_DATABASE_URL=database.url)

    assert (said.code, said.out) == (1, "")
    assert "nobody@example.lv" in said.err
    assert len(said.err.splitlines()) == 1
