"""Mails as rows: what was sent to whom can be proven, and a crash sends nothing twice."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from vizium.db.base import Base, Id


class MailState(StrEnum):
    """Waiting in the outbox, or handed to the mail server."""

    WAITING = "waiting"
    SENT = "sent"


class MailMessage(Base):
    """One mail; its text is complete by itself, attachments are additions."""

    __tablename__ = "mail_message"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    calendar: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[MailState]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
