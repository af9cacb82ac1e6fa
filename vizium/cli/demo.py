"""The demo's sample centre: its folder, its people's links and tokens."""

import shutil
from collections.abc import Iterator, MutableMapping
from datetime import datetime
from pathlib import Path

from vizium.auth.queries import list_people
from vizium.auth.rules import Role
from vizium.auth.service import make_link, make_token, revoke_tokens
from vizium.cli.sample import load_sample
from vizium.cli.start import open_database
from vizium.kernel.clock import system_now
from vizium.kernel.errors import SettingsError
from vizium.settings import Settings


def prepare_environment(environment: MutableMapping[str, str], *, fresh: bool) -> None:
    """Choose the demo's own folder and take ``PORT`` and ``MQTT_PORT`` as short names."""
    environment.setdefault("VIZIUM_DATA_DIR", "var/demo")
    for short in ("PORT", "MQTT_PORT"):
        if environment.get(short, "").strip():
            environment.setdefault(f"VIZIUM_{short}", environment[short])
    if fresh:
        folder = Path(environment["VIZIUM_DATA_DIR"])
        if folder.exists() and not (folder / "secret-key").exists():
            raise SettingsError(f"{folder} does not look like a data folder of vizium; not erased.")
        shutil.rmtree(folder, ignore_errors=True)


def load(settings: Settings) -> None:
    """Load the sample centre; a second start changes nothing that stands."""
    database = open_database(settings)
    try:
        load_sample(database, now=system_now(), secret_key=settings.secret_key)
    finally:
        database.close()


def welcome(settings: Settings, *, now: datetime) -> Iterator[str]:
    """One sign-in link and one API token for each role."""
    database = open_database(settings)
    try:
        with database.transaction() as session:
            people = list_people(session)
            for role in Role:
                person = next(each for each in people if role in each.roles)
                revoke_tokens(session, person, by="system", now=now)
                url = make_link(
                    session, person, next_path="/", base_url=settings.base_url, lang="lv", now=now
                )
                token = make_token(session, person, name="demo", by="system", now=now)
                yield f"sign-in {role.value} {url}"
                yield f"token {role.value} {token}"
    finally:
        database.close()


__all__ = ["load", "prepare_environment", "welcome"]
