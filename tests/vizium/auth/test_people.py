"""People let in and out: by whom, with which roles, and what the database itself holds."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.factories.people import given_link, given_person, given_token
from vizium.auth import service
from vizium.auth.models import PersonAccount, PersonRole
from vizium.auth.queries import (
    count_sessions,
    find_by_session,
    find_by_token,
    get_account,
    list_accounts,
    list_tokens,
)
from vizium.auth.rules import Person, Role
from vizium.auth.service import ChangePerson, NewPerson, PersonCommand
from vizium.db.audit import list_acts
from vizium.db.session import Database
from vizium.kernel.errors import Conflict, InvalidInput, NotFound
from vizium.kernel.ids import digest
from vizium.mail.service import list_mails

URL = "http://vizium.example"


@pytest.fixture
def admin(database: Database, now: datetime) -> Person:
    return given_person(database, Role.ADMIN, now=now, email="admin@example.lv")


@pytest.fixture
def host(database: Database, now: datetime) -> Person:
    return given_person(database, Role.HOST, now=now, email="host@example.lv")


def _version(database: Database, person: Person) -> int:
    with database.reading() as session:
        return get_account(session, person.id).version


def _change(
    database: Database, person: Person, *roles: Role, by: Person, now: datetime
) -> frozenset[Role]:
    command = ChangePerson(
        person.id, _version(database, person), person.name, "lv", frozenset(roles)
    )
    with database.transaction() as session:
        service.change_person(session, command, by=by, now=now)
    with database.reading() as session:
        return get_account(session, person.id).roles


def _refusal(
    database: Database, person: Person, *roles: Role, by: Person, now: datetime
) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        _change(database, person, *roles, by=by, now=now)
    return [error.code for error in refused.value.errors]


def _sign_in(database: Database, person: Person, now: datetime) -> str:
    secret = given_link(database, person, now=now).rpartition("/")[2]
    with database.transaction() as session:
        return service.use_link(session, secret, old_secret=None, now=now).secret


def test_invited_person_gets_a_link_that_works_once_and_for_days(
    database: Database, admin: Person, now: datetime
) -> None:
    new = NewPerson("Jana@Example.lv", "Jana Parauga", frozenset({Role.HOST}), "en")
    with database.transaction() as session:
        person_id = service.invite_person(session, new, base_url=URL, by=admin, now=now)
        (mail,) = list_mails(session)
    secret = next(word for word in mail.text.split() if "/sign-in/" in word).rpartition("/")[2]

    with database.transaction() as session:
        later = now + timedelta(days=2)
        service.use_link(session, secret, old_secret=None, now=later)

    assert (mail.recipient, mail.text.startswith(admin.name)) == ("jana@example.lv", True)
    with database.reading() as session:
        account = get_account(session, person_id)
    assert (account.state, account.signed_in_at) == ("active", later)
    with pytest.raises(NotFound), database.transaction() as session:
        service.use_link(session, secret, old_secret=None, now=later)


def test_address_is_invited_once(database: Database, admin: Person, now: datetime) -> None:
    again = NewPerson(admin.email.upper(), "Cits", frozenset({Role.FINANCE_A, Role.PAYER}))

    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        service.invite_person(session, again, base_url=URL, by=admin, now=now)

    codes = [(error.field, error.code) for error in refused.value.errors]
    assert codes == [("roles", "duties_not_separate"), ("email", "address_known")]


def test_roles_of_others_change_and_are_noted(
    database: Database, admin: Person, host: Person, now: datetime
) -> None:
    roles = _change(database, host, Role.HOST, Role.COORDINATOR, by=admin, now=now)

    assert roles == {Role.HOST, Role.COORDINATOR}
    with database.reading() as session:
        act = list_acts(session, f"person:{host.id}")[-1]
    assert (act.action, act.actor) == ("auth.change_person", admin.id)
    assert (act.facts["before"], act.facts["roles"]) == (["host"], ["coordinator", "host"])
    money = _refusal(database, host, Role.FINANCE_A, Role.PAYER, by=admin, now=now)
    assert money == ["duties_not_separate"]
    assert _refusal(database, host, by=admin, now=now) == ["choose"]


def test_nobody_raises_themselves_and_the_last_administrator_stays(
    database: Database, admin: Person, host: Person, now: datetime
) -> None:
    assert _refusal(database, admin, Role.ADMIN, Role.DIRECTOR, by=admin, now=now) == [
        "own_roles_up"
    ]
    assert _refusal(database, admin, Role.HOST, by=host, now=now) == ["last_admin"]
    _change(database, host, Role.ADMIN, by=admin, now=now)

    assert _change(database, admin, Role.DIRECTOR, by=host, now=now) == {Role.DIRECTOR}


def test_teacher_who_joins_the_staff_stays_a_teacher(
    database: Database, admin: Person, now: datetime
) -> None:
    teacher = given_person(
        database, Role.TEACHER, now=now, email="t@example.lv", school="4312901234"
    )

    roles = _change(database, teacher, Role.HOST, by=admin, now=now)

    assert roles == {Role.TEACHER, Role.HOST}
    with database.reading() as session:
        assert teacher.email in {row.email for row in list_accounts(session)}


def test_who_saves_over_another_change_is_refused(
    database: Database, admin: Person, host: Person, now: datetime
) -> None:
    stale = ChangePerson(host.id, 1, host.name, "lv", frozenset({Role.DESK}))
    _change(database, host, Role.COORDINATOR, by=admin, now=now)

    with pytest.raises(Conflict, match="person_changed"), database.transaction() as session:
        service.change_person(session, stale, by=admin, now=now)


def test_deactivated_person_is_out_at_once_and_comes_back_without_old_doors(
    database: Database, admin: Person, host: Person, now: datetime
) -> None:
    secret, token = _sign_in(database, host, now), given_token(database, host, now=now)
    unused = given_link(database, host, now=now).rpartition("/")[2]

    with database.transaction() as session:
        command = PersonCommand(host.id, _version(database, host))
        service.deactivate_person(session, command, by=admin, now=now)

    def doors() -> list[object]:
        with database.reading() as session:
            by_cookie = find_by_session(session, secret, now=now)
            return [by_cookie, find_by_token(session, token)]

    assert doors() == [None, None]
    with database.transaction() as session:
        back = PersonCommand(host.id, command.version + 1)
        service.reactivate_person(session, back, by=admin, now=now)
    assert doors() == [None, None]
    with pytest.raises(NotFound), database.transaction() as session:
        service.use_link(session, unused, old_secret=None, now=now)
    with database.reading() as session:
        assert get_account(session, host.id).roles == {Role.HOST}


@pytest.mark.parametrize("whose", ["own_account", "last_admin"])
def test_account_that_must_stay_is_not_deactivated(
    database: Database, admin: Person, host: Person, now: datetime, whose: str
) -> None:
    by = admin if whose == "own_account" else host

    with pytest.raises(Conflict, match=whose), database.transaction() as session:
        service.deactivate_person(session, PersonCommand(admin.id, 1), by=by, now=now)


def test_sessions_end_everywhere_and_one_token_is_revoked_alone(
    database: Database, admin: Person, host: Person, now: datetime
) -> None:
    _sign_in(database, host, now)
    kept, gone = (given_token(database, host, now=now) for _ in range(2))
    with database.transaction() as session:
        service.end_sessions(session, host.id, by=admin, now=now)
        ids = [row.id for row in list_tokens(session, host.id)]
        for token_id in ids:
            if digest(gone).startswith(token_id):
                service.revoke_token(session, host.id, token_id, by=admin.id, now=now)

    with database.reading() as session:
        assert count_sessions(session, host.id, now=now) == 0
        assert find_by_token(session, gone) is None
        assert find_by_token(session, kept) == host
    with pytest.raises(NotFound), database.transaction() as session:
        service.revoke_token(session, admin.id, ids[0], by=admin.id, now=now)


@pytest.mark.usefixtures("host")
def test_database_keeps_an_administrator(database: Database, admin: Person) -> None:
    ours = PersonRole.person == admin.id
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(delete(PersonRole).where(ours))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(
            update(PersonAccount).where(PersonAccount.id == admin.id).values(active=False)
        )


def test_database_lets_one_of_two_administrators_go(
    database: Database, admin: Person, now: datetime
) -> None:
    given_person(database, Role.ADMIN, now=now, email="other@example.lv")

    with database.transaction() as session:
        session.execute(delete(PersonRole).where(PersonRole.person == admin.id))


@pytest.mark.race
def test_two_administrators_cannot_depose_each_other(
    database: Database, admin: Person, now: datetime
) -> None:
    other = given_person(database, Role.ADMIN, now=now, email="other@example.lv")
    gate = threading.Barrier(2)

    def depose(pair: tuple[Person, Person]) -> str:
        by, whom = pair
        gate.wait()
        try:
            _change(database, whom, Role.DIRECTOR, by=by, now=now)
        except InvalidInput as error:
            return error.errors[0].code
        return "deposed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(depose, [(admin, other), (other, admin)]))

    assert answers == ["deposed", "last_admin"]


@pytest.mark.race
def test_without_lock_and_trigger_both_administrators_go(
    database: Database, admin: Person, now: datetime
) -> None:
    """The negative control: each reads that the other stays, then takes the role away."""
    other = given_person(database, Role.ADMIN, now=now, email="other@example.lv")
    table = "" if database.is_sqlite else " ON auth_role"
    with database.transaction() as session:
        session.execute(text(f"DROP TRIGGER auth_role_keeps_admin{table}"))
    read = threading.Barrier(2)

    def depose(whom: Person) -> None:
        with database.reading() as session:
            admins = select(PersonRole.person).where(PersonRole.role == Role.ADMIN)
            assert len(session.scalars(admins).all()) == 2
        read.wait()
        with database.transaction() as session:
            session.execute(delete(PersonRole).where(PersonRole.person == whom.id))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(depose, [admin, other]))

    with database.reading() as session:
        assert session.scalars(select(PersonRole)).all() == []
