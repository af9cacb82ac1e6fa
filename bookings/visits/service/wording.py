"""The words of each letter about a visit: plain text that is complete by itself.

A letter is a subject that leads with the fact, a greeting, some paragraphs of its own, and then the
paragraphs that every letter about a standing visit has: the facts, the day, the links.
"""

from bookings.visits.queries import PartyRow, VisitRow
from bookings.visits.rules import TransportState
from bookings.visits.service.openings import (
    OPENINGS,
    Letter,
    News,
    Writing,
    how_soon,
    transport_words,
)
from bookings.visits.service.papers import (
    ADDRESS,
    day_and_time,
    group_words,
    manage_url,
    page_url,
    stop_lines,
)
from bookings.visits.service.schools import price_parts
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import euro

__all__ = ["Letter", "News", "letter_text", "subject_of", "transport_words"]


# They are about a visit that does not take place.
_OF_NO_VISIT = frozenset(
    {Letter.CANCELLED, Letter.DECLINED, Letter.EXPIRED, Letter.MISSED, Letter.WAIVED, Letter.LEFT}
)


def subject_of(letter: Letter, visit: VisitRow, news: News, words: Translator) -> str:
    """``Apmeklējums apstiprināts: VZ-7K3QM9, otrdien, 2027. gada 16. martā, plkst. 10.00``."""
    fact = {
        Letter.CONFIRMED: words.t("Visit confirmed"),
        Letter.CHANGED: words.t("Visit changed"),
        Letter.CANCELLED: words.t("Visit cancelled"),
        Letter.REQUESTED: words.t("Approval asked for"),
        Letter.ASKED: words.t("A visit waits for your approval"),
        Letter.APPROVED: words.t("The head has approved the visit"),
        Letter.DECLINED: words.t("The head has declined the visit"),
        Letter.EXPIRED: words.t("The time for approval is over"),
        Letter.REMINDER: how_soon(news, words),
        Letter.FOLLOW_UP: words.t("Thank you for coming"),
        Letter.JOINED: words.t("Your class comes along"),
        Letter.LEFT: words.t("Your class no longer comes along"),
        Letter.MISSED: words.t("Your class did not come"),
        Letter.WAIVED: words.t("Nothing to pay for not coming"),
    }[letter]
    return f"{fact}: {visit.reference}, {day_and_time(visit, words.lang)}"


def letter_text(
    letter: Letter, visit: VisitRow, news: News, *, party: PartyRow | None, settings: Settings
) -> str:
    """The whole text of a letter.

    Args:
        party: the reader's school where it is not the leading one, which alone arranges the visit.
    """
    words = translator(visit.page_language)
    writing = Writing(letter, visit, news, words, settings)
    name = party.contact.name if party else visit.contact.name
    hello = words.t("Hello!")
    if letter is not Letter.ASKED:
        hello = words.t("Hello, %(name)s!", name=name)
    links = _links(writing) if party is None else [*_part_of(party, writing), _led_by(writing)]
    body = [*OPENINGS[letter](writing), *_standing(writing), *links]
    return "\n\n".join([hello, *(paragraph for paragraph in body if paragraph), ADDRESS, ""])


def _standing(writing: Writing) -> list[str]:
    """The facts and the day of a visit that still is to come."""
    if writing.letter in _OF_NO_VISIT:
        return []
    if writing.letter is Letter.FOLLOW_UP:
        return _afterwards(writing)
    visit, words = writing.visit, writing.words
    facts = [
        words.t("Reference: %(reference)s", reference=visit.reference),
        words.t("School: %(school)s", school=_schools(visit)),
        words.t("When: %(when)s", when=day_and_time(visit, words.lang)),
        words.t("Pupils: %(pupils)s", pupils=group_words(visit.groups, words)),
        words.t("Adults: %(count)s", count=visit.adults),
        words.t("Price: %(price)s", price=euro(words.lang, visit.price_cents)),
        words.t("Funding: %(funding)s", funding=words.code("funding", visit.funding.value)),
    ]
    day = "\n".join([words.t("Your day:"), *stop_lines(visit, words.lang)])
    early = words.t("Be at the front desk 15 minutes early and show the pass.")
    on_the_way = [] if writing.letter in {Letter.REQUESTED, Letter.ASKED} else [early]
    return ["\n".join(facts), day, transport_words(visit, words), *on_the_way]


def _afterwards(writing: Writing) -> list[str]:
    visit, words, settings = writing.visit, writing.words, writing.settings
    titles = {stop.code: stop.title(words.lang) for stop in visit.stops if stop.is_activity}
    lines = [
        f"{title}: {page_url(visit, f'/programmes/{code}/materials', settings)}"
        for code, title in titles.items()
    ]
    if not lines:
        return []
    return ["\n".join([words.t("To go on with in class, materials and exercises:"), *lines])]


def _links(writing: Writing) -> list[str]:
    """What the leading school can do next."""
    visit, words, letter = writing.visit, writing.words, writing.letter
    url = manage_url(visit, writing.settings)
    sheet = words.t("The excursion sheet for the head: %(url)s", url=f"{url}/excursion.pdf")
    plans = words.t(
        "Our plans have changed – new numbers, another day, cancelling: %(url)s", url=url
    )
    claim = words.t(
        "Money for the bus: send the carrier's invoice here: %(url)s", url=f"{url}/claim"
    )
    links = {
        Letter.CONFIRMED: [words.t("The pass, changes and cancelling: %(url)s", url=url), sheet],
        Letter.APPROVED: [words.t("The pass, changes and cancelling: %(url)s", url=url), sheet],
        Letter.CHANGED: [words.t("The pass, changes and cancelling: %(url)s", url=url)],
        Letter.REQUESTED: [words.t("Your visit: %(url)s", url=url)],
        Letter.REMINDER: [plans, sheet],
        Letter.MISSED: [words.t("Your visit: %(url)s", url=url)],
        Letter.FOLLOW_UP: [claim] if visit.transport.state is TransportState.RESERVED else [],
    }
    return links.get(letter, [])


def _part_of(party: PartyRow, writing: Writing) -> list[str]:
    """What one school of a joint group brings, and what of the price is its own."""
    visit, words = writing.visit, writing.words
    part = price_parts(visit).get(party.school)
    if part is None or writing.letter in _OF_NO_VISIT:
        return []
    return [
        words.t(
            "From your school: %(pupils)s; adults: %(adults)s. Its part of the price: %(price)s.",
            pupils=group_words(party.groups, words),
            adults=party.adults,
            price=euro(words.lang, part),
        )
    ]


def _led_by(writing: Writing) -> str:
    visit = writing.visit
    return writing.words.t(
        "The visit is arranged by %(name)s, %(school)s: %(email)s, %(phone)s",
        name=visit.contact.name,
        school=visit.school_name,
        email=visit.contact.email,
        phone=visit.contact.phone,
    )


def _schools(visit: VisitRow) -> str:
    return ", ".join(party.school_name for party in visit.parties) or visit.school_name
