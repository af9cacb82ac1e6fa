"""Lasting links that can be revoked, such as the address of a calendar."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vizium.auth.models import LinkVersion
from vizium.db import audit
from vizium.db.inserts import insert_for
from vizium.kernel.ids import is_signed, sign


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


def _versioned(session: Session, purpose: str, subject: str) -> str:
    query = select(LinkVersion.version).where(
        LinkVersion.purpose == purpose, LinkVersion.subject == subject
    )
    return f"{subject}\0{session.scalar(query) or 0}"
