"""One archive of the whole centre: the database as it was at one instant, files, secret key.

SQLite is copied by its own online backup; for PostgreSQL, `pg_dump` writes its custom format. The
archive holds the secret key and people's data: keep it like the key of the house.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from vizium.db.session import URL, make_url
from vizium.kernel.errors import SettingsError
from vizium.settings import Settings

_DATABASE = "database"
_FILES = "files"
_SECRET = "secret-key"  # noqa: S105 - the name of a file
_MEMBERS = (_DATABASE, _FILES, _SECRET)


def write_backup(settings: Settings, file: Path) -> int:
    """Write the archive; returns its size in bytes.

    Raises:
        SettingsError: the file cannot be written, or ``pg_dump`` is missing or fails.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        copy = Path(folder) / _DATABASE
        _dump(make_url(settings.database_url), copy)
        part = file.with_name(file.name + ".part")
        try:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            with tarfile.open(part, "w:gz") as tar:
                tar.add(copy, _DATABASE)
                for name in (_FILES, _SECRET):
                    if (settings.data_dir / name).exists():
                        tar.add(settings.data_dir / name, name)
            part.replace(file)
        except OSError as error:
            raise SettingsError(f"{file} cannot be written ({error.strerror}).") from error
    return file.stat().st_size


def read_backup(settings: Settings, file: Path) -> None:
    """Replace database, files and secret key by those of an archive.

    Raises:
        SettingsError: it is no backup of vizium, or ``pg_restore`` is missing or fails.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        try:
            with tarfile.open(file, "r:gz") as tar:
                wanted = [m for m in tar.getmembers() if m.name.split("/")[0] in _MEMBERS]
                tar.extractall(folder, members=wanted, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise SettingsError(f"{file} is not a backup of vizium ({error}).") from error
        found = Path(folder)
        if not (found / _DATABASE).exists():
            raise SettingsError(f"{file} is not a backup of vizium (it holds no database).")
        try:
            _load(make_url(settings.database_url), found / _DATABASE)
        except sqlite3.DatabaseError as error:
            raise SettingsError(f"{file} is not a backup of vizium ({error}).") from error
        if (found / _FILES).exists():
            shutil.copytree(found / _FILES, settings.data_dir / _FILES, dirs_exist_ok=True)
        if (found / _SECRET).exists():
            shutil.copy2(found / _SECRET, settings.data_dir / _SECRET)


def _dump(url: URL, copy: Path) -> None:
    if url.get_backend_name() == "sqlite":
        with (
            closing(sqlite3.connect(str(url.database))) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        return
    _run("pg_dump", url, "--format=custom", f"--file={copy}")


def _load(url: URL, copy: Path) -> None:
    if url.get_backend_name() == "sqlite":
        with (
            closing(sqlite3.connect(copy)) as source,
            closing(sqlite3.connect(str(url.database))) as target,
        ):
            source.backup(target)
        return
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    _run("pg_restore", url, *options, str(copy))


def _run(tool: str, url: URL, *words: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise SettingsError(f"{tool} is not installed; install PostgreSQL's client programs.")
    # Everybody on the machine can read the words of a command, but not its environment.
    address = url._replace(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - fixed tools, our own words
        [path, f"--dbname={address}", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **password},
    )
    if done.returncode != 0:
        raise SettingsError(f"{tool} failed: {done.stderr.strip().splitlines()[-1:]}")
