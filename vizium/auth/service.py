"""Sign-in by mailed link, sessions minted here, tokens for programs, people and their roles.

```
address -> link (15 min, once) -> session (14 days, its id minted at sign-in, old one deleted)
```
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vizium.auth.models import (
    ApiToken,
    LinkVersion,
    PersonAccount,
    PersonRole,
    SignInLink,
    WebSession,
)
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Person, Role, separates_duties
from vizium.db import audit
from vizium.db.inserts import insert_for
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.ids import digest, is_signed, new_id, new_token, sign
from vizium.mail.service import Mail, send
from vizium.web.i18n import translator

LINK_KEPT = timedelta(minutes=15)
SESSION_KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as the office or the sample files describe them."""

    email: str
    name: str
    roles: frozenset[Role]
    language: str = "lv"
    school: str | None = None


@dataclass(frozen=True, slots=True)
class SignedInSession:
    """A fresh session: its secret goes into the cookie, nowhere else."""

    secret: str
    next_path: str


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
    _record(session, account.id, "auth.save_person", by="system", now=now, roles=roles)
    return True


def ask_link(
    session: Session, email: str, *, next_path: str, base_url: str, lang: str, now: datetime
) -> None:
    """Mail a sign-in link if the address is known; the asker is told the same either way."""
    person = find_by_email(session, email)
    if person is None:
        return
    url = make_link(session, person, next_path=next_path, base_url=base_url, lang=lang, now=now)
    words = translator(lang)
    send(
        session,
        Mail(
            key=f"sign-in:{digest(url)}",
            recipient=person.email,
            subject=words.t("Sign in to VIZIUM"),
            text=words.t(
                "Open this link to sign in:\n\n%(url)s\n\nIt works once, for 15 minutes. "
                "If you did not ask for it, you need not do anything.",
                url=url,
            ),
            language=lang,
        ),
        now=now,
    )


def make_link(
    session: Session, person: Person, *, next_path: str, base_url: str, lang: str, now: datetime
) -> str:
    """A link that signs a person in once."""
    secret = new_token()
    session.add(
        SignInLink(
            digest=digest(secret),
            person=person.id,
            next_path=next_path,
            expires_at=now + LINK_KEPT,
        )
    )
    return f"{base_url}/{lang}/sign-in/{secret}"


def use_link(
    session: Session, secret: str, *, old_secret: str | None, now: datetime
) -> SignedInSession:
    """Exchange a link for a session; the link is used up, an older session of the browser ends.

    Raises:
        NotFound: ``sign_in_link``: unknown, used or expired.
    """
    good = (
        (SignInLink.digest == digest(secret))
        & SignInLink.used_at.is_(None)
        & (SignInLink.expires_at > now)
    )
    used = session.execute(
        update(SignInLink)
        .where(good)
        .values(used_at=now)
        .returning(SignInLink.person, SignInLink.next_path)
    ).one_or_none()
    if used is None:
        raise NotFound("sign_in_link")
    if old_secret:
        end_session(session, old_secret)
    minted = new_token()
    session.add(
        WebSession(
            digest=digest(minted),
            person=used.person,
            created_at=now,
            expires_at=now + SESSION_KEPT,
        )
    )
    _record(session, used.person, "auth.sign_in", by=used.person, now=now)
    return SignedInSession(minted, used.next_path)


def end_session(session: Session, secret: str) -> None:
    """Sign a browser out."""
    session.execute(delete(WebSession).where(WebSession.digest == digest(secret)))


def make_token(session: Session, person: Person, *, name: str, by: str, now: datetime) -> str:
    """A token for a program that acts for a person; shown once, stored as its digest."""
    secret = new_token()
    session.add(ApiToken(digest=digest(secret), person=person.id, name=name, created_at=now))
    _record(session, person.id, "auth.make_token", by=by, now=now, name=name)
    return secret


def revoke_tokens(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Revoke all tokens of a person."""
    mine = (ApiToken.person == person.id) & ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(mine).values(revoked_at=now))
    _record(session, person.id, "auth.revoke_tokens", by=by, now=now)


def link_key(session: Session, purpose: str, subject: str, *, secret_key: str) -> str:
    """The signature of a lasting link that can be revoked, such as a calendar's address."""
    return sign(secret_key, purpose, _versioned(session, purpose, subject))


def is_link_key(
    session: Session, purpose: str, subject: str, *, signature: str, secret_key: str
) -> bool:
    """Whether a signature is that of the link as it stands now."""
    versioned = _versioned(session, purpose, subject)
    return is_signed(secret_key, purpose, versioned, signature=signature)


def revoke_link(session: Session, purpose: str, subject: str, *, by: str, now: datetime) -> None:
    """Let every link given out so far open nothing; the next one is another."""
    raised = insert_for(session, LinkVersion).values(purpose=purpose, subject=subject, version=1)
    session.execute(
        raised.on_conflict_do_update(
            index_elements=["purpose", "subject"], set_={"version": LinkVersion.version + 1}
        )
    )
    audit.record(
        session, by=by, action="auth.revoke_link", subject=subject, now=now, facts={"for": purpose}
    )


def sweep_sessions(session: Session, *, now: datetime) -> None:
    """Forget sessions and links that have run out."""
    session.execute(delete(WebSession).where(WebSession.expires_at < now))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LINK_KEPT))


def _versioned(session: Session, purpose: str, subject: str) -> str:
    query = select(LinkVersion.version).where(
        LinkVersion.purpose == purpose, LinkVersion.subject == subject
    )
    return f"{subject}\0{session.scalar(query) or 0}"


def _set_roles(session: Session, person: str, roles: Iterable[Role]) -> None:
    session.execute(delete(PersonRole).where(PersonRole.person == person))
    session.add_all([PersonRole(person=person, role=role) for role in sorted(roles)])
    session.flush()


def _record(
    session: Session, person: str, action: str, *, by: str, now: datetime, **facts: object
) -> None:
    audit.record(session, by=by, action=action, subject=f"person:{person}", now=now, facts=facts)
