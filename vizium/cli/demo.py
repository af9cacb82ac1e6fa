"""The demo's sample centre: its rows, its weeks, its people's links and tokens."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from vizium.auth.queries import list_people
from vizium.auth.rules import Role
from vizium.auth.service import make_link, make_token, revoke_tokens
from vizium.cli.sample import load_sample, publish_more
from vizium.cli.sample_cells import FOLDER
from vizium.cli.start import open_database
from vizium.db.commands import Answer, begin_command, end_command, find_answer
from vizium.kernel.clock import local_date, system_now
from vizium.kernel.ids import fingerprint
from vizium.settings import Settings

_WEEK = timedelta(days=7)
# A newcomer waits for these; the weeks after them come while the centre serves.
_PUBLISHED_AT_START = 2 * _WEEK
_PUBLISHED_AHEAD = 18 * _WEEK
# Between two weeks others may write.
_BREATH_S = 0.5


def load(settings: Settings) -> None:
    """Load the sample centre with its next weeks; files that were loaded today are left alone."""
    database = open_database(settings)
    now = system_now()
    key = f"sample/{_fingerprint(now)}"
    try:
        with database.reading() as session:
            if find_answer(session, key) is not None:
                return
        load_sample(
            database, now=now, secret_key=settings.secret_key, published=_PUBLISHED_AT_START
        )
        with database.transaction() as session:
            begin_command(session, key, fingerprint="", now=now)
            end_command(session, key, Answer(200, b""))
    finally:
        database.close()


def publish_ahead(settings: Settings, stop: threading.Event) -> None:
    """Publish the later weeks while the centre serves already, a week at a time."""
    database = open_database(settings)
    first, now = _PUBLISHED_AT_START, system_now()
    while first < _PUBLISHED_AHEAD and not stop.wait(_BREATH_S):
        publish_more(database, now=now, first=first, last=first + _WEEK)
        first += _WEEK
    database.close()


def _fingerprint(now: datetime) -> str:
    files = sorted(path for path in FOLDER.iterdir() if path.is_file())
    return fingerprint(b"".join([str(local_date(now)).encode(), *(f.read_bytes() for f in files)]))


def welcome(settings: Settings, *, now: datetime) -> Iterator[str]:
    """One sign-in link and one API token for each role."""
    database = open_database(settings)
    try:
        with database.transaction() as session:
            people = {person.email: person for person in list_people(session)}
            for role in Role:
                person = people[f"{role.value}@vizium.example"]
                revoke_tokens(session, person, by="system", now=now)
                url = make_link(
                    session, person, next_path="/", base_url=settings.base_url, lang="lv", now=now
                )
                token = make_token(session, person, name="demo", by="system", now=now)
                yield f"sign-in {role.value} {url}"
                yield f"token {role.value} {token}"
    finally:
        database.close()
