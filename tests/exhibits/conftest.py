"""A running web application over a small floor, and people who may see it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient

from edge.wire.messages import Severity
from tests.factories.exhibits import (
    alert,
    birth,
    given_exhibits,
    given_heard,
    heartbeat,
    online,
    use,
)
from vizium.app import create_app
from vizium.auth.guards import SESSION_COOKIE
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Role
from vizium.auth.service import NewPerson, make_link, make_token, save_person, use_link
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.settings import load

SignIn = Callable[..., str]


@pytest.fixture
def at() -> datetime:
    """The web reads the clock, so what it is shown has just happened."""
    return system_now()


@pytest.fixture
def floor(database: Database, at: datetime) -> Database:
    """Three exhibits: one in use, one faulty, one never heard."""
    with database.transaction() as session:
        given_exhibits(session, "ex-001", "ex-002", "ex-003")
        given_heard(
            session,
            [
                online("ex-001", at),
                birth("ex-001", at),
                use("ex-001", 1, at),
                heartbeat("ex-002", at),
                alert("ex-002", Severity.FAULT),
            ],
            at,
        )
    return database


@pytest.fixture
def client(floor: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A browser that has signed in nowhere yet."""
    settings = load({"VIZIUM_DATA_DIR": str(tmp_path / "data")})
    with TestClient(create_app(settings, floor), base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def sign_in(client: TestClient, floor: Database, at: datetime) -> SignIn:
    """Sign the browser in as somebody with these roles; gives a token for the API back."""

    def signed_in(*roles: Role) -> str:
        email = "-".join(sorted(roles)) + "@sample.invalid"
        with floor.transaction() as session:
            save_person(session, NewPerson(email, "Parauga Persona", frozenset(roles)), now=at)
            person = find_by_email(session, email)
            assert person is not None
            link = make_link(session, person, next_path="/", base_url="http://x", lang="lv", now=at)
            secret = use_link(session, link.rpartition("/")[2], old_secret=None, now=at).secret
            token = make_token(session, person, name="test", by=person.id, now=at)
        client.cookies.set(SESSION_COOKIE, secret)
        return token

    return signed_in


def csrf_token(html: str) -> str:
    """The hidden token of the first form of a page."""
    return html.split('name="_csrf_token" value="')[1].split('"', maxsplit=1)[0]


def form_key(html: str) -> str:
    """The hidden key of a page's form."""
    return html.split('name="key" value="')[1].split('"', maxsplit=1)[0]
