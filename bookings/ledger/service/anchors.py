"""Once a day the end of every chain is written down, here and in the mailbox of the auditors.

The row here is convenience. What proves something is the line that left the house: whoever holds
the database and the key can make another chain, but not one through a seal that others keep.
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.ledger.models import AnchorDay, Head
from bookings.ledger.queries import list_anchors
from bookings.ledger.rules import Anchor, anchor_text
from vizium.auth.queries import list_people
from vizium.auth.rules import Role
from vizium.db.inserts import insert_for
from vizium.kernel.clock import local_date
from vizium.mail.service import Mail, send
from vizium.web.i18n import translator
from vizium.web.templating import short_date


def make_anchors(session: Session, *, now: datetime) -> list[Anchor]:
    """Write down where every chain stands; a day's anchor, once made, stays.

    Returns:
        The anchors of the day.
    """
    today = local_date(now)
    heads = session.execute(select(Head.fund, Head.seq, Head.seal).where(Head.seq > 0))
    for fund, seq, seal in heads.all():
        values = {"fund": fund, "day": today, "seq": seq, "seal": seal, "made_at": now}
        statement = insert_for(session, AnchorDay).values(values)
        session.execute(statement.on_conflict_do_nothing(index_elements=["fund", "day"]))
    return list_anchors(session, day=today)


def sweep_anchors(session: Session, *, now: datetime) -> None:
    """Anchor every chain today, and mail the lines to the auditors when something has moved."""
    today = local_date(now)
    if list_anchors(session, day=today):
        return
    before = _last_seqs(session)
    anchors = make_anchors(session, now=now)
    if any(before.get(anchor.fund) != anchor.seq for anchor in anchors):
        _mail_anchors(session, anchors, today, now)


def _last_seqs(session: Session) -> dict[str, int]:
    query = select(AnchorDay.fund, func.max(AnchorDay.seq).label("seq")).group_by(AnchorDay.fund)
    return {row.fund: row.seq for row in session.execute(query)}


def _mail_anchors(session: Session, anchors: list[Anchor], day: date, now: datetime) -> None:
    for person in list_people(session):
        if not person.has(Role.AUDITOR):
            continue
        words = translator(person.language)
        paragraphs = [
            words.t("Please keep this mail. Each line says where the ledger of a fund stood."),
            "\n".join(map(anchor_text, anchors)),
            words.t(
                "Save the lines of all such mails in one file; “vizium check --anchor FILE” proves "
                "that the ledger was not rewritten since."
            ),
            "",
        ]
        mail = Mail(
            key=f"ledger-anchor:{day.isoformat()}:{person.id}",
            recipient=person.email,
            subject=words.t("Ledger anchors of %(day)s", day=short_date(day)),
            text="\n\n".join(paragraphs),
            language=words.lang,
        )
        send(session, mail, now=now)
