"""The job that delivers one mail: read, hand over outside any transaction, record."""

from datetime import datetime
from urllib.parse import urlsplit

from vizium.db.session import Database
from vizium.mail.service import compose, deliver, find_waiting, mark_sent
from vizium.settings import Settings


def deliver_mail(
    database: Database, settings: Settings, args: dict[str, object], now: datetime
) -> None:
    """Deliver a waiting mail; without a mail server it stays in the outbox.

    Raises:
        Unavailable: the server did not take it; the job is tried again.
    """
    message_id = str(args["mail"])
    with database.reading() as session:
        row = find_waiting(session, message_id)
    if row is None or not settings.smtp_url:
        return
    host = urlsplit(settings.base_url).hostname or "localhost"
    deliver(compose(row, sender=settings.mail_from, host=host), smtp_url=settings.smtp_url)
    with database.transaction() as session:
        mark_sent(session, message_id, now=now)
