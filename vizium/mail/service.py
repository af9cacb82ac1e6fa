"""Write mails into the outbox, deliver them by SMTP, list them for the demo's mailbox."""

import smtplib
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vizium.db.base import Base
from vizium.db.inserts import insert_new
from vizium.jobs.service import enqueue
from vizium.kernel.errors import NotFound, Unavailable
from vizium.kernel.ids import new_id
from vizium.kernel.text import one_line
from vizium.mail.models import MailMessage, MailState

DELIVER = "mail.deliver"
_SMTP_TIMEOUT_S = 20
_MESSAGE = Base.metadata.tables[MailMessage.__tablename__]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent once.

    `key` decides what "once" means: the same key again changes nothing. `calendar` is a whole .ics.
    It leaves at `not_before`, or at once.
    """

    key: str
    recipient: str
    subject: str
    text: str
    language: str
    calendar: bytes | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in the outbox."""

    id: str
    recipient: str
    subject: str
    text: str
    language: str
    calendar: bytes | None
    state: MailState
    created_at: datetime


def send(session: Session, mail: Mail, *, now: datetime) -> None:
    """Put a mail into the outbox, in the transaction of its cause, and enqueue its delivery."""
    message_id = new_id(now)
    values = {
        "id": message_id,
        "key": mail.key,
        "recipient": one_line(mail.recipient),
        "subject": one_line(mail.subject),
        "text": mail.text,
        "language": mail.language,
        "calendar": mail.calendar,
        "state": MailState.WAITING,
        "created_at": now,
    }
    if insert_new(session, _MESSAGE, values, unless="key", returning="id") is not None:
        enqueue(
            session,
            DELIVER,
            {"mail": message_id},
            now=now,
            run_at=mail.not_before,
            key=delivery_key(message_id),
        )


def find_written(session: Session, keys: Collection[str]) -> set[str]:
    """Those of these keys under which a mail stands in the outbox, sent or not."""
    return set(session.scalars(select(MailMessage.key).where(MailMessage.key.in_(keys))))


def list_mails(session: Session, *, recipient: str | None = None, most: int = 50) -> list[MailRow]:
    """The newest mails first, all or one recipient's."""
    query = select(MailMessage).order_by(MailMessage.id.desc()).limit(most)
    if recipient is not None:
        query = query.where(MailMessage.recipient == recipient)
    return [_row(message) for message in session.scalars(query)]


def delivery_key(message_id: str) -> str:
    """The key of the one job that delivers a mail."""
    return f"{DELIVER}:{message_id}"


def get_mail(session: Session, message_id: str) -> MailRow:
    """One mail.

    Raises:
        NotFound: ``mail``.
    """
    message = session.get(MailMessage, message_id)
    if message is None:
        raise NotFound("mail")
    return _row(message)


def find_waiting(session: Session, message_id: str) -> MailRow | None:
    """A mail that has not been handed over yet."""
    message = session.get(MailMessage, message_id)
    if message is None or message.state is not MailState.WAITING:
        return None
    return _row(message)


def list_waiting(session: Session, *, since: datetime) -> list[str]:
    """The ids of mails that wait in the outbox and are not older than an instant."""
    waiting = (MailMessage.state == MailState.WAITING) & (MailMessage.created_at >= since)
    return list(session.scalars(select(MailMessage.id).where(waiting).order_by(MailMessage.id)))


def mark_sent(session: Session, message_id: str, *, now: datetime) -> None:
    """The mail server has taken it."""
    waiting = (MailMessage.id == message_id) & (MailMessage.state == MailState.WAITING)
    session.execute(update(MailMessage).where(waiting).values(state=MailState.SENT, sent_at=now))


def compose(row: MailRow, *, sender: str, host: str) -> EmailMessage:
    """The mail as bytes would leave: stable Message-ID, text, and the .ics where there is one."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = f"<{row.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.text)
    message["Content-Language"] = row.language  # set_content drops earlier Content-… headers
    if row.calendar is not None:
        message.add_attachment(
            row.calendar, maintype="text", subtype="calendar", filename="vizium.ics"
        )
    return message


def deliver(message: EmailMessage, *, smtp_url: str) -> None:
    """Hand one mail to the server.

    Args:
        smtp_url: ``smtp://USER:PASSWORD@HOST:PORT`` (STARTTLS where offered) or ``smtps://…``.

    Raises:
        Unavailable: the server does not answer or refuses; a job tries again.
    """
    parts = urlsplit(smtp_url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(host, parts.port or 465, timeout=_SMTP_TIMEOUT_S, context=context)
            if parts.scheme == "smtps"
            else smtplib.SMTP(host, parts.port or 25, timeout=_SMTP_TIMEOUT_S)
        ) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("mail_server_away", reason=str(error)) from error


def _row(message: MailMessage) -> MailRow:
    return MailRow(
        id=message.id,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        language=message.language,
        calendar=message.calendar,
        state=message.state,
        created_at=message.created_at,
    )
