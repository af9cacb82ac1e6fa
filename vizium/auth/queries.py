"""Who a session, a token or an address belongs to; accounts as administrators see them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from vizium.auth.models import ApiToken, PersonAccount, PersonRole, WebSession
from vizium.auth.rules import STAFF_ROLES, Person, Role
from vizium.db.audit import AuditEntry
from vizium.db.base import Base
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import digest
from vizium.kernel.text import fold

_PERSON = Base.metadata.tables[PersonAccount.__tablename__].c
_ROLE = Base.metadata.tables[PersonRole.__tablename__]
_SESSION = Base.metadata.tables[WebSession.__tablename__].c
_TOKEN = Base.metadata.tables[ApiToken.__tablename__].c
_Found = tuple[str, str, str, str | None, str, Role | None]
_WITH_ROLES: Select[*_Found] = select(
    _PERSON.id, _PERSON.name, _PERSON.email, _PERSON.school, _PERSON.language, _ROLE.c.role
).outerjoin(_ROLE, _ROLE.c.person == _PERSON.id)


def _whose(chosen: Select[Any]) -> Select[*_Found]:
    return _WITH_ROLES.where(_PERSON.id == chosen.scalar_subquery(), _PERSON.active)


# Made once, of tables: every request asks one of them.
_BY_SESSION = _whose(
    select(_SESSION.person).where(
        _SESSION.digest == bindparam("digest"), _SESSION.expires_at > bindparam("now")
    )
)
_BY_TOKEN = _whose(
    select(_TOKEN.person).where(_TOKEN.digest == bindparam("digest"), _TOKEN.revoked_at.is_(None))
)
_BY_EMAIL = _whose(select(_PERSON.id).where(_PERSON.email == bindparam("email")))
_BY_ID = _whose(select(_PERSON.id).where(_PERSON.id == bindparam("id")))
# As much of a token's digest as tells the tokens of one person apart.
TOKEN_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as administrators see it; `signed_in_at` is the last sign-in, None for never."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    language: str
    school: str | None
    active: bool
    version: int
    created_at: datetime
    signed_in_at: datetime | None

    @property
    def state(self) -> str:
        """``active``, ``invited`` (never signed in) or ``inactive``."""
        if not self.active:
            return "inactive"
        return "active" if self.signed_in_at else "invited"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of a program; its secret is known to nobody but the program."""

    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


def find_by_session(session: Session, secret: str, *, now: datetime) -> Person | None:
    """The person whose browser holds this session secret."""
    return _find(session, _BY_SESSION, digest=digest(secret), now=now)


def find_by_token(session: Session, secret: str) -> Person | None:
    """The person for whom a program with this token acts."""
    return _find(session, _BY_TOKEN, digest=digest(secret))


def find_by_email(session: Session, email: str) -> Person | None:
    """The person with a mail address, in whatever case it is written."""
    return _find(session, _BY_EMAIL, email=email.lower())


def find_by_id(session: Session, person_id: str) -> Person | None:
    """The person with an id, if the account is active."""
    return _find(session, _BY_ID, id=person_id)


def list_people(session: Session) -> list[Person]:
    """Everybody who may sign in, by name."""
    active = _WITH_ROLES.where(_PERSON.active)
    people = _people(session.execute(active.order_by(_PERSON.id)))
    return sorted(people, key=lambda person: person.name)


def _find(session: Session, query: Select[*_Found], **known: object) -> Person | None:
    return next(_people(session.execute(query, known)), None)


def _people(rows: Iterable[Row[*_Found]]) -> Iterator[Person]:
    """The people of rows, one for each role, that stand together."""
    for (one, name, email, school, language), theirs in groupby(rows, key=lambda row: row[:5]):
        roles = frozenset(row.role for row in theirs if row.role is not None)
        yield Person(one, name, email, roles, school, language)


def list_accounts(session: Session, q: str = "", *, most: int = 300) -> list[AccountRow]:
    """Accounts by name: of the staff, or whoever has these words in name or address."""
    roles: dict[str, set[Role]] = {}
    for person, role in session.execute(select(PersonRole.person, PersonRole.role)):
        roles.setdefault(person, set()).add(role)
    words = fold(q).split()

    def is_wanted(account: PersonAccount) -> bool:
        if words:
            known = fold(f"{account.name} {account.email}")
            return all(word in known for word in words)
        has = roles.get(account.id, set())
        return not has or not has.isdisjoint(STAFF_ROLES)

    wanted = [one for one in session.scalars(select(PersonAccount)) if is_wanted(one)]
    wanted = sorted(wanted, key=lambda one: (not one.active, fold(one.name)))[:most]
    signed_in = _signed_in(session, [one.id for one in wanted])
    return [
        _account_row(one, frozenset(roles.get(one.id, ())), signed_in.get(one.id)) for one in wanted
    ]


def get_account(session: Session, person_id: str) -> AccountRow:
    """One account, active or not.

    Raises:
        NotFound: ``person``.
    """
    account = session.get(PersonAccount, person_id)
    if account is None:
        raise NotFound("person")
    roles = session.scalars(select(PersonRole.role).where(PersonRole.person == person_id))
    signed_in_at = _signed_in(session, [person_id]).get(person_id)
    return _account_row(account, frozenset(roles), signed_in_at)


def find_account_id(session: Session, email: str) -> str | None:
    """The id of the account with an address, active or not."""
    return session.scalar(select(PersonAccount.id).where(PersonAccount.email == email.lower()))


def list_tokens(session: Session, person_id: str) -> list[TokenRow]:
    """The tokens of a person, the newest first."""
    query = select(ApiToken).where(ApiToken.person == person_id)
    return [
        TokenRow(one.digest[:TOKEN_ID_LENGTH], one.name, one.created_at, one.revoked_at)
        for one in session.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.digest))
    ]


def count_sessions(session: Session, person_id: str, *, now: datetime) -> int:
    """In how many browsers a person is signed in."""
    mine = (WebSession.person == person_id) & (WebSession.expires_at > now)
    return session.scalar(select(func.count()).select_from(WebSession).where(mine)) or 0


def _signed_in(session: Session, people: Sequence[str]) -> dict[str, datetime]:
    """When each was signed in last, keyed by id; sessions are swept, the audit stays."""
    subjects = [f"person:{one}" for one in people]
    query = (
        select(AuditEntry.subject, func.max(AuditEntry.at))
        .where(AuditEntry.subject.in_(subjects), AuditEntry.action == "auth.sign_in")
        .group_by(AuditEntry.subject)
    )
    return {subject.removeprefix("person:"): at for subject, at in session.execute(query)}


def _account_row(
    one: PersonAccount, roles: frozenset[Role], signed_in_at: datetime | None
) -> AccountRow:
    return AccountRow(
        id=one.id,
        name=one.name,
        email=one.email,
        roles=roles,
        language=one.language,
        school=one.school,
        active=one.active,
        version=one.version,
        created_at=one.created_at,
        signed_in_at=signed_in_at,
    )
