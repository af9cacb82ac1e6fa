"""People who may sign in, and the ways in which they do."""

from datetime import datetime

from vizium.auth.queries import find_by_email
from vizium.auth.rules import Person, Role
from vizium.auth.service import NewPerson, make_link, make_token, save_person
from vizium.db.session import Database


def given_person(
    database: Database,
    *roles: Role,
    now: datetime,
    email: str = "liga@example.lv",
    school: str | None = None,
) -> Person:
    """A person with these roles."""
    new = NewPerson(email, "Līga Paraugs", frozenset(roles), school=school)
    with database.transaction() as session:
        save_person(session, new, now=now)
        person = find_by_email(session, email)
    assert person is not None
    return person


def given_token(database: Database, person: Person, *, now: datetime) -> str:
    """A token with which a program acts for the person."""
    with database.transaction() as session:
        return make_token(session, person, name="tests", by="system", now=now)


def given_link(database: Database, person: Person, *, now: datetime, next_path: str = "/") -> str:
    """The path of a sign-in link."""
    with database.transaction() as session:
        return make_link(session, person, next_path=next_path, base_url="", lang="lv", now=now)
