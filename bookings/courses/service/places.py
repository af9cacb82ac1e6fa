"""The places of a course: take them, offer those that became free, let offers lapse.

Places are one cell of the resource ``course:{code}``. Whoever gives places back offers them to
those who wait in the same transaction, so a freed place never stands open to a third.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bookings.courses.models import Enrolment
from bookings.courses.queries import (
    CourseRow,
    EnrolmentRow,
    get_course,
    get_enrolment_by_id,
    list_enrolments,
)
from bookings.courses.queries.runs import SEATS_AT, seats_of
from bookings.courses.rules import EnrolmentState, Waiting, choose_offers, offer_ends
from bookings.courses.service.letters import CourseLetter, send_letter
from bookings.resources.rules import Take
from bookings.resources.service import release, take
from vizium.db import audit
from vizium.kernel.clock import CELL
from vizium.kernel.errors import CapacityExceeded, Conflict
from vizium.settings import Settings


def offer_places(session: Session, code: str, *, settings: Settings, now: datetime) -> int:
    """Offer what is free to those who wait; returns how many offers were made.

    A course that has begun, or that is cancelled, offers nothing.
    """
    course = get_course(session, code)
    if course.start is None or course.start <= now or not course.waiting or not course.free:
        return 0
    rows = list_enrolments(session, code, states=frozenset({EnrolmentState.WAITING}))
    by_id = {row.id: row for row in rows}
    chosen = choose_offers(course.free, [Waiting(row.id, row.seats) for row in rows])
    ends = offer_ends(now, course.start)
    return sum(
        _offer(session, by_id[one], course, ends=ends, settings=settings, now=now) for one in chosen
    )


def sweep_lapsed_offer(session: Session, *, settings: Settings, now: datetime) -> bool:
    """Let the offer go that ended first, and offer its place to the next; False if there is none.

    One a transaction, so that two sweeps cannot wait in a circle.
    """
    due = select(Enrolment.id).where(
        Enrolment.state == EnrolmentState.OFFERED, Enrolment.offer_expires_at <= now
    )
    first = due.order_by(Enrolment.offer_expires_at, Enrolment.id).limit(1)
    enrolment_id = session.scalar(first.with_for_update(skip_locked=True))
    if enrolment_id is None:
        return False
    row = get_enrolment_by_id(session, enrolment_id)
    lapsed = change_row(session, row, state=EnrolmentState.LAPSED)
    release(session, owner_of(row.id))
    note(session, lapsed, "lapse_offer", by="system", now=now)
    course = get_course(session, row.run)
    send_letter(session, CourseLetter.LAPSED, lapsed, course, settings=settings, now=now)
    offer_places(session, row.run, settings=settings, now=now)
    return True


def owner_of(enrolment_id: str) -> str:
    """Under which name an enrolment holds places."""
    return f"enrolment:{enrolment_id}"


def take_seats(
    session: Session,
    course: CourseRow,
    enrolment_id: str,
    seats: int,
    *,
    expires_at: datetime | None,
    now: datetime,
) -> bool:
    """Take places; False when there are not so many."""
    wanted = Take(seats_of(course.code), SEATS_AT, SEATS_AT + CELL, seats)
    try:
        with session.begin_nested():
            take(session, owner_of(enrolment_id), [wanted], expires_at=expires_at, now=now)
    except CapacityExceeded:
        return False
    return True


def change_row(session: Session, row: EnrolmentRow, **values: object) -> EnrolmentRow:
    """Write values and the next version, if the enrolment is still as it was read."""
    changed = session.execute(
        update(Enrolment)
        .where(Enrolment.id == row.id, Enrolment.version == row.version)
        .values(version=Enrolment.version + 1, **values)
        .returning(Enrolment.version)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar() is None:
        raise Conflict("enrolment_changed", state=row.state.value, version=row.version)
    return get_enrolment_by_id(session, row.id)


def note(session: Session, row: EnrolmentRow, action: str, *, by: str, now: datetime) -> None:
    """Write an act on an enrolment into the audit trail."""
    facts = {"reference": row.reference, "course": row.run, "state": row.state.value}
    audit.record(
        session,
        by=by,
        action=f"courses.{action}",
        subject=f"enrolment:{row.id}",
        facts=facts,
        now=now,
    )


def _offer(
    session: Session,
    row: EnrolmentRow,
    course: CourseRow,
    *,
    ends: datetime,
    settings: Settings,
    now: datetime,
) -> bool:
    # Who holds places never waits for the row of another: somebody who is just withdrawing is
    # passed over, and nobody can wait in a circle.
    still = select(Enrolment.id).where(Enrolment.id == row.id, Enrolment.version == row.version)
    if session.scalar(still.with_for_update(skip_locked=True)) is None:
        return False
    if not take_seats(session, course, row.id, row.seats, expires_at=ends, now=now):
        return False
    offered = change_row(session, row, state=EnrolmentState.OFFERED, offer_expires_at=ends)
    note(session, offered, "offer_place", by="system", now=now)
    send_letter(session, CourseLetter.OFFERED, offered, course, settings=settings, now=now)
    return True
