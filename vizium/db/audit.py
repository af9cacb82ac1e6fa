"""The audit trail: who did what to what, when; append-only in the database itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from vizium.db.base import Base, Id
from vizium.kernel.ids import new_id


class AuditEntry(Base):
    """One act, written in the transaction of the act itself."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, object]]


_INSERT = insert(Base.metadata.tables[AuditEntry.__tablename__])


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act as pages show it."""

    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, object]


def record(
    session: Session,
    *,
    by: str,
    action: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write one act.

    Args:
        by: the person's id, ``school`` for the holder of a signed link, or ``system``.
        action: ``feature.verb_noun``, e.g. ``compensation.decide_claim``.
        subject: ``kind:id``, e.g. ``claim:01K…``.
        facts: JSON-able; no personal data beyond what the subject row holds.
    """
    entry = {
        "id": new_id(now),
        "at": now,
        "actor": by,
        "action": action,
        "subject": subject,
        "facts": dict(facts or {}),
    }
    session.execute(_INSERT, entry)


def list_acts(session: Session, subject: str, *, most: int = 100) -> list[AuditRow]:
    """The acts on a subject, oldest first."""
    query = (
        select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id).limit(most)
    )
    return [
        AuditRow(row.at, row.actor, row.action, row.subject, row.facts)
        for row in session.scalars(query)
    ]
