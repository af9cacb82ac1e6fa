"""The one way in which a batch changes, and who may touch it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bookings.compensation.models import Fund, Payout
from bookings.compensation.queries.payouts import PayoutRow, get_payout
from bookings.compensation.rules import PayoutState
from vizium.auth.rules import Person, Role
from vizium.db import audit
from vizium.kernel.errors import Conflict, Forbidden, NotFound

# Who makes batches; who releases them is a third person.
MAKERS = (Role.FINANCE_A, Role.FINANCE_B)


@dataclass(frozen=True, slots=True)
class PayoutCommand:
    """Something to do with a batch that was seen in this version."""

    payout: str
    expected_version: int | None = None


def need(by: Person, *roles: Role) -> None:
    """Refuse whoever has none of these roles.

    Raises:
        Forbidden: ``role_missing``.
    """
    if not by.has(*roles):
        raise Forbidden("role_missing")


def lock_fund(session: Session, fund: str) -> None:
    """Let others who draft for a fund, or read its statements, wait until this transaction ends.

    Claims and batches that name the fund do not wait.

    Raises:
        NotFound: ``fund``.
    """
    locking = select(Fund.code).where(Fund.code == fund).with_for_update(key_share=True)
    if session.scalar(locking) is None:
        raise NotFound("fund")


def lock_payouts_from(session: Session, iban: str) -> None:
    """Keep every batch that an account pays from everybody else, in one order for all."""
    query = select(Payout.id).where(Payout.payer_iban == iban).order_by(Payout.id)
    session.execute(query.with_for_update())


def lock_payout(session: Session, command: PayoutCommand, *states: PayoutState) -> PayoutRow:
    """The batch, kept from everybody else until this transaction ends.

    Raises:
        NotFound: ``payout``.
        Conflict: ``payout_changed``: another version was seen; ``payout_state``.
    """
    session.execute(select(Payout.id).where(Payout.id == command.payout).with_for_update())
    payout = get_payout(session, command.payout)
    if command.expected_version not in {None, payout.version}:
        raise Conflict("payout_changed", state=payout.state.value, version=payout.version)
    if payout.state not in states:
        raise Conflict("payout_state", state=payout.state.value, version=payout.version)
    return payout


def change_payout(session: Session, payout: PayoutRow, **values: object) -> PayoutRow:
    """Write values and the next version, if the batch is still as it was read.

    Raises:
        Conflict: ``payout_changed``: somebody else was first.
    """
    changed = session.scalar(
        update(Payout)
        .where(Payout.id == payout.id, Payout.version == payout.version)
        .values(version=Payout.version + 1, **values)
        .returning(Payout.version)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Conflict("payout_changed", state=payout.state.value, version=payout.version)
    return get_payout(session, payout.id)


def note_payout(
    session: Session, payout: PayoutRow, action: str, by: Person, now: datetime, **facts: object
) -> None:
    """Write the act into the audit trail."""
    audit.record(
        session,
        by=by.id,
        action=f"compensation.{action}",
        subject=f"payout:{payout.id}",
        now=now,
        facts={"state": payout.state.value, "version": payout.version, **facts},
    )
