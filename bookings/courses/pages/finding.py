"""Find a course and look at it: its sessions, its places, what completing it takes."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from bookings.courses.queries import CourseWish, list_courses
from bookings.courses.rules import CourseAudience
from bookings.courses.service.access import published_course
from bookings.courses.service.papers import hours_words, rule_words
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.web.page import Page


@get("/educators", sync_to_thread=True)
def list_educator_courses(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """The coming programmes for educators."""
    return _list(page, database, CourseAudience.EDUCATORS)


@get("/courses", sync_to_thread=True)
def list_class_courses(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """The coming programmes of several sessions, for classes."""
    return _list(page, database, CourseAudience.CLASSES)


@get("/courses/{code:str}", sync_to_thread=True)
def show_course(
    code: FromPath[str],
    page: NamedDependency[Page],
    database: NamedDependency[Database],
    visitor: NamedDependency[Person | None],
) -> Response[bytes]:
    """One course with everything a person asks before enrolling."""
    with database.reading() as session:
        course = published_course(session, code[:20], visitor)
    return page.show(
        "bookings/courses/course.html",
        course=course,
        state=course.status(page.now),
        hours=hours_words(course.hours, page.words),
        rule=rule_words(course.rule, page.words),
    )


def _list(page: Page, database: Database, audience: CourseAudience) -> Response[bytes]:
    wish = CourseWish(audience=audience, after=page.now, published=True)
    with database.reading() as session:
        rows = [row for row in list_courses(session, wish) if row.taught]
    return page.show(
        "bookings/courses/list.html",
        courses=[(row, row.status(page.now), hours_words(row.hours, page.words)) for row in rows],
        for_educators=audience is CourseAudience.EDUCATORS,
    )
