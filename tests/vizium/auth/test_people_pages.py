"""The pages of people: who looks, who changes, what is said."""

import re
from datetime import datetime
from html import unescape

import pytest
from httpx import Response

from tests.factories.people import given_link, given_person, given_token
from tests.factories.site import Browser, submit
from vizium.auth.queries import get_account, list_accounts
from vizium.auth.rules import OPEN_TO, STAFF_ROLES, Desk, Person, Role
from vizium.db.session import Database
from vizium.kernel.clock import system_now
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LIST = "/lv/staff/people"


@pytest.fixture
def real_now() -> datetime:
    """Handlers read the clock, so what they are to find is made at the present instant."""
    return system_now()


@pytest.fixture
def admin(site: Browser, database: Database, real_now: datetime) -> Person:
    """An administrator who is signed in."""
    person = given_person(database, Role.ADMIN, now=real_now, email="admin@example.lv")
    submit(site, given_link(database, person, now=real_now))
    return person


@pytest.fixture
def host(database: Database, real_now: datetime) -> Person:
    return given_person(database, Role.HOST, now=real_now, email="host@example.lv")


def _text(answer: Response) -> str:
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(main)))


def _roles(database: Database, person: Person) -> set[Role]:
    with database.reading() as session:
        return set(get_account(session, person.id).roles)


def _filled(**changes: object) -> dict[str, object]:
    return {
        "key": "people-key-1",
        "name": "Jana Parauga",
        "language": "lv",
        "roles": ["host"],
    } | changes


@pytest.mark.usefixtures("admin")
def test_invitation_is_sent_once_however_often_the_form_is(
    site: Browser, database: Database
) -> None:
    fields = _filled(email="jana@example.lv")

    answers = [submit(site, LIST, fields) for _ in range(2)]

    assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}
    with database.reading() as session:
        assert [mail.recipient for mail in list_mails(session)] == ["jana@example.lv"]
    shown = _text(site.get(answers[0].headers["location"]))
    assert "ielūgts, vēl nav ienācis" in shown
    assert "Nosūtīt ielūgumu vēlreiz" in shown


@pytest.mark.usefixtures("admin")
def test_wrong_invitation_says_what_and_leads_to_the_known_account(
    site: Browser, host: Person
) -> None:
    empty = submit(site, LIST, {"key": "people-key-2", "roles": []})
    assert empty.status_code == 422
    for field in ("email", "name", "language"):
        assert f'href="#{field}"' in empty.text

    known = submit(site, LIST, _filled(email=host.email))

    assert known.status_code == 422
    assert f"/staff/people/{host.id}" in known.text
    assert "jau ir" in _text(known)


@pytest.mark.usefixtures("admin")
def test_roles_change_and_a_stale_form_shows_what_stands_now(
    site: Browser, database: Database, host: Person
) -> None:
    path = f"{LIST}/{host.id}"
    changed = submit(site, path, _filled(version="1", roles=["host", "desk"]))
    assert changed.status_code == 303
    assert _roles(database, host) == {Role.HOST, Role.DESK}

    stale = submit(site, path, _filled(key="people-key-3", version="1", roles=["director"]))

    assert stale.status_code == 409
    assert "Kāds tikko ir mainījis šo kontu" in _text(stale)
    assert re.search(r'value="director" checked', stale.text)
    assert _roles(database, host) == {Role.HOST, Role.DESK}


def test_administrator_cannot_raise_or_remove_themselves(
    site: Browser, database: Database, admin: Person
) -> None:
    path = f"{LIST}/{admin.id}"

    raised = submit(site, path, _filled(version="1", roles=["admin", "payer"]))
    gone = submit(site, f"{path}/deactivation", {"key": "people-key-4", "version": "1"})

    assert (raised.status_code, gone.status_code) == (422, 409)
    assert "Sev lomas pielikt nevar" in _text(raised)
    assert "cits administrators" in _text(gone)
    assert _roles(database, admin) == {Role.ADMIN}


@pytest.mark.usefixtures("admin")
def test_person_is_let_out_and_in_again(
    site: Browser, database: Database, host: Person, real_now: datetime
) -> None:
    given_token(database, host, now=real_now)
    path = f"{LIST}/{host.id}"

    submit(site, f"{path}/deactivation", {"key": "people-key-5", "version": "1"})
    out = _text(site.get(path))
    submit(site, f"{path}/activation", {"key": "people-key-6", "version": "2"})

    assert "deaktivizēts" in out
    assert "atsaukta" in out
    assert "deaktivizēts" not in _text(site.get(path)).partition("Kas darīts")[0].lower()[:400]


@pytest.mark.usefixtures("admin", "host")
def test_list_has_the_staff_and_finds_teachers_by_a_word(
    site: Browser, database: Database, real_now: datetime
) -> None:
    given_person(database, Role.TEACHER, now=real_now, email="t@skola.example", school="1")

    assert "t@skola.example" not in site.get(LIST).text
    assert "host@example.lv" in site.get(LIST).text
    found = site.get(f"{LIST}?q=SKOLA").text
    assert "t@skola.example" in found
    assert "host@example.lv" not in found


def test_director_and_auditor_look_and_administrators_change(
    site: Browser, database: Database, host: Person, real_now: datetime
) -> None:
    opened, changing = set(), set()
    for role in sorted(STAFF_ROLES):
        person = given_person(database, role, now=real_now, email=f"{role}@example.lv")
        submit(site, given_link(database, person, now=real_now))
        opened |= {role} if site.get(LIST).is_success else set()
        changing |= {role} if site.get(f"{LIST}/new").is_success else set()
        if role is not Role.ADMIN:
            refused = submit(site, f"{LIST}/{host.id}/sign-out", {"key": "people-key-7"})
            assert refused.status_code == 403

    assert opened == OPEN_TO[Desk.PEOPLE]
    assert changing == {Role.ADMIN}
    with database.reading() as session:
        assert len(list_accounts(session)) == len(STAFF_ROLES)
