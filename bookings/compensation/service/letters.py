"""What the school is told by mail, in its language: plain text that is complete by itself."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.compensation.queries import ClaimRow
from bookings.compensation.rules import ClaimState
from bookings.visits.service.papers import ADDRESS, manage_path
from vizium.kernel.registers import Iban, format_iban
from vizium.mail.service import Mail, send
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import euro, short_date


class Letter(StrEnum):
    """The letters about a claim."""

    OPENED = "opened"
    FILED = "filed"
    DECIDED = "decided"


def send_letter(
    session: Session,
    letter: Letter,
    claim: ClaimRow,
    *,
    settings: Settings,
    now: datetime,
    reasons: Sequence[str] = (),
) -> None:
    """Put a letter into the outbox; once for each version of the claim."""
    words = translator(claim.page_language)
    subject, body = {Letter.OPENED: _opened, Letter.FILED: _filed, Letter.DECIDED: _decided}[
        letter
    ](claim, words)
    why = [words.code("claim_reason", reason) for reason in reasons]
    paragraphs = [
        words.t("Hello, %(name)s!", name=claim.contact_name),
        *body,
        *(["\n".join(why)] if why else []),
        words.t("Your claim: %(url)s", url=claim_url(claim, settings)),
        ADDRESS,
        "",
    ]
    mail = Mail(
        key=f"claim:{claim.id}:{claim.version}:{letter.value}",
        recipient=claim.contact_email,
        subject=f"{subject}: {claim.reference}",
        text="\n\n".join(paragraphs),
        language=words.lang,
    )
    send(session, mail, now=now)


def claim_url(claim: ClaimRow, settings: Settings) -> str:
    """The whole link to a claim, in its teacher's language."""
    path = manage_path(claim.reference, settings)
    return f"{settings.base_url}/{claim.page_language}{path}/claim"


def _opened(claim: ClaimRow, words: Translator) -> tuple[str, list[str]]:
    assert claim.last_day is not None
    return words.t("Claim the cost of your bus"), [
        words.t(
            "Thank you for visiting VIZIUM. Up to %(amount)s is reserved for your bus.",
            amount=euro(words.lang, claim.award_cents),
        ),
        words.t(
            "Send us the carrier's invoice by %(day)s. It takes a few minutes.",
            day=short_date(claim.last_day),
        ),
    ]


def _filed(claim: ClaimRow, words: Translator) -> tuple[str, list[str]]:
    assert claim.filing is not None
    return words.t("We have received your claim"), [
        words.t(
            "We have received your claim for the bus on %(day)s: invoice %(number)s, %(total)s.",
            day=short_date(claim.visited_on),
            number=claim.filing.invoice.number,
            total=euro(words.lang, claim.filing.invoice.total_cents),
        ),
        words.t("One person checks it, another one decides. We write to you when it is decided."),
    ]


def _decided(claim: ClaimRow, words: Translator) -> tuple[str, list[str]]:
    assert claim.filing is not None
    assert claim.decided_cents is not None
    amount = euro(words.lang, claim.decided_cents)
    if claim.state is ClaimState.REJECTED:
        return words.t("No transport compensation"), [
            words.t("We have looked at your claim and cannot pay for the bus this time.")
        ]
    subject = words.t("Transport compensation of %(amount)s", amount=amount)
    if claim.state is ClaimState.PARTIAL:
        opening = words.t("We pay back part of what the bus cost: %(amount)s.", amount=amount)
    else:
        opening = words.t("We pay back %(amount)s for the bus.", amount=amount)
    account = format_iban(Iban(claim.filing.iban))
    return subject, [opening, words.t("It is paid by transfer to %(iban)s.", iban=account)]
