"""A visit on paper and in calendars: links, the pass, the .ics, in the words of one language."""

from datetime import datetime

from bookings.visits.passes import (
    CalendarEntry,
    PassFacts,
    PassSheet,
    make_calendar,
    make_pdf,
    sign_pass,
)
from bookings.visits.queries import StopRow, VisitRow
from bookings.visits.rules import PRESCHOOL, Group, VisitState
from vizium.kernel.errors import Conflict
from vizium.kernel.ids import is_signed, sign
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import long_day, short_date, wall_time

_MANAGE = "manage-visit"
_APPROVE = "approve-visit"
_WITH_PASS = frozenset({VisitState.CONFIRMED, VisitState.ARRIVED, VisitState.COMPLETED})
ADDRESS = "VIZIUM, Rūpniecības iela 2, Ventspils"


def manage_path(reference: str, settings: Settings) -> str:
    """The path, without language, under which the holder of the link manages a visit."""
    return f"/visits/{reference}/{sign(settings.secret_key, _MANAGE, reference)}"


def opens(reference: str, key: str, settings: Settings) -> bool:
    """Whether this is the key of the link to a visit."""
    return is_signed(settings.secret_key, _MANAGE, reference, signature=key)


def approval_path(visit: VisitRow, settings: Settings) -> str:
    """The path under which the head of the school answers; another head's link is another."""
    key = sign(settings.secret_key, _APPROVE, _approval(visit))
    return f"/visits/{visit.reference}/approval/{key}"


def opens_approval(visit: VisitRow, key: str, settings: Settings) -> bool:
    """Whether this is the key of the link that the visit's present approver has."""
    if visit.approver_email is None:
        return False
    return is_signed(settings.secret_key, _APPROVE, _approval(visit), signature=key)


def refuse_pass(visit: VisitRow) -> None:
    """Refuse a pass for a visit that nobody may enter with.

    Raises:
        Conflict: ``visit_is_…`` with the present state.
    """
    if visit.state not in _WITH_PASS:
        raise Conflict(f"visit_is_{visit.state.value}", state=visit.state.value)


def page_url(visit: VisitRow, path: str, settings: Settings) -> str:
    """A page of ours as a link in a letter about a visit, in its teacher's language."""
    return f"{settings.base_url}/{visit.page_language}{path}"


def manage_url(visit: VisitRow, settings: Settings) -> str:
    """The whole link to a visit, in its teacher's language."""
    return page_url(visit, manage_path(visit.reference, settings), settings)


def pass_url(visit: VisitRow, settings: Settings) -> str:
    """What the QR says: a page of the front desk."""
    facts = PassFacts(visit.reference, visit.version, visit.local_date, visit.pupils)
    token = sign_pass(facts, secret_key=settings.secret_key)
    return f"{settings.base_url}/{visit.page_language}/visits/check-in/{token}"


def pass_pdf(visit: VisitRow, *, lang: str, settings: Settings, now: datetime) -> bytes:
    """The printed pass."""
    from vizium.files.qr import qr_svg  # noqa: PLC0415 - see docs/decisions/0017

    code = qr_svg(pass_url(visit, settings))
    return make_pdf(_sheet(visit, translator(lang)), qr=code, made_at=now)


def pass_png(visit: VisitRow, *, settings: Settings) -> bytes:
    """The pass's code alone, for a phone."""
    from vizium.files.qr import qr_png  # noqa: PLC0415 - see docs/decisions/0017

    return qr_png(pass_url(visit, settings))


def calendar_file(
    visit: VisitRow, *, lang: str, settings: Settings, now: datetime, with_link: bool = True
) -> bytes:
    """The visit as .ics; cancelled and expired visits strike their entry out.

    Args:
        with_link: whether the reader may change the visit; its link opens all of it.
    """
    words = translator(lang)
    url = manage_url(visit, settings) if with_link else ""
    lines = [
        words.t("Reference: %(reference)s", reference=visit.reference),
        *stop_lines(visit, lang),
    ]
    entry = CalendarEntry(
        reference=visit.reference,
        version=visit.version,
        start=visit.start,
        end=visit.end,
        summary="VIZIUM: " + ", ".join(stop.title(lang) for stop in visit.stops),
        description="\n".join([*lines, url] if url else lines),
        location=ADDRESS,
        url=url,
        cancelled=visit.state in {VisitState.CANCELLED, VisitState.EXPIRED},
        made_at=now,
    )
    return make_calendar(entry)


def day_and_time(visit: VisitRow, lang: str) -> str:
    """``otrdien, 2027. gada 30. martā, plkst. 10.00``."""
    at = wall_time(lang, visit.start)
    return translator(lang).t("%(day)s at %(time)s", day=long_day(lang, visit.start), time=at)


def until_words(instant: datetime, words: Translator) -> str:
    """``03.02.2027 plkst. 10.00``: until when something stands, in a form that "līdz" takes."""
    at = wall_time(words.lang, instant)
    return words.t("%(date)s at %(time)s", date=short_date(instant), time=at)


def stop_lines(visit: VisitRow, lang: str) -> list[str]:
    """Each stop as one line of text; what a part of the class does says which part."""
    return [f"{when} {what}" for when, what in stop_pairs(visit, lang)]


def stop_pairs(visit: VisitRow, lang: str) -> tuple[tuple[str, str], ...]:
    """Each stop as its time and its title with its place."""
    return tuple(
        (stop_time(stop, lang), _what(stop, lang) + _part(visit, stop, lang))
        for stop in visit.stops
    )


def stop_time(stop: StopRow, lang: str) -> str:
    """``10.00–11.00``."""
    return f"{wall_time(lang, stop.start)}–{wall_time(lang, stop.end)}"


def stop_words(stop: StopRow, lang: str) -> str:
    """A stop with its time, title and place."""
    return f"{stop_time(stop, lang)} {_what(stop, lang)}"


def group_words(groups: tuple[Group, ...], words: Translator) -> str:
    """``5. klase: 27``, one after the other."""
    return ", ".join(f"{_grade(one.grade, words)}: {one.pupils}" for one in groups)


def _grade(grade: int, words: Translator) -> str:
    return words.t("Preschool") if grade == PRESCHOOL else words.t("Grade %(grade)s", grade=grade)


def _approval(visit: VisitRow) -> str:
    return f"{visit.reference}/{visit.approver_email}"


def _what(stop: StopRow, lang: str) -> str:
    return ", ".join(part for part in (stop.title(lang), stop.places[lang]) if part)


def _part(visit: VisitRow, stop: StopRow, lang: str) -> str:
    if len(stop.who) == len(visit.subgroups):
        return ""
    numbers = ", ".join(str(index + 1) for index in stop.who)
    return f" ({translator(lang).t('group %(numbers)s', numbers=numbers)})"


def _sheet(visit: VisitRow, words: Translator) -> PassSheet:
    lang = words.lang
    be_there = wall_time(lang, visit.arrive_at)
    return PassSheet(
        language=lang,
        title=words.t("Visit pass"),
        code=visit.reference,
        code_label=words.t("QR code of the visit %(reference)s", reference=visit.reference),
        lines=(
            (words.t("School"), visit.school_name),
            (words.t("When"), day_and_time(visit, lang)),
            (words.t("Be there at"), be_there),
            (words.t("Where"), ADDRESS),
            (words.t("Pupils"), group_words(visit.groups, words)),
            (words.t("Adults"), str(visit.adults)),
        ),
        stops_title=words.t("Your day"),
        stops=stop_pairs(visit, lang),
        notes=(words.t("Show this code at the front desk, on paper or on a phone."),),
    )
