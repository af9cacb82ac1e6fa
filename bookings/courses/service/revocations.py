"""Take a certificate back: a completion stays a fact, its revocation is another one beside it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.courses.models import Completion, Revocation
from bookings.courses.queries import EnrolmentRow, get_course, get_enrolment
from bookings.courses.service.letters import send_revocation
from vizium.auth.rules import Person
from vizium.db import audit
from vizium.db.inserts import insert_for
from vizium.kernel.errors import Conflict, FieldError, InvalidInput, NotFound
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class RevokeCertificate:
    """The completion of an enrolment that counts no longer, and why, in words that are mailed."""

    course: str
    reference: str
    reason: str


def revoke_certificate(
    session: Session, command: RevokeCertificate, *, settings: Settings, by: Person, now: datetime
) -> EnrolmentRow:
    """Revoke a certificate; whoever checks its number sees that, and who had it hears why.

    Raises:
        NotFound: ``enrolment``, ``certificate``.
        InvalidInput: ``reason``: none is given.
        Conflict: ``certificate_revoked``: somebody has revoked it before.
    """
    row = get_enrolment(session, command.reference)
    if row.run != command.course:
        raise NotFound("enrolment")
    if row.completion is None:
        raise NotFound("certificate")
    if not command.reason.strip():
        raise InvalidInput([FieldError("reason", "why_missing")])
    values = {
        "completion": session.scalar(select(Completion.id).where(Completion.enrolment == row.id)),
        "reason": command.reason.strip(),
        "revoked_at": now,
        "revoked_by": by.id,
        "revoked_name": by.name,
    }
    added = insert_for(session, Revocation).values(values).on_conflict_do_nothing()
    if session.scalar(added.returning(Revocation.completion)) is None:
        raise Conflict("certificate_revoked", number=row.completion.number)
    audit.record(
        session,
        by=by.id,
        action="courses.revoke_certificate",
        subject=f"enrolment:{row.id}",
        facts={"number": row.completion.number, "reason": command.reason.strip()},
        now=now,
    )
    revoked = get_enrolment(session, command.reference)
    course = get_course(session, row.run)
    if not row.is_erased:
        send_revocation(session, revoked, course, settings=settings, now=now)
    return revoked
