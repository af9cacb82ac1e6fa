"""What the excursion sheet says of a visit: all but the names, which stay at the school.

Source:
    Cabinet of Ministers rules on the safety of pupils on excursions: the teacher in charge gives
    the head the aim, the route, the transport, the list of participants and the contacts.
"""

from datetime import datetime

from bookings.visits.passes import ExcursionSheet, make_excursion_pdf
from bookings.visits.queries import VisitRow
from bookings.visits.service.papers import ADDRESS, group_words, stop_pairs
from vizium.kernel.registers import Phone, format_phone
from vizium.web.i18n import Translator, translator
from vizium.web.templating import euro, long_day, wall_time


def excursion_pdf(visit: VisitRow, *, place: str, lang: str, now: datetime) -> bytes:
    """The sheet for the head.

    Args:
        place: the town or village of the school, where the route begins and ends.
    """
    return make_excursion_pdf(_sheet(visit, place, translator(lang)), made_at=now)


def _sheet(visit: VisitRow, place: str, words: Translator) -> ExcursionSheet:
    return ExcursionSheet(
        language=words.lang,
        title=words.t("Excursion sheet"),
        code=visit.reference,
        lines=(*_trip(visit, place, words), *_people(visit, words)),
        day_title=words.t("The day at VIZIUM"),
        day=stop_pairs(visit, words.lang),
        safety_title=words.t("Safety"),
        safety=_safety(words),
        signatures_title=words.t("Signatures"),
        signatures=(
            (words.t("Teacher in charge, date"), ""),
            (words.t("Head of the school, date"), ""),
        ),
        people_title=words.t("Participants"),
        people_note=words.t(
            "Written by the school and kept by the school: VIZIUM neither asks for names nor stores"
            " them."
        ),
        people_columns=(
            words.t("No."),
            words.t("Name and surname"),
            words.t("Class"),
            words.t("Remarks"),
        ),
        people=visit.pupils,
    )


def _trip(visit: VisitRow, place: str, words: Translator) -> tuple[tuple[str, str], ...]:
    lang = words.lang
    titles = dict.fromkeys(stop.title(lang) for stop in visit.stops if stop.is_activity)
    there = f"{wall_time(lang, visit.arrive_at)}–{wall_time(lang, visit.leave_at)}"
    route = f"{place} – Ventspils – {place}" if place else "… – Ventspils – …"
    return (
        (words.t("School"), ", ".join(p.school_name for p in visit.parties) or visit.school_name),
        (
            words.t("Aim"),
            words.t("To learn at the science centre: %(what)s", what="; ".join(titles)),
        ),
        (words.t("Date"), long_day(lang, visit.arrive_at)),
        (words.t("Where"), ADDRESS),
        (words.t("Route"), route),
        (words.t("Transport, carrier"), ""),
        (words.t("Leaving the school, coming back"), ""),
        (words.t("At VIZIUM"), there),
        (words.t("Visit"), visit.reference),
        (
            words.t("Price"),
            f"{euro(lang, visit.price_cents)} ({words.code('funding', visit.funding.value)})",
        ),
    )


def _people(visit: VisitRow, words: Translator) -> tuple[tuple[str, str], ...]:
    contact = visit.contact
    phone = format_phone(Phone(contact.phone)) if contact.phone else ""
    return (
        (words.t("Pupils"), f"{visit.pupils} ({group_words(visit.groups, words)})"),
        (words.t("Adults, the teacher in charge among them"), str(visit.adults)),
        (words.t("Teacher in charge"), ", ".join(part for part in (contact.name, phone) if part)),
        (words.t("Escorts (names, telephones)"), ""),
    )


def _safety(words: Translator) -> tuple[str, ...]:
    return (
        words.t("The pupils have been told how to behave on the road, in the bus and at VIZIUM."),
        words.t("Nobody leaves the group alone; the adults count the pupils at every stop."),
        words.t("A first-aid kit, a charged telephone and this list go along."),
        words.t("In danger call 112; at VIZIUM turn to any member of staff."),
    )
