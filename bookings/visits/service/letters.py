"""What the school is told by mail: plain text that is complete by itself, with the .ics."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportState
from bookings.visits.service.papers import (
    ADDRESS,
    calendar_file,
    day_and_time,
    group_words,
    manage_url,
    stop_lines,
)
from vizium.mail.service import Mail, send
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import euro


class Letter(StrEnum):
    """The letters about a visit."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"


def send_letter(
    session: Session, letter: Letter, visit: VisitRow, *, settings: Settings, now: datetime
) -> None:
    """Put a letter into the outbox; once for each version of the visit."""
    words = translator(visit.page_language)
    mail = Mail(
        key=f"visit:{visit.id}:{visit.version}:{letter.value}",
        recipient=visit.contact.email,
        subject=_subject(letter, visit, words),
        text=_text(letter, visit, words, settings),
        language=words.lang,
        calendar=calendar_file(visit, lang=words.lang, settings=settings, now=now),
    )
    send(session, mail, now=now)


def transport_words(visit: VisitRow, words: Translator) -> str:
    """What stands about the bus money, in one sentence; empty when it was not asked for."""
    award = visit.transport
    if award.state is TransportState.UNWANTED:
        return ""
    sum_of_money = euro(words.lang, award.award_cents)
    sentence = words.code("transport_state", award.state.value, amount=sum_of_money)
    reasons = " ".join(words.code("claim_reason", reason) for reason in award.reasons)
    return f"{sentence} {reasons}".strip()


def _subject(letter: Letter, visit: VisitRow, words: Translator) -> str:
    fact = {
        Letter.CONFIRMED: words.t("Visit confirmed"),
        Letter.CHANGED: words.t("Visit changed"),
        Letter.CANCELLED: words.t("Visit cancelled"),
    }[letter]
    return f"{fact}: {visit.reference}, {day_and_time(visit, words.lang)}"


def _text(letter: Letter, visit: VisitRow, words: Translator, settings: Settings) -> str:
    greeting = words.t("Hello, %(name)s!", name=visit.contact.name)
    if letter is Letter.CANCELLED:
        body = _cancelled(visit, words)
    else:
        body = _standing(letter, visit, words, manage_url(visit, settings))
    return "\n\n".join([greeting, *body, ADDRESS, ""])


def _cancelled(visit: VisitRow, words: Translator) -> list[str]:
    facts = {"reference": visit.reference, "when": day_and_time(visit, words.lang)}
    sentence = words.t(
        "The visit %(reference)s of %(school)s, %(when)s, is cancelled. You owe nothing.",
        school=visit.school_name,
        **facts,
    )
    return [sentence, transport_words(visit, words)] if visit.wants_transport else [sentence]


def _standing(letter: Letter, visit: VisitRow, words: Translator, url: str) -> list[str]:
    if letter is Letter.CONFIRMED:
        opening = words.t("Your visit to VIZIUM is confirmed.")
    else:
        opening = words.t("Your visit to VIZIUM was changed. This is how it stands now.")
    facts = [
        words.t("Reference: %(reference)s", reference=visit.reference),
        words.t("School: %(school)s", school=visit.school_name),
        words.t("When: %(when)s", when=day_and_time(visit, words.lang)),
        words.t("Pupils: %(pupils)s", pupils=group_words(visit.groups, words)),
        words.t("Adults: %(count)s", count=visit.adults),
        words.t("Price: %(price)s", price=euro(words.lang, visit.price_cents)),
    ]
    return [
        opening,
        "\n".join(facts),
        "\n".join([words.t("Your day:"), *stop_lines(visit, words.lang)]),
        *([transport_words(visit, words)] if visit.wants_transport else []),
        words.t("Be at the front desk 15 minutes early and show the pass."),
        words.t("The pass, changes and cancelling: %(url)s", url=url),
    ]
