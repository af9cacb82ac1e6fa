"""The demo's mailbox: the outbox as its recipients would see it. Served by the demo alone."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from vizium.db.session import Database
from vizium.kernel.errors import NotFound
from vizium.mail.service import get_mail, list_mails
from vizium.web.forms import Form
from vizium.web.page import Page


@get("/demo/mailbox", sync_to_thread=True)
def list_messages(
    page: NamedDependency[Page], database: NamedDependency[Database], asked: NamedDependency[Form]
) -> Response[bytes]:
    """The newest mails, of everybody or of one recipient (``?to=``)."""
    recipient = asked.raw("to").strip() or None
    with database.reading() as session:
        mails = list_mails(session, recipient=recipient)
    return page.show("mailbox.html", mails=mails, recipient=recipient)


@get("/demo/mailbox/{message_id:str}", sync_to_thread=True)
def show_message(
    page: NamedDependency[Page], database: NamedDependency[Database], message_id: FromPath[str]
) -> Response[bytes]:
    """One mail as text, its links clickable."""
    with database.reading() as session:
        mail = get_mail(session, message_id)
    return page.show("mail.html", mail=mail)


@get("/demo/mailbox/{message_id:str}/vizium.ics", sync_to_thread=True)
def show_calendar(
    database: NamedDependency[Database], message_id: FromPath[str]
) -> Response[bytes]:
    """The .ics that came with a mail."""
    with database.reading() as session:
        mail = get_mail(session, message_id)
    if mail.calendar is None:
        raise NotFound("mail")
    return Response(mail.calendar, media_type="text/calendar")


PAGES = [list_messages, show_message, show_calendar]
