"""Sign-in by mailed link, sessions minted here.

```
address -> link (15 min, once) -> session (14 days, its id minted at sign-in, old one deleted)
```
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from vizium.auth.models import SignInLink, WebSession
from vizium.auth.queries import find_by_email
from vizium.auth.rules import Person
from vizium.auth.service.acts import record
from vizium.kernel.errors import NotFound
from vizium.kernel.ids import digest, new_token
from vizium.mail.service import Mail, send
from vizium.web.i18n import translator

LINK_KEPT = timedelta(minutes=15)
SESSION_KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SignedInSession:
    """A fresh session: its secret goes into the cookie, nowhere else."""

    secret: str
    next_path: str


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
    path = make_link_path(session, person, next_path=next_path, kept=LINK_KEPT, now=now)
    return f"{base_url}/{lang}{path}"


def make_link_path(
    session: Session, person: Person, *, next_path: str, kept: timedelta, now: datetime
) -> str:
    """The path, without its language, that signs a person in once while it is kept."""
    secret = new_token()
    expires_at = now + kept
    session.add(
        SignInLink(
            digest=digest(secret), person=person.id, next_path=next_path, expires_at=expires_at
        )
    )
    return f"/sign-in/{secret}"


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
    record(session, used.person, "auth.sign_in", by=used.person, now=now)
    return SignedInSession(minted, used.next_path)


def end_session(session: Session, secret: str) -> None:
    """Sign a browser out."""
    session.execute(delete(WebSession).where(WebSession.digest == digest(secret)))


def sweep_sessions(session: Session, *, now: datetime) -> None:
    """Forget sessions and links that have run out."""
    session.execute(delete(WebSession).where(WebSession.expires_at < now))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LINK_KEPT))
