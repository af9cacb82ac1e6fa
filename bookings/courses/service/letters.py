"""What people are told by mail: plain text that is complete by itself, with the .ics."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.courses.queries import (
    CourseRow,
    CourseSessionRow,
    EnrolmentRow,
    get_course,
    get_enrolment_by_id,
    list_enrolments,
    list_reminded,
)
from bookings.courses.rules import KEEPING, REMIND_BEFORE
from bookings.courses.service.papers import (
    ADDRESS,
    calendar_file,
    manage_url,
    session_words,
)
from bookings.courses.service.wording import (
    CourseLetter,
    body_of,
    fact_of,
    facts_of,
    manage_words,
    sessions_of,
    what_changed,
)
from bookings.resources.rules import is_public_holiday
from vizium.kernel.clock import local_date
from vizium.mail.quiet import QuietHours, is_quiet
from vizium.mail.service import Mail, find_written, send
from vizium.settings import Settings
from vizium.web.i18n import translator

__all__ = [
    "CourseLetter",
    "send_again",
    "send_change",
    "send_letter",
    "send_revocation",
    "sweep_reminders",
]

_QUIET = QuietHours()
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
    body = body_of(session, letter, row, course, settings)
    _send(session, letter, row, course, body, settings=settings, now=now, about=str(row.version))


def send_again(
    session: Session, row: EnrolmentRow, course: CourseRow, *, settings: Settings, now: datetime
) -> None:
    """Send the link to who enrolled and asks once more; at most once a day."""
    words = translator(row.page_language)
    body = [
        words.t("You are enrolled already, so nothing was changed."),
        facts_of(row, course, words),
        manage_words(row, words, settings),
    ]
    about = local_date(now).isoformat()
    _send(session, _L.AGAIN, row, course, body, settings=settings, now=now, about=about)


def send_revocation(
    session: Session, row: EnrolmentRow, course: CourseRow, *, settings: Settings, now: datetime
) -> None:
    """Tell whoever had a certificate that it counts no longer, and why; once."""
    assert row.completion is not None
    assert row.completion.revocation is not None
    words = translator(row.page_language)
    number, reason = row.completion.number, row.completion.revocation.reason
    told = words.t("The certificate %(number)s counts no longer.", number=number)
    body = [
        f"{told} " + words.t("Reason: %(reason)s", reason=reason),
        words.t("If you think that this is wrong, answer this letter."),
        manage_words(row, words, settings),
    ]
    _send(session, _L.REVOKED, row, course, body, settings=settings, now=now, about=number)


def send_change(
    session: Session,
    changed: CourseSessionRow,
    course: CourseRow,
    *,
    settings: Settings,
    now: datetime,
    before: CourseSessionRow | None = None,
) -> None:
    """Tell everybody who has a place that a session was added, moved or cancelled; once.

    Args:
        before: where a session was that was moved.
    """
    kind = "added" if changed.cancelled_at is None else "cancelled"
    if before is not None:
        kind = f"moved:{changed.version}"
    for row in list_enrolments(session, course.code, states=KEEPING):
        words = translator(row.page_language)
        body = [
            what_changed(changed, before, words),
            sessions_of(course, words),
            manage_words(row, words, settings),
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
        _key(CourseLetter.REMINDER, enrolment, _about(session_id, version)): (
            code,
            session_id,
            enrolment,
        )
        for code, session_id, version, enrolment in list_reminded(
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
    about = _about(one.id, one.version)
    _send(session, _L.REMINDER, row, course, body, settings=settings, now=now, about=about)


def _about(session_id: str, version: int) -> str:
    """A session that was moved is another one to be reminded of."""
    return f"{session_id}:{version}" if version else session_id


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
        subject=f"{fact_of(letter, words)}: {course.title(words.lang)}, {row.reference}",
        text="\n\n".join([greeting, *body, ADDRESS, ""]),
        language=words.lang,
        calendar=calendar,
    )
    send(session, mail, now=now)
