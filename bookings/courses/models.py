"""Tables of courses.

```
CourseRun 1--* CourseSession 1--* CourseAttendance *--1 Enrolment *--1 CourseRun
   |                |                                       |
   |                +- allocations of course:{session}: rooms and host      +--0..1 Completion
   +- resource course:{code}: one cell of seats; allocations of enrolment:{id} fill it
                                                Completion 1--0..1 Revocation
```
No pupil has a name here: a class is a school, a grade and a number. A completion and its revocation
are append-only in the database itself.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bookings.courses.rules import CompletionMeasure, CourseAudience, EnrolmentState
from bookings.programmes.models import Activity
from bookings.schools.models import School
from vizium.db.base import Base, Id
from vizium.kernel.money import Cents

_STANDS = text("state IN ('enrolled', 'waiting', 'offered')")
_NOT_CANCELLED = text("cancelled_at IS NULL")


class CourseRun(Base):
    """One run of a catalogue activity over several sessions; `code` as ``KU-7K3QM9``."""

    __tablename__ = "courses_run"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("hours >= 0", name="hours_not_negative"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_of_a_whole"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    activity: Mapped[str] = mapped_column(ForeignKey(Activity.code))
    audience: Mapped[CourseAudience]
    language: Mapped[str]
    capacity: Mapped[int]
    hours: Mapped[int]
    price_cents: Mapped[Cents]
    measure: Mapped[CompletionMeasure]
    share_bp: Mapped[int]
    enrol_until: Mapped[date]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class CourseSession(Base):
    """One dated session of a run; its rooms and host are taken under ``course:{id}``.

    `version` rises when it is moved; calendars tell by it which entry is newer.
    """

    __tablename__ = "courses_session"
    __table_args__ = (
        CheckConstraint('start < "end"', name="starts_before_end"),
        Index(
            "uq_courses_session_standing",
            "run",
            "start",
            unique=True,
            sqlite_where=_NOT_CANCELLED,
            postgresql_where=_NOT_CANCELLED,
        ),
        Index(None, "local_date"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    run: Mapped[str] = mapped_column(ForeignKey(CourseRun.code))
    start: Mapped[datetime]
    end: Mapped[datetime]
    local_date: Mapped[date]
    rooms: Mapped[list[str]]
    host: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str]
    version: Mapped[int]


class Enrolment(Base):
    """An educator, or a class of a school; `who` is what makes two enrolments the same.

    `erased_at`: since then it says of nobody who that was; see `service.erasure`.
    """

    __tablename__ = "courses_enrolment"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats_positive"),
        CheckConstraint(
            "(offer_expires_at IS NOT NULL) = (state IN ('offered', 'lapsed'))",
            name="expires_while_offered",
        ),
        Index(
            "uq_courses_enrolment_standing",
            "run",
            "who",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index(None, "state", "offer_expires_at"),
        Index(None, "run", "waiting_since"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    run: Mapped[str] = mapped_column(ForeignKey(CourseRun.code))
    state: Mapped[EnrolmentState]
    version: Mapped[int]
    who: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    school: Mapped[str | None] = mapped_column(ForeignKey(School.register_no))
    workplace: Mapped[str]
    grade: Mapped[int | None]
    seats: Mapped[int]
    page_language: Mapped[str]
    owner_person: Mapped[str | None]
    waiting_since: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class CourseAttendance(Base):
    """How many of an enrolment were present at a session: 0 or 1 educator, or pupils counted.

    `present` are of those enrolled, never more than them (a trigger holds it); `extra` came beside
    them, which happens only when all of them were there.
    """

    __tablename__ = "courses_attendance"
    __table_args__ = (
        CheckConstraint("present >= 0", name="present_not_negative"),
        CheckConstraint("extra = 0 OR (extra > 0 AND present > 0)", name="extra_beside_enrolled"),
    )

    session: Mapped[str] = mapped_column(ForeignKey(CourseSession.id), primary_key=True)
    enrolment: Mapped[str] = mapped_column(ForeignKey(Enrolment.id), primary_key=True, index=True)
    present: Mapped[int]
    extra: Mapped[int]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Completion(Base):
    """The fact that somebody completed a course, and what a certificate says of it for good."""

    __tablename__ = "courses_completion"
    __table_args__ = (CheckConstraint("people > 0", name="people_positive"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    enrolment: Mapped[str] = mapped_column(ForeignKey(Enrolment.id), unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    people: Mapped[int]
    hours: Mapped[int]
    name: Mapped[str]
    title_lv: Mapped[str]
    title_en: Mapped[str]
    outcomes_lv: Mapped[list[str]]
    outcomes_en: Mapped[list[str]]
    first_day: Mapped[date]
    last_day: Mapped[date]
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str]
    confirmed_name: Mapped[str]


class Revocation(Base):
    """A certificate that no longer counts: why, since when, and who of the centre says so."""

    __tablename__ = "courses_revocation"

    completion: Mapped[str] = mapped_column(ForeignKey(Completion.id), primary_key=True)
    reason: Mapped[str]
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[str]
    revoked_name: Mapped[str]
