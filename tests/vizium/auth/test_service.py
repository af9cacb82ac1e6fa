from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from tests.factories.people import given_link, given_person, given_token
from vizium.auth import service
from vizium.auth.queries import find_by_email, find_by_session, find_by_token, list_people
from vizium.auth.rules import Person, Role
from vizium.auth.service import LINK_KEPT, SESSION_KEPT, NewPerson, save_person
from vizium.db import audit
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, NotFound
from vizium.mail.service import list_mails

SECOND = timedelta(seconds=1)


@pytest.fixture
def liga(database: Database, now: datetime) -> Person:
    return given_person(database, Role.TEACHER, now=now, school="4312901234")


def sign_in(database: Database, path: str, now: datetime, *, old: str | None = None) -> str:
    with database.transaction() as session:
        secret = path.rpartition("/")[2]
        return service.use_link(session, secret, old_secret=old, now=now).secret


def who(database: Database, secret: str, now: datetime) -> Person | None:
    with database.reading() as session:
        return find_by_session(session, secret, now=now)


def test_person_is_found_by_address_in_any_case(database: Database, now: datetime) -> None:
    saved = given_person(database, Role.HOST, Role.DESK, now=now, email="Liga@Example.lv")

    with database.reading() as session:
        assert find_by_email(session, "LIGA@example.lv") == saved
        assert find_by_email(session, "other@example.lv") is None
        assert list_people(session) == [saved]
    assert saved.roles == {Role.HOST, Role.DESK}
    assert saved.email == "liga@example.lv"


def test_person_saved_again_changes_nothing_or_what_is_new(
    database: Database, now: datetime, liga: Person
) -> None:
    same = NewPerson(liga.email, liga.name, liga.roles, liga.language, liga.school)
    other = NewPerson(liga.email, "Līga Cita", frozenset({Role.OFFICE}), "en", "4312901235")

    with database.transaction() as session:
        changed = [save_person(session, each, now=now) for each in (same, other, other)]

    assert changed == [False, True, False]
    with database.reading() as session:
        (found,) = list_people(session)
        acts = [act.action for act in audit.list_acts(session, f"person:{liga.id}")]
    assert (found.id, found.name, found.roles) == (liga.id, "Līga Cita", {Role.OFFICE})
    assert acts == ["auth.save_person"] * 2


def test_person_with_two_money_roles_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        given_person(database, Role.FINANCE_A, Role.FINANCE_B, now=now)

    assert refused.value.code == "duties_not_separate"


def test_link_works_once(database: Database, now: datetime, liga: Person) -> None:
    link = given_link(database, liga, now=now, next_path="/fund")

    secret = sign_in(database, link, now)

    assert who(database, secret, now) == liga
    with pytest.raises(NotFound):
        sign_in(database, link, now)


def test_link_works_for_its_time_and_no_longer(
    database: Database, now: datetime, liga: Person
) -> None:
    early, late = (given_link(database, liga, now=now) for _ in range(2))

    assert sign_in(database, early, now + LINK_KEPT - SECOND)
    with pytest.raises(NotFound):
        sign_in(database, late, now + LINK_KEPT)


def test_unknown_link_is_refused(database: Database, now: datetime) -> None:
    for secret in ("", "x", "x" * 10_000, "\0"):
        with pytest.raises(NotFound):
            sign_in(database, secret, now)


def test_session_ends_after_its_time(database: Database, now: datetime, liga: Person) -> None:
    secret = sign_in(database, given_link(database, liga, now=now), now)

    assert who(database, secret, now + SESSION_KEPT - SECOND) == liga
    assert who(database, secret, now + SESSION_KEPT) is None


def test_signing_in_again_ends_the_older_session_of_the_browser(
    database: Database, now: datetime, liga: Person
) -> None:
    old = sign_in(database, given_link(database, liga, now=now), now)
    new = sign_in(database, given_link(database, liga, now=now), now, old=old)

    assert old != new
    assert (who(database, old, now), who(database, new, now)) == (None, liga)


def test_secrets_are_stored_as_digests_only(
    database: Database, now: datetime, liga: Person
) -> None:
    link = given_link(database, liga, now=now)
    secrets = [link.rpartition("/")[2], given_token(database, liga, now=now)]
    secrets.append(sign_in(database, given_link(database, liga, now=now), now))

    with database.reading() as session:
        rows = [
            str(session.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("auth_link", "auth_session", "auth_token", "audit_entry")
        ]
    assert [secret for secret in secrets if any(secret in row for row in rows)] == []


def test_token_works_until_all_of_the_person_are_revoked(
    database: Database, now: datetime, liga: Person
) -> None:
    tokens = [given_token(database, liga, now=now) for _ in range(2)]
    other = given_token(
        database, given_person(database, Role.DESK, now=now, email="o@example.lv"), now=now
    )

    with database.transaction() as session:
        before = [find_by_token(session, token) for token in tokens]
        service.revoke_tokens(session, liga, by="system", now=now)
        after = [find_by_token(session, token) for token in (*tokens, other)]

    assert before == [liga, liga]
    assert after[:2] == [None, None]
    assert after[2] is not None


def test_person_who_is_no_longer_active_is_nobody(
    database: Database, now: datetime, liga: Person
) -> None:
    secret = sign_in(database, given_link(database, liga, now=now), now)
    token = given_token(database, liga, now=now)

    with database.transaction() as session:
        session.execute(text("UPDATE auth_person SET active = false"))

    with database.reading() as session:
        found = [
            find_by_session(session, secret, now=now),
            find_by_token(session, token),
            find_by_email(session, liga.email),
        ]
        assert (found, list_people(session)) == ([None] * 3, [])


def test_known_address_gets_a_link_in_its_mail_and_an_unknown_one_nothing(
    database: Database, now: datetime, liga: Person
) -> None:
    for email in (liga.email, "nobody@example.lv"):
        with database.transaction() as session:
            service.ask_link(
                session, email, next_path="/", base_url="https://v.example", lang="lv", now=now
            )

    with database.reading() as session:
        (mail,) = list_mails(session)
    assert mail.recipient == liga.email
    (url,) = [
        word for word in mail.text.split() if word.startswith("https://v.example/lv/sign-in/")
    ]
    assert who(database, sign_in(database, url, now), now) == liga


def test_sweep_forgets_sessions_and_links_that_have_run_out(
    database: Database, now: datetime, liga: Person
) -> None:
    secret = sign_in(database, given_link(database, liga, now=now), now)
    later = now + SESSION_KEPT + SECOND
    fresh = given_link(database, liga, now=later)

    with database.transaction() as session:
        service.sweep_sessions(session, now=later)
        counts = [
            session.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("auth_session", "auth_link")
        ]

    assert counts == [0, 1]
    assert who(database, secret, now) is None
    assert sign_in(database, fresh, later)
