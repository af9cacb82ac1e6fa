"""What people are told by mail: plain text that is complete by itself, with the .ics."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.courses.queries import (
    CourseRow,
    CourseSessionRow,
    EnrolmentRow,
    count_before,
    get_course,
    get_enrolment_by_id,
    list_enrolments,
    list_reminded,
)
from bookings.courses.rules import KEEPING, REMIND_BEFORE
from bookings.courses.service.papers import (
    ADDRESS,
    calendar_file,
    check_url,
    hours_words,
    manage_url,
    session_words,
)
from bookings.resources.rules import is_public_holiday
from vizium.kernel.clock import local_date
from vizium.mail.quiet import QuietHours, is_quiet
from vizium.mail.service import Mail, find_written, send
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import short_date, wall_time

_QUIET = QuietHours()


class CourseLetter(StrEnum):
    """The letters about an enrolment."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    OFFERED = "offered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    AGAIN = "again"
    REMINDER = "reminder"
    CHANGED = "changed"
    CERTIFICATE = "certificate"


_L = CourseLetter
# Letters after which the sessions belong into the calendar, or out of it.
_WITH_CALENDAR = frozenset({_L.ENROLLED, _L.WITHDRAWN, _L.CHANGED})


def send_letter(
    session: Session,
    letter: CourseLetter,
    row: EnrolmentRow,
    course: CourseRow,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Put a letter into the outbox, once for each version of the enrolment."""
    body = _body(session, letter, row, course, settings)
    _send(session, letter, row, course, body, settings=settings, now=now, about=str(row.version))


def send_again(
    session: Session, row: EnrolmentRow, course: CourseRow, *, settings: Settings, now: datetime
) -> None:
    """Send the link to who enrolled and asks once more; at most once a day."""
    words = translator(row.page_language)
    body = [
        words.t("You are enrolled already, so nothing was changed."),
        _facts(row, course, words),
        _manage(row, words, settings),
    ]
    about = local_date(now).isoformat()
    _send(session, _L.AGAIN, row, course, body, settings=settings, now=now, about=about)


def send_change(
    session: Session,
    changed: CourseSessionRow,
    course: CourseRow,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Tell everybody who has a place that a session was added or cancelled; once."""
    kind = "added" if changed.cancelled_at is None else "cancelled"
    for row in list_enrolments(session, course.code, states=KEEPING):
        words = translator(row.page_language)
        body = [
            _what_changed(changed, words),
            _sessions(course, words),
            _manage(row, words, settings),
        ]
        about = f"{changed.id}:{kind}"
        _send(session, _L.CHANGED, row, course, body, settings=settings, now=now, about=about)


def sweep_reminders(session: Session, *, settings: Settings, now: datetime) -> int:
    """Remind of sessions of the next two days; each person of each session once.

    In quiet hours nobody is reminded; the morning's sweep finds the same sessions.

    Returns:
        How many letters were written.
    """
    if is_quiet(now, _QUIET, is_rest_day=is_public_holiday):
        return 0
    due = {
        _key(CourseLetter.REMINDER, enrolment, session_id): (code, session_id, enrolment)
        for code, session_id, enrolment in list_reminded(
            session, first=now, last=now + REMIND_BEFORE
        )
    }
    missing = sorted(due.keys() - find_written(session, due.keys()))
    for key in missing:
        _remind(session, *due[key], settings=settings, now=now)
    return len(missing)


def _remind(
    session: Session,
    code: str,
    session_id: str,
    enrolment: str,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    course = get_course(session, code)
    row = get_enrolment_by_id(session, enrolment)
    words = translator(row.page_language)
    one = next(each for each in course.taught if each.id == session_id)
    url = manage_url(row, settings)
    body = [
        words.t("We expect you %(when)s.", when=session_words(one, words.lang)),
        words.t("If you cannot come, give the place up here: %(url)s", url=url),
    ]
    _send(session, _L.REMINDER, row, course, body, settings=settings, now=now, about=session_id)


def _key(letter: CourseLetter, enrolment: str, about: str) -> str:
    return f"course:{enrolment}:{letter.value}:{about}"


def _send(  # noqa: PLR0913 - a letter is about somebody, something, and says what
    session: Session,
    letter: CourseLetter,
    row: EnrolmentRow,
    course: CourseRow,
    body: list[str],
    *,
    settings: Settings,
    now: datetime,
    about: str,
) -> None:
    words = translator(row.page_language)
    greeting = words.t("Hello, %(name)s!", name=row.name)
    calendar = None
    if letter in _WITH_CALENDAR and course.sessions:
        calendar = calendar_file(row, course, settings=settings, now=now)
    mail = Mail(
        key=_key(letter, row.id, about),
        recipient=row.email,
        subject=f"{_fact(letter, words)}: {course.title(words.lang)}, {row.reference}",
        text="\n\n".join([greeting, *body, ADDRESS, ""]),
        language=words.lang,
        calendar=calendar,
    )
    send(session, mail, now=now)


def _fact(letter: CourseLetter, words: Translator) -> str:
    return {
        _L.ENROLLED: words.t("You are enrolled"),
        _L.WAITING: words.t("You are on the waiting list"),
        _L.OFFERED: words.t("A place is free for you"),
        _L.LAPSED: words.t("The offer has ended"),
        _L.WITHDRAWN: words.t("Enrolment withdrawn"),
        _L.AGAIN: words.t("You are enrolled already"),
        _L.REMINDER: words.t("Reminder"),
        _L.CHANGED: words.t("Times changed"),
        _L.CERTIFICATE: words.t("Your certificate is ready"),
    }[letter]


def _body(
    session: Session,
    letter: CourseLetter,
    row: EnrolmentRow,
    course: CourseRow,
    settings: Settings,
) -> list[str]:
    words = translator(row.page_language)
    manage = _manage(row, words, settings)
    if letter is _L.ENROLLED:
        return [
            words.t("You are enrolled in a programme of VIZIUM."),
            _facts(row, course, words),
            _sessions(course, words),
            manage,
        ]
    if letter is _L.WAITING:
        place = words.t("Your place in the line: %(place)s.", place=count_before(session, row) + 1)
        rule = words.t("As soon as a place becomes free, we offer it by mail in this order.")
        return [f"{place} {rule}", _facts(row, course, words), manage]
    if letter is _L.OFFERED:
        return [_offer(row, words), _sessions(course, words), manage]
    if letter is _L.LAPSED:
        ended = words.t("Nobody accepted the offer in time, so the place went to the next in line.")
        again = words.t("If you still want to come, enrol again.")
        return [f"{ended} {again}"]
    if letter is _L.CERTIFICATE:
        return _certificate(row, words, manage, settings)
    return [words.t("Your enrolment is withdrawn; the place goes to others. You owe nothing.")]


def _offer(row: EnrolmentRow, words: Translator) -> str:
    assert row.offer_expires_at is not None
    until = words.t(
        "%(date)s at %(time)s",
        date=short_date(row.offer_expires_at),
        time=wall_time(words.lang, row.offer_expires_at),
    )
    return words.t("A place became free. It is kept for you until %(until)s.", until=until)


def _certificate(
    row: EnrolmentRow, words: Translator, manage: str, settings: Settings
) -> list[str]:
    assert row.completion is not None
    if row.grade is not None:
        thanks = words.t("The class has completed the programme. Thank you for coming!")
        count = words.t("Pupils who completed: %(count)s", count=row.completion.people)
        return [thanks, count, manage]
    number = row.completion.number
    return [
        words.t("You have completed the programme. Thank you for coming!"),
        words.t("Certificate: %(number)s", number=number)
        + ", "
        + hours_words(row.completion.hours, words),
        words.t("Download it here: %(url)s", url=manage_url(row, settings)),
        words.t(
            "Anybody can check it here: %(url)s",
            url=check_url(number, lang=words.lang, settings=settings),
        ),
    ]


def _what_changed(changed: CourseSessionRow, words: Translator) -> str:
    when = session_words(changed, words.lang)
    if changed.cancelled_at is None:
        return words.t("A session was added: %(when)s.", when=when)
    told = words.t("This session will not take place: %(when)s.", when=when)
    if not changed.cancel_reason:
        return told
    return f"{told} " + words.t("Reason: %(reason)s", reason=changed.cancel_reason)


def _facts(row: EnrolmentRow, course: CourseRow, words: Translator) -> str:
    lines = [
        words.t("Programme: %(title)s", title=course.title(words.lang)),
        words.t("Reference: %(reference)s", reference=row.reference),
        words.t("Workplace: %(name)s", name=row.workplace),
    ]
    if row.grade is not None:
        lines[-1] = words.t("School: %(school)s", school=row.workplace)
        lines.append(words.t("Pupils: %(count)s", count=row.seats))
    return "\n".join(lines)


def _sessions(course: CourseRow, words: Translator) -> str:
    lines = [session_words(one, words.lang) for one in course.taught]
    return "\n".join([words.t("Sessions:"), *lines]) if lines else words.t("No session is left.")


def _manage(row: EnrolmentRow, words: Translator, settings: Settings) -> str:
    url = manage_url(row, settings)
    return words.t("Sessions, certificate and withdrawing: %(url)s", url=url)
