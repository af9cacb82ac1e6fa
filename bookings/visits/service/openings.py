"""What has happened: the first paragraphs of each letter about a visit."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bookings.visits.queries import VisitRow
from bookings.visits.rules import TransportState
from bookings.visits.service.differences import difference_lines
from bookings.visits.service.papers import (
    approval_path,
    day_and_time,
    manage_url,
    page_url,
    until_words,
)
from vizium.settings import Settings
from vizium.web.i18n import Translator
from vizium.web.templating import euro


class Letter(StrEnum):
    """The letters about a visit."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    REMINDER = "reminder"
    FOLLOW_UP = "follow_up"
    JOINED = "joined"
    LEFT = "left"
    MISSED = "missed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class News:
    """What a letter tells beside the visit: how it was before, what the head wrote, how soon.

    `mark` tells two letters of a kind apart that are both meant to be sent.
    """

    before: VisitRow | None = None
    word: str = ""
    days_before: int = 0
    by_centre: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a paragraph of a letter may need."""

    letter: Letter
    visit: VisitRow
    news: News
    words: Translator
    settings: Settings


def transport_words(visit: VisitRow, words: Translator) -> str:
    """What stands about the bus money, in one sentence; empty when it was not asked for."""
    award = visit.transport
    if award.state is TransportState.UNWANTED:
        return ""
    sum_of_money = euro(words.lang, award.award_cents)
    sentence = words.code("transport_state", award.state.value, amount=sum_of_money)
    reasons = " ".join(words.code("claim_reason", reason) for reason in award.reasons)
    return f"{sentence} {reasons}".strip()


def how_soon(news: News, words: Translator) -> str:
    """``In 7 days``, as a sentence begins."""
    if news.days_before == 0:
        return words.t("Today")
    if news.days_before == 1:
        return words.t("Tomorrow")
    return words.n("In %(num)s day", "In %(num)s days", news.days_before)


def _fee(visit: VisitRow, words: Translator) -> str:
    if not visit.fee_cents:
        return words.t("You owe nothing.")
    fee = euro(words.lang, visit.fee_cents)
    return words.t("So late a cancellation costs %(fee)s.", fee=fee)


def _in_their_words(writing: Writing) -> str:
    word = writing.news.word
    return writing.words.t("The head wrote: %(word)s", word=word) if word else ""


def _which(writing: Writing) -> dict[str, str]:
    visit = writing.visit
    return {"reference": visit.reference, "when": day_and_time(visit, writing.words.lang)}


def _until(visit: VisitRow, words: Translator) -> str:
    assert visit.expires_at is not None
    return until_words(visit.expires_at, words)


def _confirmed(writing: Writing) -> list[str]:
    return [writing.words.t("Your visit to VIZIUM is confirmed.")]


def _approved(writing: Writing) -> list[str]:
    said = writing.words.t("The head has approved your visit to VIZIUM: it is confirmed.")
    return [said, _in_their_words(writing)]


def _changed(writing: Writing) -> list[str]:
    words, before = writing.words, writing.news.before
    opening = words.t("Your visit to VIZIUM was changed. This is how it stands now.")
    if writing.news.by_centre:
        opening = words.t(
            "VIZIUM had to change your visit and is sorry for it. This is how it stands now; you"
            " pay no more than before. If it does not suit you, call us."
        )
    lines = difference_lines(before, writing.visit, words) if before else []
    if lines:
        return [opening, "\n".join([words.t("What is different:"), *lines])]
    return [opening]


def _joined(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    return [
        words.t(
            "Your class comes along on the visit of %(school)s to VIZIUM.", school=visit.school_name
        )
    ]


def _left(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    said = words.t(
        "Your class no longer comes along on the visit %(reference)s of %(school)s, %(when)s.",
        school=visit.school_name,
        **_which(writing),
    )
    return [f"{said} {words.t('You owe nothing.')}"]


def _cancelled(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    said = words.t(
        "The visit %(reference)s of %(school)s, %(when)s, is cancelled.",
        school=visit.school_name,
        **_which(writing),
    )
    word = writing.news.word
    why = words.t("The reason: %(word)s", word=word) if word else ""
    return [f"{said} {_fee(visit, words)}", why, transport_words(visit, words)]


def _requested(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    asked = words.t("We have asked %(email)s to approve your visit.", email=visit.approver_email)
    kept = words.t(
        "We keep the places until %(until)s. Without an answer they go to others then.",
        until=_until(visit, words),
    )
    return [f"{asked} {kept}"]


def _asked(writing: Writing) -> list[str]:
    visit, words, settings = writing.visit, writing.words, writing.settings
    asks = words.t(
        "%(name)s, %(school)s, asks you to approve a class's visit to the science centre VIZIUM.",
        name=visit.contact.name,
        school=visit.school_name,
    )
    answer = words.t(
        "Approve or decline until %(until)s: %(url)s",
        until=_until(visit, words),
        url=page_url(visit, approval_path(visit, settings), settings),
    )
    return [asks, answer]


def _declined(writing: Writing) -> list[str]:
    words = writing.words
    said = words.t(
        "The head has not approved the visit %(reference)s, %(when)s.", **_which(writing)
    )
    gone = words.t("The places are free for others again. You owe nothing.")
    return [f"{said} {gone}", _in_their_words(writing)]


def _expired(writing: Writing) -> list[str]:
    words = writing.words
    over = words.t(
        "Nobody has approved the visit %(reference)s, %(when)s, in time.", **_which(writing)
    )
    gone = words.t("The places are free for others again. You owe nothing.")
    again = words.t(
        "If the places are still free, you can have them back with one press: %(url)s",
        url=manage_url(writing.visit, writing.settings),
    )
    return [f"{over} {gone}", again]


def _reminder(writing: Writing) -> list[str]:
    soon = how_soon(writing.news, writing.words)
    return [writing.words.t("%(how_soon)s your class comes to VIZIUM.", how_soon=soon)]


def _follow_up(writing: Writing) -> list[str]:
    return [writing.words.t("Thank you for coming to VIZIUM with your class.")]


def _missed(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    said = words.t("Your class did not come to VIZIUM: %(reference)s, %(when)s.", **_which(writing))
    call_us = words.t(
        "If you were here, or something happened that nobody could help, answer or call us:"
        " we put it right."
    )
    return [f"{said} {_no_show_fee(visit, words)}", call_us]


def _no_show_fee(visit: VisitRow, words: Translator) -> str:
    if not visit.no_show_fee_cents:
        return _owed(visit, words)
    fee = euro(words.lang, visit.no_show_fee_cents)
    costs = words.t("By the rules of the centre this costs %(fee)s.", fee=fee)
    is_all = visit.fee_cents == visit.no_show_fee_cents
    return costs if is_all else f"{costs} {_owed(visit, words)}"


def _waived(writing: Writing) -> list[str]:
    visit, words = writing.visit, writing.words
    said = words.t(
        "The fee for not coming is taken back: %(reference)s, %(when)s.", **_which(writing)
    )
    return [f"{said} {_owed(visit, words)}"]


def _owed(visit: VisitRow, words: Translator) -> str:
    if not visit.fee_cents:
        return words.t("You owe nothing.")
    fee = euro(words.lang, visit.fee_cents)
    return words.t("With the late changes you owe %(fee)s.", fee=fee)


# Keyed by letter.
OPENINGS: dict[Letter, Callable[[Writing], list[str]]] = {
    Letter.CONFIRMED: _confirmed,
    Letter.CHANGED: _changed,
    Letter.CANCELLED: _cancelled,
    Letter.REQUESTED: _requested,
    Letter.ASKED: _asked,
    Letter.APPROVED: _approved,
    Letter.DECLINED: _declined,
    Letter.EXPIRED: _expired,
    Letter.REMINDER: _reminder,
    Letter.FOLLOW_UP: _follow_up,
    Letter.JOINED: _joined,
    Letter.LEFT: _left,
    Letter.MISSED: _missed,
    Letter.WAIVED: _waived,
}
