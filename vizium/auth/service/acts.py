"""The audit trail of people: who was let in, who let whom do what."""

from datetime import datetime

from sqlalchemy.orm import Session

from vizium.db import audit


def record(
    session: Session, person: str, action: str, *, by: str, now: datetime, **facts: object
) -> None:
    """Write one act on a person."""
    audit.record(session, by=by, action=action, subject=f"person:{person}", now=now, facts=facts)
