"""People and their roles: invited, changed, deactivated, let in again.

Nobody gives roles to themselves, one administrator always stays (the database holds that too), and
whoever is deactivated is out at once: sessions, links and tokens end in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vizium.auth.models import ApiToken, PersonAccount, PersonRole, SignInLink, WebSession
from vizium.auth.queries import find_by_email, find_by_id
from vizium.auth.rules import SCHOOL_ROLES, Person, Role, separates_duties
from vizium.auth.service.acts import record
from vizium.auth.service.signing import make_link_path
from vizium.kernel.errors import Conflict, FieldError, InvalidInput, NotFound
from vizium.kernel.ids import digest, new_id
from vizium.mail.service import Mail, send
from vizium.web.i18n import translator

# Somebody on leave opens it on Monday; after that the sign-in page sends another.
INVITATION_KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as the office or the sample files describe them."""

    email: str
    name: str
    roles: frozenset[Role]
    language: str = "lv"
    school: str | None = None


@dataclass(frozen=True, slots=True)
class ChangePerson:
    """What a person shall be called and may do; `version` is what was seen.

    `roles` are those of the staff; roles of a school stay as they are.
    """

    id: str
    version: int
    name: str
    language: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class PersonCommand:
    """An order about one person; `version` is what was seen."""

    id: str
    version: int


def save_person(session: Session, new: NewPerson, *, now: datetime) -> bool:
    """Add a person or bring them up to date; False when nothing had to change.

    Raises:
        Conflict: ``duties_not_separate``: one person would check, decide or release money twice.
    """
    if not separates_duties(new.roles):
        raise Conflict("duties_not_separate", email=new.email)
    known = find_by_email(session, new.email)
    wanted = (new.name, new.roles, new.language, new.school)
    if known is not None and (known.name, known.roles, known.language, known.school) == wanted:
        return False
    email = new.email.lower()
    account = session.scalar(select(PersonAccount).where(PersonAccount.email == email))
    if account is None:
        account = PersonAccount(id=new_id(now), email=email, active=True, created_at=now)
        session.add(account)
    account.name, account.language, account.school = new.name, new.language, new.school
    session.flush()
    _set_roles(session, account.id, new.roles)
    roles = sorted(role.value for role in new.roles)
    record(session, account.id, "auth.save_person", by="system", now=now, roles=roles)
    return True


def invite_person(
    session: Session, new: NewPerson, *, base_url: str, by: Person, now: datetime
) -> str:
    """Make an account and mail its link; returns the person's id.

    Raises:
        InvalidInput: ``address_known``: somebody has this address already, or roles that one person
            may not have together.
    """
    errors = _wrong_roles(new.roles)
    if session.scalar(select(PersonAccount.id).where(PersonAccount.email == new.email.lower())):
        errors.append(FieldError("email", "address_known"))
    if errors:
        raise InvalidInput(errors)
    save_person(session, new, now=now)
    person = find_by_email(session, new.email)
    assert person is not None
    roles = sorted(role.value for role in new.roles)
    record(session, person.id, "auth.invite_person", by=by.id, now=now, roles=roles)
    _send_invitation(session, person, base_url=base_url, by=by, now=now)
    return person.id


def invite_again(
    session: Session, person_id: str, *, base_url: str, by: Person, now: datetime
) -> None:
    """Mail a fresh link to somebody who has an account.

    Raises:
        NotFound: ``person``: there is none, or not any more.
    """
    person = find_by_id(session, person_id)
    if person is None:
        raise NotFound("person")
    _send_invitation(session, person, base_url=base_url, by=by, now=now)
    record(session, person.id, "auth.invite_again", by=by.id, now=now)


def change_person(session: Session, command: ChangePerson, *, by: Person, now: datetime) -> None:
    """Change a name, a language, roles; they count from the person's next click.

    Raises:
        NotFound: ``person``.
        Conflict: ``person_changed`` since it was looked at.
        InvalidInput: ``own_roles_up``, ``last_admin``, ``duties_not_separate``, no role at all.
    """
    account, before = _load(session, command.id, command.version)
    roles = command.roles | (before & SCHOOL_ROLES)
    errors = _wrong_roles(roles)
    if account.id == by.id and not roles <= before:
        errors.append(FieldError("roles", "own_roles_up"))
    if Role.ADMIN in before - roles and _is_last_admin(session, account.id):
        errors.append(FieldError("roles", "last_admin"))
    if errors:
        raise InvalidInput(errors)
    account.name, account.language = command.name, command.language
    account.version += 1
    _set_roles(session, account.id, roles)
    facts = {
        "before": sorted(role.value for role in before),
        "roles": sorted(role.value for role in roles),
    }
    record(session, account.id, "auth.change_person", by=by.id, now=now, **facts)


