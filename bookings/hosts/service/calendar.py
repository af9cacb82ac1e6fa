"""The sessions of courses in the calendars of hosts and rooms, beside the visits."""

from datetime import date

from sqlalchemy.orm import Session

from bookings.courses.queries import list_taught
from bookings.visits.passes import FeedEvent
from vizium.web.i18n import translator


def list_course_events(
    session: Session, resource: str, days: tuple[date, date], lang: str
) -> list[FeedEvent]:
    """What courses take of a host or a room between two days, both included."""
    words = translator(lang)
    return [
        FeedEvent(
            uid=f"{one.id}.host@vizium",
            sequence=one.version,
            stamp=one.start,
            start=one.start,
            end=one.end,
            summary=f"{course.title(lang)}: {course.used}",
            description=words.t("Course: %(code)s", code=course.code),
            location=one.places[lang],
            is_sure=True,
        )
        for course, one in list_taught(session, *days)
        if resource == one.host_code or resource in one.rooms
    ]
