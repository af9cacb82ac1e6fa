"""The words of each letter about an enrolment."""

from enum import StrEnum

from sqlalchemy.orm import Session

from bookings.courses.queries import CourseRow, CourseSessionRow, EnrolmentRow, count_before
from bookings.courses.service.papers import (
    check_url,
    hours_words,
    manage_url,
    session_words,
)
from vizium.settings import Settings
from vizium.web.i18n import Translator, translator
from vizium.web.templating import short_date, wall_time


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
    REVOKED = "revoked"


_L = CourseLetter


def fact_of(letter: CourseLetter, words: Translator) -> str:
    """What the subject of a letter leads with."""
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
        _L.REVOKED: words.t("Your certificate was revoked"),
    }[letter]


def body_of(
    session: Session,
    letter: CourseLetter,
    row: EnrolmentRow,
    course: CourseRow,
    settings: Settings,
) -> list[str]:
    """The paragraphs of a letter between greeting and address."""
    words = translator(row.page_language)
    manage = manage_words(row, words, settings)
    if letter is _L.ENROLLED:
        return [
            words.t("You are enrolled in a programme of VIZIUM."),
            facts_of(row, course, words),
            sessions_of(course, words),
            manage,
        ]
    if letter is _L.WAITING:
        place = words.t("Your place in the line: %(place)s.", place=count_before(session, row) + 1)
        rule = words.t("As soon as a place becomes free, we offer it by mail in this order.")
        return [f"{place} {rule}", facts_of(row, course, words), manage]
    if letter is _L.OFFERED:
        return [_offer(row, words), sessions_of(course, words), manage]
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


def what_changed(
    changed: CourseSessionRow, before: CourseSessionRow | None, words: Translator
) -> str:
    """What became of a session, in a sentence or two."""
    when = session_words(changed, words.lang)
    if before is not None:
        was = session_words(before, words.lang)
        return words.t("A session was moved. Was: %(was)s. Now: %(now)s.", was=was, now=when)
    if changed.cancelled_at is None:
        return words.t("A session was added: %(when)s.", when=when)
    told = words.t("This session will not take place: %(when)s.", when=when)
    if not changed.cancel_reason:
        return told
    return f"{told} " + words.t("Reason: %(reason)s", reason=changed.cancel_reason)


def facts_of(row: EnrolmentRow, course: CourseRow, words: Translator) -> str:
    """What was enrolled in, and where from."""
    lines = [
        words.t("Programme: %(title)s", title=course.title(words.lang)),
        words.t("Reference: %(reference)s", reference=row.reference),
        words.t("Workplace: %(name)s", name=row.workplace),
    ]
    if row.grade is not None:
        lines[-1] = words.t("School: %(school)s", school=row.workplace)
        lines.append(words.t("Pupils: %(count)s", count=row.seats))
    return "\n".join(lines)


def sessions_of(course: CourseRow, words: Translator) -> str:
    """The sessions that take place, one a line."""
    lines = [session_words(one, words.lang) for one in course.taught]
    return "\n".join([words.t("Sessions:"), *lines]) if lines else words.t("No session is left.")


def manage_words(row: EnrolmentRow, words: Translator, settings: Settings) -> str:
    """The link to everything about an enrolment."""
    url = manage_url(row, settings)
    return words.t("Sessions, certificate and withdrawing: %(url)s", url=url)
