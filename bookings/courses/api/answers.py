"""Rows as the API says them: instants with Riga's offset, money in cents, links that work."""

from datetime import datetime

from bookings.courses.queries import CourseRow, CourseSessionRow, EnrolmentRow
from bookings.courses.service.attendance import standings
from bookings.courses.service.papers import check_url, manage_url
from vizium.kernel.clock import to_riga
from vizium.settings import Settings

Json = dict[str, object]


def course_body(course: CourseRow, *, lang: str, now: datetime) -> Json:
    """A course, as everybody sees it."""
    return {
        "code": course.code,
        "activity": course.activity.code,
        "title": course.title(lang),
        "audience": course.audience.value,
        "status": course.status(now).value,
        "language": course.language,
        "grades": course.activity.grades,
        "hours": course.hours,
        "price_cents": course.price_cents,
        "capacity": course.capacity,
        "used": course.used,
        "free": course.free,
        "waiting": course.waiting,
        "enrol_until": course.enrol_until,
        "completion": {"measure": course.rule.measure.value, "share_bp": course.rule.share_bp},
        "sessions": [_session(one, lang) for one in course.sessions],
    }


def enrolment_body(
    row: EnrolmentRow, course: CourseRow, *, place: int | None, settings: Settings
) -> Json:
    """An enrolment; `place` is the turn of one that waits."""
    far = standings(course, [row])[row.reference]
    manage = manage_url(row, settings)
    expires = row.offer_expires_at
    return {
        "reference": row.reference,
        "course": row.run,
        "state": row.state.value,
        "version": row.version,
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "school": row.school,
        "workplace": row.workplace,
        "grade": row.grade,
        "places": row.seats,
        "waiting_place": place,
        "offer_expires_at": to_riga(expires) if expires else None,
        "attendance": dict(row.present),
        "attendance_extra": dict(row.extra),
        "standing": {"attended": far.attended, "needed": far.needed, "total": far.total},
        "completion": _completion(row, settings),
        "links": {"manage": manage, "calendar": f"{manage}/calendar.ics"},
    }


def _completion(row: EnrolmentRow, settings: Settings) -> Json | None:
    if row.completion is None:
        return None
    number = row.completion.number
    is_educator = row.grade is None
    return {
        "number": number,
        "people": row.completion.people,
        "hours": row.completion.hours,
        "confirmed_at": to_riga(row.completion.confirmed_at),
        "revoked_at": to_riga(row.completion.revocation.revoked_at)
        if row.completion.revocation
        else None,
        "check": check_url(number, lang=row.page_language, settings=settings)
        if is_educator
        else None,
    }


def _session(one: CourseSessionRow, lang: str) -> Json:
    return {
        "id": one.id,
        "date": one.local_date,
        "start": to_riga(one.start),
        "end": to_riga(one.end),
        "place": one.places[lang],
        "host": one.host,
        "cancelled": one.cancelled_at is not None,
    }
