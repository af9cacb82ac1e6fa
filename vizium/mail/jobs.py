"""The job that delivers one mail: read, hand over outside any transaction, record."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from vizium.db.session import Database, Session
from vizium.jobs.service import repeat_jobs
from vizium.mail.service import (
    compose,
    deliver,
    delivery_key,
    find_waiting,
    list_waiting,
    mark_sent,
)
from vizium.settings import Settings

# Older mails are news no more: nobody wants last month's reminder when a server is set up.
_STILL_NEWS = timedelta(days=2)


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


def revive_mails(session: Session, settings: Settings, *, now: datetime) -> None:
    """Deliver what waited while no mail server was set; run at the start of a worker."""
    if settings.smtp_url:
        waiting = list_waiting(session, since=now - _STILL_NEWS)
        repeat_jobs(session, [delivery_key(message_id) for message_id in waiting], now=now)
