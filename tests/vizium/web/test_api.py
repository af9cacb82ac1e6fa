"""A call of the API: who calls, in which language, and its one answer."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from httpx import Response as Answer
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.orm import Session

from tests.factories.people import given_person, given_token
from tests.factories.site import Browser, open_site
from vizium.auth.guards import SESSION_COOKIE, requires, signed_in
from vizium.auth.rules import Person, Role
from vizium.auth.service import revoke_tokens
from vizium.db import audit
from vizium.db.session import Database
from vizium.settings import Settings
from vizium.web.api import Body, Call, answer, answer_once


class Wish(Body):
    """What the tests' own call takes."""

    pupils: int


@get("/api/v1/tests/me", sync_to_thread=True, guards=[signed_in])
def show_me(person: NamedDependency[Person]) -> Response[bytes]:
    """Who calls."""
    return answer({"email": person.email})


@get("/api/v1/tests/desk", sync_to_thread=True, guards=[requires(Role.DESK)])
def show_desk() -> Response[bytes]:
    """For the desk."""
    return answer({"desk": True})


@post("/api/v1/tests/wishes", sync_to_thread=True)
def create_wish(
    call: NamedDependency[Call], database: NamedDependency[Database], data: JSONBody[Wish]
) -> Response[bytes]:
    """Count how often it acted."""

    def act(session: Session) -> object:
        audit.record(session, by="school", action="a.b", subject="wish:1", now=call.now)
        return {"acts": len(audit.list_acts(session, "wish:1")), "pupils": data.pupils}

    return answer_once(call, database, act, status=201)


@pytest.fixture
def site(settings: Settings, database: Database) -> Iterator[Browser]:
    with open_site(settings, database, show_me, show_desk, create_wish) as browser:
        yield browser


def wish(site: Browser, key: str | None, body: str = '{"pupils": 3}', **headers: str) -> Answer:
    keyed = headers if key is None else {"idempotency-key": key, **headers}
    return site.post("/api/v1/tests/wishes", content=body, headers=keyed)


def test_call_sent_again_gets_its_answer_byte_for_byte_and_acts_once(site: Browser) -> None:
    answers = [wish(site, "key-of-client") for _ in range(3)]

    assert {(each.status_code, each.content) for each in answers} == {
        (201, b'{"acts":1,"pupils":3}')
    }
    assert wish(site, "another-key").json() == {"acts": 2, "pupils": 3}


def test_key_belongs_to_its_caller(site: Browser, database: Database, now: datetime) -> None:
    person = given_person(database, Role.DESK, now=now)
    bearer = f"Bearer {given_token(database, person, now=now)}"

    wish(site, "key-of-client")

    assert wish(site, "key-of-client", authorization=bearer).json()["acts"] == 2


def test_key_that_is_missing_malformed_or_used_for_another_body_is_refused(site: Browser) -> None:
    wish(site, "key-of-client")

    codes = [
        wish(site, key, body).json()["errors"][0]["code"]
        for key, body in [
            (None, '{"pupils": 3}'),
            ("short", '{"pupils": 3}'),
            ("x" * 5000 + "/long-enough", '{"pupils": 3}'),
            ("key-of-client", '{"pupils": 4}'),
        ]
    ]

    assert codes == ["key_missing", "key_form", "key_form", "key_reused"]


def test_nul_in_a_body_is_refused_on_both_databases(site: Browser) -> None:
    assert wish(site, "key-of-client", '{"pupils": 3, "x": "\\u0000"}').status_code == 422


def test_token_says_who_calls_until_it_is_revoked(
    site: Browser, database: Database, now: datetime
) -> None:
    person = given_person(database, Role.DESK, now=now)
    headers = {"authorization": f"Bearer {given_token(database, person, now=now)}"}

    assert site.get("/api/v1/tests/me", headers=headers).json() == {"email": "liga@example.lv"}
    with database.transaction() as session:
        revoke_tokens(session, person, by="system", now=now)
    refused = site.get("/api/v1/tests/me", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_needed")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_role_that_a_call_needs_is_refused_to_others(
    site: Browser, database: Database, now: datetime
) -> None:
    person = given_person(database, Role.TECHNICIAN, now=now)
    headers = {"authorization": f"Bearer {given_token(database, person, now=now)}"}

    refused = site.get("/api/v1/tests/desk", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


def test_wrong_words_of_authorization_are_nobody(
    site: Browser, database: Database, now: datetime
) -> None:
    token = given_token(database, given_person(database, Role.DESK, now=now), now=now)

    for words in ("", "Bearer", "Bearer ", f"Basic {token}", token, "Bearer " + "x" * 10_000):
        refused = site.get("/api/v1/tests/me", headers={"authorization": words})
        assert refused.status_code == 401, words
    site.cookies.set(SESSION_COOKIE, token)
    assert site.get("/api/v1/tests/me").status_code == 401, "a cookie is no token"
