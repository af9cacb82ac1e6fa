"""Forget who enrolled, some years after the course: what the law does not ask us to keep goes.

The completion stays, with the name that its certificate says: whoever holds the paper can still
have it checked. How many came stays too, for it names nobody.
"""

from datetime import datetime, time

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bookings.courses.models import CourseSession, Enrolment
from bookings.courses.rules import kept_until
from vizium.db import audit
from vizium.kernel.clock import days_after, from_wall, local_date

# One transaction forgets so many; the next run goes on.
_AT_ONCE = 100


def sweep_erasure(session: Session, *, now: datetime) -> int:
    """Erase name, address, telephone and workplace of enrolments whose time is over.

    The time counts from the last session of the course, or from enrolling where it had none.

    Returns:
        How many were erased.
    """
    last = (
        select(func.max(CourseSession.local_date))
        .where(CourseSession.run == Enrolment.run)
        .scalar_subquery()
    )
    over = kept_until(local_date(now))
    enrolled_before = from_wall(days_after(over, 1), time.min)
    is_over = or_(last <= over, last.is_(None) & (Enrolment.created_at < enrolled_before))
    due = select(Enrolment.id).where(Enrolment.erased_at.is_(None), is_over)
    ids = session.scalars(due.order_by(Enrolment.id).limit(_AT_ONCE)).all()
    for enrolment in ids:
        _erase(session, enrolment, now)
    return len(ids)


def _erase(session: Session, enrolment: str, now: datetime) -> None:
    nobody = {"name": "", "email": "", "phone": "", "workplace": "", "owner_person": None}
    erased = update(Enrolment).where(Enrolment.id == enrolment, Enrolment.erased_at.is_(None))
    # What makes two enrolments the same people was an address.
    session.execute(erased.values(who=f"erased:{enrolment}", erased_at=now, **nobody))
    audit.record(
        session,
        by="system",
        action="courses.erase_enrolment",
        subject=f"enrolment:{enrolment}",
        facts={},
        now=now,
    )
