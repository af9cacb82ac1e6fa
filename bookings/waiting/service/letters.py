"""What a class on the waiting list is told by mail: plain text, once, never at night."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.service.letters import loud_at
from bookings.visits.service.papers import (
    ADDRESS,
    day_and_time,
    group_words,
    manage_url,
    stop_lines,
    until_words,
)
from bookings.visits.service.policy import get_policy
from bookings.waiting.queries import WaitingRow
from bookings.waiting.service.links import waiting_url
from vizium.kernel.clock import local_date
from vizium.mail.service import Mail, send
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import euro, long_day


@dataclass(frozen=True, slots=True)
class _Message:
    """What a letter says; it leaves at once where it answers the reader, else in waking hours."""

    subject: str
    body: list[str]
    is_answer: bool = False


class Letter(StrEnum):
    """The letters of the waiting list."""

    JOINED = "joined"
    OFFERED = "offered"
    LAPSED = "lapsed"
    EXPIRED = "expired"


def send_joined(session: Session, row: WaitingRow, *, settings: Settings, now: datetime) -> None:
    """The class is on the list; the letter answers what its teacher has just done."""
    words = translator(row.page_language)
    body = [
        words.t("Your class is on VIZIUM's waiting list."),
        "\n".join([words.t("It waits for one of these days:"), *_days(row, words)]),
        words.t("Pupils: %(pupils)s", pupils=group_words(row.groups, words)),
        words.t(
            "When there is room for your class, you get an offer by mail and decide within two"
            " days. We cannot promise that there will be room."
        ),
    ]
    subject = words.t("On the waiting list")
    message = _Message(subject, body, is_answer=True)
    _send(session, Letter.JOINED, row, message, settings=settings, now=now)


def send_offer(
    session: Session, row: WaitingRow, visit: VisitRow, *, settings: Settings, now: datetime
) -> None:
    """There is room: what the day would be, and until when the class may decide."""
    words = translator(row.page_language)
    assert visit.expires_at is not None
    day = "\n".join([words.t("Your day:"), *stop_lines(visit, words.lang)])
    body = [
        words.t(
            "There is room for your class at VIZIUM: %(when)s.",
            when=day_and_time(visit, words.lang),
        ),
        day,
        words.t("Price: %(price)s", price=euro(words.lang, visit.price_cents)),
        words.t(
            "We keep the places until %(until)s. Take them or give them up: %(url)s",
            until=until_words(visit.expires_at, words),
            url=manage_url(visit, settings),
        ),
    ]
    subject = words.t("There is room for your class")
    message = _Message(subject, body)
    _send(session, Letter.OFFERED, row, message, settings=settings, now=now)


def send_lapsed(session: Session, row: WaitingRow, *, settings: Settings, now: datetime) -> None:
    """The time of an offer is over; says whether the class still waits."""
    words = translator(row.page_language)
    still = words.t("Your class still waits for its other days.")
    left = words.t("Your class has left the waiting list. You may join it again at any time.")
    body = [
        words.t("The time to take the offered day is over, and the places went to others."),
        still if row.state == "waiting" else left,
    ]
    subject = words.t("The offer is over")
    message = _Message(subject, body)
    _send(session, Letter.LAPSED, row, message, settings=settings, now=now)


def send_expired(session: Session, row: WaitingRow, *, settings: Settings, now: datetime) -> None:
    """No day is left: the class hears it, and what it can do."""
    words = translator(row.page_language)
    url = f"{settings.base_url}/{row.page_language}/programmes"
    body = [
        words.t("On the days for which your class waited no room became free. We are sorry."),
        words.t("Other days may have room: %(url)s", url=url),
    ]
    subject = words.t("No room became free")
    message = _Message(subject, body)
    _send(session, Letter.EXPIRED, row, message, settings=settings, now=now)


def _send(
    session: Session,
    letter: Letter,
    row: WaitingRow,
    message: _Message,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    words = translator(row.page_language)
    link = words.t(
        "Where you stand and how to leave the list: %(url)s", url=waiting_url(row, settings)
    )
    hello = words.t("Hello, %(name)s!", name=row.contact.name)
    mail = Mail(
        key=f"waiting:{row.id}:{row.version}:{letter.value}",
        recipient=row.contact.email,
        subject=f"{message.subject}: {row.reference}",
        text="\n\n".join([hello, *message.body, link, ADDRESS, ""]),
        language=words.lang,
        not_before=None if message.is_answer else _leaves(session, now),
    )
    send(session, mail, now=now)


def _leaves(session: Session, now: datetime) -> datetime:
    return loud_at(now, get_policy(session, local_date(now)))


def _days(row: WaitingRow, words: Translator) -> list[str]:
    return [long_day(words.lang, day) for day in row.days]
