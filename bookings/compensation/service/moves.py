"""The one way in which a claim changes: a conditional UPDATE that names what it expects."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.queries import ClaimRow, get_claim
from bookings.compensation.rules import ClaimState, may_move
from vizium.db import audit
from vizium.kernel.errors import Conflict


def lock_claim(session: Session, claim_id: str) -> ClaimRow:
    """The claim, kept from everybody else until this transaction ends.

    Raises:
        NotFound: ``claim``.
    """
    session.execute(select(Claim.id).where(Claim.id == claim_id).with_for_update())
    return get_claim(session, claim_id)


def refuse_other_version(claim: ClaimRow, expected: int | None) -> None:
    """Refuse a command of somebody who saw an earlier version.

    Raises:
        Conflict: ``claim_changed``, with the present state and version.
    """
    if expected is not None and expected != claim.version:
        raise Conflict("claim_changed", state=claim.state.value, version=claim.version)


def refuse_move(claim: ClaimRow, after: ClaimState) -> None:
    """Refuse a change of state that the present state does not allow.

    Raises:
        Conflict: ``claim_state``, with the present state and version.
    """
    if not may_move(claim.state, after):
        raise Conflict("claim_state", state=claim.state.value, version=claim.version)


def change_claim(session: Session, claim: ClaimRow, **values: object) -> ClaimRow:
    """Write values and the next version, if the claim is still as it was read.

    Raises:
        Conflict: ``claim_changed``: somebody else was first.
    """
    changed = session.scalar(
        update(Claim)
        .where(Claim.id == claim.id, Claim.version == claim.version)
        .values(version=Claim.version + 1, **values)
        .returning(Claim.version)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Conflict("claim_changed", state=claim.state.value, version=claim.version)
    return get_claim(session, claim.id)


def note(
    session: Session, claim: ClaimRow, action: str, *, by: str, now: datetime, **facts: object
) -> None:
    """Write the act into the audit trail."""
    audit.record(
        session,
        by=by,
        action=f"compensation.{action}",
        subject=f"claim:{claim.id}",
        now=now,
        facts={"state": claim.state.value, "version": claim.version, **facts},
    )
