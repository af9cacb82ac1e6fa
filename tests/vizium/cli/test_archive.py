"""What was backed up comes back: rows, files, secret key."""

import io
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from tests.factories.people import given_person
from tests.servers.process import find_program
from vizium import settings as house
from vizium.auth.queries import list_people
from vizium.auth.rules import Role
from vizium.cli.archive import read_backup, write_backup
from vizium.db import audit, migrate
from vizium.db.session import Database
from vizium.files.service import read_file, store_evidence
from vizium.kernel.errors import SettingsError
from vizium.settings import Settings

PDF = b"%PDF-1.7 receipt"


def centre(folder: Path, url: str) -> Settings:
    return house.load({"VIZIUM_DATA_DIR": str(folder), "VIZIUM_DATABASE_URL": url})


@pytest.fixture
def another_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Makes one more empty database of the same kind."""
    with ExitStack() as stack:

        def make() -> str:
            if database_kind == "sqlite":
                return f"sqlite:///{tmp_path / 'another.sqlite'}"
            for tool in ("pg_dump", "pg_restore"):
                find_program(tool, package="postgresql-client")
            server = request.getfixturevalue("postgres")
            url: str = stack.enter_context(server.new_database())
            return url

        yield make


def test_backup_comes_back_whole(
    database: Database, another_url: Callable[[], str], tmp_path: Path, now: datetime
) -> None:
    old = centre(tmp_path / "old", database.url)
    liga = given_person(database, Role.DESK, now=now)
    evidence = store_evidence(old.data_dir / "files", PDF, field="invoice")
    new_url = another_url()

    size = write_backup(old, tmp_path / "backup.tar.gz")
    given_person(database, Role.HOST, now=now, email="later@example.lv")
    new = centre(tmp_path / "new", new_url)
    read_backup(new, tmp_path / "backup.tar.gz")

    assert size == (tmp_path / "backup.tar.gz").stat().st_size
    assert migrate.current(new_url) == migrate.head()
    restored = Database(new_url)
    with restored.reading() as session:
        assert list_people(session) == [liga]
        assert len(audit.list_acts(session, f"person:{liga.id}")) == 1
    restored.close()
    assert read_file(new.data_dir / "files", evidence.sha256) == PDF
    secret = new.data_dir / "secret-key"
    assert secret.read_text() == old.secret_key
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_backup_brought_back_over_a_used_centre_replaces_it(
    database: Database, tmp_path: Path, now: datetime, database_kind: str
) -> None:
    if database_kind == "postgresql":
        find_program("pg_dump", package="postgresql-client")
    settings = centre(tmp_path / "data", database.url)
    given_person(database, Role.DESK, now=now)
    write_backup(settings, tmp_path / "backup.tar.gz")
    given_person(database, Role.HOST, now=now, email="later@example.lv")

    database.close()
    read_backup(settings, tmp_path / "backup.tar.gz")

    with database.reading() as session:
        assert [person.email for person in list_people(session)] == ["liga@example.lv"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_backup_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    write_backup(centre(tmp_path / "data", database.url), tmp_path / "backup.tar.gz")

    assert stat.S_IMODE((tmp_path / "backup.tar.gz").stat().st_mode) == 0o600


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_backup_that_cannot_be_written_is_told_and_leaves_nothing(
    database: Database, tmp_path: Path
) -> None:
    settings = centre(tmp_path / "data", database.url)

    with pytest.raises(SettingsError, match="no-such-folder"):
        write_backup(settings, tmp_path / "no-such-folder" / "backup.tar.gz")

    assert [path.name for path in settings.data_dir.iterdir()] == ["secret-key"]


def archive(folder: Path, **members: bytes) -> Path:
    file = folder / "hostile.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file


def test_archive_that_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    settings = centre(tmp_path / "data", "")
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"not an archive")
    key = settings.secret_key

    for file in (
        garbage,
        tmp_path / "missing",
        archive(tmp_path, other=b"x"),
    ):
        with pytest.raises(SettingsError, match="not a backup of vizium"):
            read_backup(settings, file)

    assert centre(tmp_path / "data", "").secret_key == key
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret-key"]


def test_archive_that_reaches_outside_is_refused(tmp_path: Path) -> None:
    settings = centre(tmp_path / "data", "")

    for name in ("files/../../../escaped", "files/../../escaped"):
        with pytest.raises(SettingsError, match="not a backup of vizium"):
            read_backup(settings, archive(tmp_path, **{"database": b"", name: b"x"}))

    assert list(tmp_path.rglob("escaped")) == []


def test_archive_whose_database_is_damaged_is_refused(tmp_path: Path) -> None:
    settings = centre(tmp_path / "data", "")

    with pytest.raises(SettingsError, match="not a backup of vizium"):
        read_backup(settings, archive(tmp_path, database=b"damaged" * 1000))

    assert (settings.data_dir / "secret-key").read_text() == settings.secret_key
    assert not any(path.is_dir() for path in settings.data_dir.iterdir())
