"""Tokens for programs that act for a person."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vizium.auth.models import ApiToken
from vizium.auth.queries import TOKEN_ID_LENGTH
from vizium.auth.rules import Person
from vizium.auth.service.acts import record
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import digest, new_token


def make_token(session: Session, person: Person, *, name: str, by: str, now: datetime) -> str:
    """A token for a program that acts for a person; shown once, stored as its digest."""
    secret = new_token()
    session.add(ApiToken(digest=digest(secret), person=person.id, name=name, created_at=now))
    record(session, person.id, "auth.make_token", by=by, now=now, name=name)
    return secret


def revoke_tokens(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Revoke all tokens of a person."""
    mine = (ApiToken.person == person.id) & ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(mine).values(revoked_at=now))
    record(session, person.id, "auth.revoke_tokens", by=by, now=now)


def revoke_token(
    session: Session, person_id: str, token_id: str, *, by: str, now: datetime
) -> None:
    """Revoke one token of a person; revoking it twice changes nothing.

    Raises:
        NotFound: ``token``.
    """
    mine = (ApiToken.person == person_id) & ApiToken.digest.startswith(token_id, autoescape=True)
    found = session.scalars(select(ApiToken).where(mine)).all()
    if len(token_id) != TOKEN_ID_LENGTH or len(found) != 1:
        raise NotFound("token")
    if found[0].revoked_at is None:
        found[0].revoked_at = now
        session.flush()
        record(session, person_id, "auth.revoke_token", by=by, now=now, name=found[0].name)
