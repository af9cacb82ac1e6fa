"""Who a session, a token or an address belongs to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from vizium.auth.models import ApiToken, PersonAccount, PersonRole, WebSession
from vizium.auth.rules import Person, Role
from vizium.kernel.ids import digest

_WITH_ROLES = select(PersonAccount, PersonRole.role).outerjoin(
    PersonRole, PersonRole.person == PersonAccount.id
)


def _whose(chosen: Select[str]) -> Select[PersonAccount, Role | None]:
    return _WITH_ROLES.where(PersonAccount.id == chosen.scalar_subquery(), PersonAccount.active)


# Made once: every request asks one of them.
_BY_SESSION = _whose(
    select(WebSession.person).where(
        WebSession.digest == bindparam("digest"), WebSession.expires_at > bindparam("now")
    )
)
_BY_TOKEN = _whose(
    select(ApiToken.person).where(
        ApiToken.digest == bindparam("digest"), ApiToken.revoked_at.is_(None)
    )
)
_BY_EMAIL = _whose(select(PersonAccount.id).where(PersonAccount.email == bindparam("email")))


def find_by_session(session: Session, secret: str, *, now: datetime) -> Person | None:
    """The person whose browser holds this session secret."""
    return _find(session, _BY_SESSION, digest=digest(secret), now=now)


def find_by_token(session: Session, secret: str) -> Person | None:
    """The person for whom a program with this token acts."""
    return _find(session, _BY_TOKEN, digest=digest(secret))


def find_by_email(session: Session, email: str) -> Person | None:
    """The person with a mail address, in whatever case it is written."""
    return _find(session, _BY_EMAIL, email=email.lower())


def list_people(session: Session) -> list[Person]:
    """Everybody who may sign in, by name."""
    rows = session.execute(_WITH_ROLES.where(PersonAccount.active)).all()
    accounts = sorted({account.id: account for account, _ in rows}.values(), key=lambda a: a.name)
    return [_person(account, rows) for account in accounts]


def _find(
    session: Session, query: Select[PersonAccount, Role | None], **known: object
) -> Person | None:
    rows = session.execute(query, known).all()
    return _person(rows[0][0], rows) if rows else None


def _person(account: PersonAccount, rows: Sequence[tuple[PersonAccount, Role | None]]) -> Person:
    return Person(
        id=account.id,
        name=account.name,
        email=account.email,
        roles=frozenset(role for of, role in rows if of.id == account.id and role is not None),
        school=account.school,
        language=account.language,
    )
