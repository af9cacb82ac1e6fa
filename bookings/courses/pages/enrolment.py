"""The page of one enrolment, by its signed link: sessions, offer, withdrawal, certificate."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.queries import CourseRow, EnrolmentRow, count_before, get_course
from bookings.courses.rules import EnrolmentState
from bookings.courses.service import EnrolmentCommand, accept_offer, withdraw_enrolment
from bookings.courses.service.access import BY_LINK, enrolment_by_link
from bookings.courses.service.attendance import standings
from bookings.courses.service.papers import (
    calendar_file,
    certificate_pdf,
    hours_words,
    manage_path,
    rule_words,
)
from vizium.db.session import Database, Session
from vizium.web.once import Exchange
from vizium.web.page import Page

_BY_LINK_PATH = "/enrolments/{reference:str}/{key:str}"


@get(_BY_LINK_PATH, sync_to_thread=True)
def show_enrolment(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """Where the enrolment stands and what can be done; may be bookmarked."""
    with database.reading() as session:
        row = enrolment_by_link(session, reference, key, page.settings).seen_at(page.now)
        course = get_course(session, row.run)
        waits = row.state is EnrolmentState.WAITING
        place = count_before(session, row) + 1 if waits else None
    return page.show(
        "bookings/courses/enrolment.html",
        row=row,
        course=course,
        place=place,
        standing=standings(course, [row])[row.reference],
        hours=hours_words(course.hours, page.words),
        rule=rule_words(course.rule, page.words),
        path=manage_path(row.reference, page.settings),
        has_begun=course.start is not None and course.start <= page.now,
        may_withdraw=_may_withdraw(row, course, page),
        key=page.new_key(),
    )


@post(_BY_LINK_PATH + "/acceptance", sync_to_thread=True)
def create_acceptance(
    reference: FromPath[str], key: FromPath[str], sent: NamedDependency[Exchange]
) -> Response[bytes]:
    """Take the place that was offered."""
    return _act(sent, reference, key, "accept", accept_offer)


@post(_BY_LINK_PATH + "/withdrawal", sync_to_thread=True)
def create_withdrawal(
    reference: FromPath[str], key: FromPath[str], sent: NamedDependency[Exchange]
) -> Response[bytes]:
    """Give the place or the turn up."""
    return _act(sent, reference, key, "withdraw", withdraw_enrolment)


@get(_BY_LINK_PATH + "/certificate.pdf", sync_to_thread=True)
def show_certificate(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """The certificate for printing, in the language of the page."""
    row, _ = _open(reference, key, page, database)
    pdf = certificate_pdf(row, lang=page.lang, settings=page.settings)
    return _file(pdf, "application/pdf", f"{row.completion.number if row.completion else ''}.pdf")


@get(_BY_LINK_PATH + "/calendar.ics", sync_to_thread=True)
def show_calendar(
    reference: FromPath[str],
    key: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
) -> Response[bytes]:
    """All sessions for a calendar."""
    row, course = _open(reference, key, page, database)
    entries = calendar_file(row, course, settings=page.settings, now=page.now)
    return _file(entries, "text/calendar", f"{row.reference}.ics")


def _act(
    sent: Exchange, reference: str, key: str, what: str, order: Callable[..., EnrolmentRow]
) -> Response[bytes]:
    """Do what a button of the link's page asks, once, and show the enrolment."""
    row, _ = _open(reference, key, sent.page, sent.database)
    settings = sent.page.settings

    def act(session: Session) -> str:
        command = EnrolmentCommand(row.reference)
        done = order(session, command, settings=settings, by=BY_LINK, now=sent.now)
        return manage_path(done.reference, settings)

    return sent.once(f"{what}:{row.reference}", act)


def _open(
    reference: str, key: str, page: Page, database: Database
) -> tuple[EnrolmentRow, CourseRow]:
    with database.reading() as session:
        row = enrolment_by_link(session, reference, key, page.settings).seen_at(page.now)
        return row, get_course(session, row.run)


def _may_withdraw(row: EnrolmentRow, course: CourseRow, page: Page) -> bool:
    stands = row.is_kept or row.state is EnrolmentState.WAITING
    return stands and row.completion is None and not course.is_over(page.now)


def _file(content: bytes, media_type: str, filename: str) -> Response[bytes]:
    disposition = f'inline; filename="{filename}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