def deactivate_person(
    session: Session, command: PersonCommand, *, by: Person, now: datetime
) -> None:
    """Let a person in no more: sessions, links and tokens end at once; the roles stay noted.

    Raises:
        NotFound: ``person``.
        Conflict: ``person_changed``, ``own_account``, ``last_admin``.
    """
    account, roles = _load(session, command.id, command.version)
    if account.id == by.id:
        raise Conflict("own_account")
    if Role.ADMIN in roles and _is_last_admin(session, account.id):
        raise Conflict("last_admin")
    account.active = False
    account.version += 1
    session.flush()
    ended = _end_sessions(session, account.id)
    mine = (ApiToken.person == account.id) & ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(mine).values(revoked_at=now))
    record(session, account.id, "auth.deactivate_person", by=by.id, now=now, sessions=ended)


def reactivate_person(
    session: Session, command: PersonCommand, *, by: Person, now: datetime
) -> None:
    """Let a person in again, with the roles of before; tokens stay revoked.

    Raises:
        NotFound: ``person``.
        Conflict: ``person_changed``.
    """
    account, _ = _load(session, command.id, command.version)
    account.active = True
    account.version += 1
    session.flush()
    record(session, account.id, "auth.reactivate_person", by=by.id, now=now)


def end_sessions(session: Session, person_id: str, *, by: Person, now: datetime) -> None:
    """Sign a person out everywhere; a link that was mailed and not used opens nothing.

    Raises:
        NotFound: ``person``.
    """
    if session.get(PersonAccount, person_id) is None:
        raise NotFound("person")
    ended = _end_sessions(session, person_id)
    record(session, person_id, "auth.end_sessions", by=by.id, now=now, sessions=ended)


def _load(session: Session, person_id: str, version: int) -> tuple[PersonAccount, frozenset[Role]]:
    """The account with its roles, locked together with all administrators, in one order.

    Two administrators who take the role from each other wait here, and the second is refused.
    """
    admins = select(PersonRole.person).where(PersonRole.role == Role.ADMIN)
    session.execute(admins.order_by(PersonRole.person).with_for_update())
    account = session.get(PersonAccount, person_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise NotFound("person")
    if account.version != version:
        raise Conflict("person_changed")
    roles = session.scalars(select(PersonRole.role).where(PersonRole.person == person_id))
    return account, frozenset(roles)


def _is_last_admin(session: Session, person_id: str) -> bool:
    others = (
        select(PersonRole.person)
        .join(PersonAccount, PersonAccount.id == PersonRole.person)
        .where(PersonRole.role == Role.ADMIN, PersonAccount.active)
        .where(PersonRole.person != person_id)
    )
    return session.scalar(others.limit(1)) is None


def _wrong_roles(roles: frozenset[Role]) -> list[FieldError]:
    if not roles:
        return [FieldError("roles", "choose")]
    return [] if separates_duties(roles) else [FieldError("roles", "duties_not_separate")]


def _end_sessions(session: Session, person_id: str) -> int:
    session.execute(
        delete(SignInLink).where(SignInLink.person == person_id, SignInLink.used_at.is_(None))
    )
    mine = delete(WebSession).where(WebSession.person == person_id)
    return len(session.scalars(mine.returning(WebSession.digest)).all())


def _send_invitation(
    session: Session, person: Person, *, base_url: str, by: Person, now: datetime
) -> None:
    words = translator(person.language)
    lang = words.lang
    path = make_link_path(session, person, next_path="/staff", kept=INVITATION_KEPT, now=now)
    url = f"{base_url}/{lang}{path}"
    text = words.t(
        "%(by)s has made you an account in VIZIUM. Open this link to sign in:\n\n%(url)s\n\n"
        "It works once, for 3 days. Later, write this address of yours at %(sign_in)s and you "
        "get another.",
        by=by.name,
        url=url,
        sign_in=f"{base_url}/{lang}/sign-in",
    )
    mail = Mail(
        key=f"invitation:{digest(url)}",
        recipient=person.email,
        subject=words.t("Your account in VIZIUM"),
        text=text,
        language=lang,
    )
    send(session, mail, now=now)


def _set_roles(session: Session, person: str, roles: Iterable[Role]) -> None:
    """Give and take what differs: a role that stays is never gone in between."""
    had = set(session.scalars(select(PersonRole.role).where(PersonRole.person == person)))
    wanted = set(roles)
    session.add_all([PersonRole(person=person, role=role) for role in sorted(wanted - had)])
    session.flush()
    gone = (PersonRole.person == person) & PersonRole.role.in_(had - wanted)
    if had - wanted:
        session.execute(delete(PersonRole).where(gone))
