"""A course on paper and in calendars: links, the certificate, the .ics, in one language's words."""

from datetime import datetime

from bookings.courses.certificate import (
    CalendarDay,
    CertificateSheet,
    make_calendar,
    make_pdf,
)
from bookings.courses.queries import (
    CompletionRow,
    CourseRow,
    CourseSessionRow,
    EnrolmentRow,
)
from bookings.courses.rules import CompletionRule, EnrolmentState
from vizium.kernel.errors import Conflict, NotFound
from vizium.kernel.ids import is_signed, sign
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import long_day, percent, short_date, wall_time

_MANAGE = "manage-enrolment"
ADDRESS = "VIZIUM, Rūpniecības iela 2, Ventspils"


def manage_path(reference: str, settings: Settings) -> str:
    """The path, without language, under which the holder of the link manages an enrolment."""
    return f"/enrolments/{reference}/{sign(settings.secret_key, _MANAGE, reference)}"


def opens(reference: str, key: str, settings: Settings) -> bool:
    """Whether this is the key of the link to an enrolment."""
    return is_signed(settings.secret_key, _MANAGE, reference, signature=key)


def manage_url(row: EnrolmentRow, settings: Settings) -> str:
    """The whole link to an enrolment, in its person's language."""
    return f"{settings.base_url}/{row.page_language}{manage_path(row.reference, settings)}"


def check_url(number: str, *, lang: str, settings: Settings) -> str:
    """Where anybody sees whether a certificate is genuine."""
    return f"{settings.base_url}/{lang}/certificates/{number}"


def certificate_pdf(row: EnrolmentRow, *, lang: str, settings: Settings) -> bytes:
    """The certificate of an educator who completed; the same bytes each time.

    Raises:
        NotFound: ``certificate``: there is no completion, or it is a class's.
        Conflict: ``certificate_revoked``.
    """
    from vizium.files.qr import qr_svg  # noqa: PLC0415 - docs/decisions/0017

    if row.completion is None or row.grade is not None:
        raise NotFound("certificate")
    if row.completion.revocation is not None:
        raise Conflict("certificate_revoked", number=row.completion.number)
    url = check_url(row.completion.number, lang=lang, settings=settings)
    sheet = _sheet(row.completion, translator(lang), url)
    return make_pdf(sheet, qr=qr_svg(url), made_at=row.completion.confirmed_at)


def calendar_file(
    row: EnrolmentRow, course: CourseRow, *, settings: Settings, now: datetime
) -> bytes:
    """All sessions as .ics; who gave the place up has them all struck out."""
    lang = row.page_language
    words = translator(lang)
    gone = row.state in {EnrolmentState.WITHDRAWN, EnrolmentState.LAPSED}
    url = manage_url(row, settings)
    days = [
        CalendarDay(
            uid=f"{row.reference}.{one.id}@vizium",
            # A session is cancelled at most once, versions rise: so does their sum.
            sequence=row.version + one.version + (one.cancelled_at is not None),
            start=one.start,
            end=one.end,
            summary=f"VIZIUM: {course.title(lang)}",
            description=words.t("Reference: %(reference)s", reference=row.reference) + "\n" + url,
            location=", ".join(part for part in (one.places[lang], ADDRESS) if part),
            url=url,
            cancelled=gone or one.cancelled_at is not None,
        )
        for one in course.sessions
    ]
    return make_calendar(days, made_at=now)


def session_words(one: CourseSessionRow, lang: str) -> str:
    """``otrdien, 2027. gada 30. martā, plkst. 15.30–17.00, Laboratorija``."""
    span = f"{wall_time(lang, one.start)}–{wall_time(lang, one.end)}"
    when = translator(lang).t("%(day)s at %(time)s", day=long_day(lang, one.start), time=span)
    return ", ".join(part for part in (when, one.places[lang]) if part)


def hours_words(hours: int, words: Translator) -> str:
    """``8 akadēmiskās stundas``."""
    return words.n("%(num)s academic hour", "%(num)s academic hours", hours)


def rule_words(rule: CompletionRule, words: Translator) -> str:
    """What must be attended to complete: ``Jāapmeklē vismaz 75 % nodarbību``."""
    share = percent(words.lang, rule.share_bp)
    return words.code("completion_rule", rule.measure.value, share=share)


def _sheet(completion: CompletionRow, words: Translator, url: str) -> CertificateSheet:
    lang = words.lang
    days = f"{short_date(completion.first_day)}–{short_date(completion.last_day)}"
    if completion.first_day == completion.last_day:
        days = short_date(completion.first_day)
    title = words.n(
        "Certificate of a programme of %(num)s hour",
        "Certificate of a programme of %(num)s hours",
        completion.hours,
    )
    return CertificateSheet(
        language=lang,
        issuer=words.t("VIZIUM science centre"),
        title=title,
        number=completion.number,
        name=completion.name,
        sentence=words.t("has completed the programme for educators"),
        programme=completion.titles[lang],
        lines=(
            (words.t("Extent"), hours_words(completion.hours, words)),
            (words.t("Held"), days),
            (words.t("Issued"), short_date(completion.confirmed_at)),
            (words.t("Certificate number"), completion.number),
        ),
        outcomes_title=words.t("Learning outcomes"),
        outcomes=completion.outcomes[lang],
        signed=words.t("Completion confirmed by: %(name)s", name=completion.confirmed_name),
        check=words.t("Whether this certificate is genuine is seen here:"),
        check_url=url,
        code_label=words.t(
            "QR code: check of the certificate %(number)s", number=completion.number
        ),
    )
