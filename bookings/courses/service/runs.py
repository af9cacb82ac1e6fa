"""Make a run of a catalogue activity, publish it, set its places."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.courses.models import CourseRun
from bookings.courses.queries import CourseRow, get_course
from bookings.courses.queries.runs import seats_of
from bookings.courses.rules import CompletionRule, CourseAudience, academic_hours, check_run
from bookings.courses.service.places import offer_places
from bookings.courses.service.sessions import NewSession, date_session, note
from bookings.programmes.queries import ActivityRow, get_activity
from bookings.programmes.rules import ActivityKind
from bookings.resources.rules import ResourceKind
from bookings.resources.service import ensure_resource
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, FieldError, InvalidInput
from vizium.kernel.ids import new_reference
from vizium.kernel.money import Cents
from vizium.settings import Settings

CODE_PREFIX = "KU"
_KINDS = {ActivityKind.EDUCATOR, ActivityKind.PROGRAMME}


@dataclass(frozen=True, slots=True)
class CreateCourse:
    """A run of an activity; what is None follows from the activity and the sessions.

    `hours` are academic hours, `price_cents` is a person's for the whole run.
    """

    activity: str
    language: str
    capacity: int | None = None
    hours: int | None = None
    price_cents: int | None = None
    rule: CompletionRule = CompletionRule()  # noqa: RUF009 - frozen
    enrol_until: date | None = None
    sessions: tuple[NewSession, ...] = ()
    code: str | None = None


def create_course(session: Session, command: CreateCourse, *, by: str, now: datetime) -> CourseRow:
    """Make a run with its sessions; nobody sees it before it is published.

    Raises:
        NotFound: ``activity``.
        InvalidInput: everything that is wrong with the run, or with its first bad session.
    """
    activity = get_activity(session, command.activity)
    run = _run(activity, command, by=by, now=now)
    session.add(run)
    session.flush()
    titles = {"title_lv": activity.title_lv, "title_en": activity.title_en}
    seats = ResourceKind.SEATS
    ensure_resource(session, seats_of(run.code), kind=seats, capacity=run.capacity, **titles)
    for new in sorted(command.sessions, key=lambda one: one.start):
        date_session(session, run.code, new, now=now)
    note(session, run.code, "create_course", by=by, now=now, activity=activity.code)
    return get_course(session, run.code)


def publish_course(session: Session, code: str, *, by: str, now: datetime) -> CourseRow:
    """Open a run to everybody; a second time changes nothing.

    Raises:
        Conflict: ``course_without_sessions``, ``course_has_begun``.
    """
    course = get_course(session, code)
    if course.published_at is not None:
        return course
    if course.start is None:
        raise Conflict("course_without_sessions")
    if course.start <= now:
        raise Conflict("course_has_begun")
    session.execute(update(CourseRun).where(CourseRun.code == code).values(published_at=now))
    note(session, code, "publish_course", by=by, now=now)
    session.expire_all()
    return get_course(session, code)


def set_capacity(
    session: Session, code: str, capacity: int, *, settings: Settings, by: str, now: datetime
) -> CourseRow:
    """Give a run more or fewer places; more of them are offered to whoever waits.

    Raises:
        InvalidInput: fewer than are taken, or out of bounds.
    """
    course = get_course(session, code)
    errors = check_run(
        capacity=capacity, hours=course.hours, share_bp=course.rule.share_bp, price_cents=0
    )
    if not errors and capacity < course.used:
        errors = [FieldError("capacity", "course_places_taken", {"used": course.used})]
    if errors:
        raise InvalidInput(errors)
    titles = {"title_lv": course.activity.title_lv, "title_en": course.activity.title_en}
    seats = ResourceKind.SEATS
    ensure_resource(session, seats_of(code), kind=seats, capacity=capacity, **titles)
    session.execute(update(CourseRun).where(CourseRun.code == code).values(capacity=capacity))
    note(session, code, "set_capacity", by=by, now=now, capacity=capacity)
    session.expire_all()
    offer_places(session, code, settings=settings, now=now)
    return get_course(session, code)


def _run(activity: ActivityRow, command: CreateCourse, *, by: str, now: datetime) -> CourseRun:
    errors = []
    if activity.kind not in _KINDS:
        errors.append(FieldError("activity", "course_activity_kind"))
    if command.language not in activity.languages:
        facts: dict[str, object] = {"languages": ", ".join(activity.languages)}
        errors.append(FieldError("language", "language_not_offered", facts))
    minutes = sum(int((one.end - one.start).total_seconds()) // 60 for one in command.sessions)
    hours = academic_hours(minutes) if command.hours is None else command.hours
    capacity = activity.seats_max if command.capacity is None else command.capacity
    price = activity.price_cents if command.price_cents is None else command.price_cents
    share_bp = command.rule.share_bp
    errors += check_run(capacity=capacity, hours=hours, share_bp=share_bp, price_cents=price)
    if command.enrol_until is not None and command.enrol_until < local_date(now):
        errors.append(FieldError("enrol_until", "course_day_is_past"))
    if errors:
        raise InvalidInput(errors)
    first = min((one.start for one in command.sessions), default=now)
    educators = activity.kind is ActivityKind.EDUCATOR
    return CourseRun(
        code=command.code or new_reference(CODE_PREFIX),
        activity=activity.code,
        audience=CourseAudience.EDUCATORS if educators else CourseAudience.CLASSES,
        language=command.language,
        capacity=capacity,
        hours=hours,
        price_cents=Cents(price),
        measure=command.rule.measure,
        share_bp=command.rule.share_bp,
        enrol_until=command.enrol_until or local_date(first),
        published_at=None,
        created_at=now,
        created_by=by,
    )
