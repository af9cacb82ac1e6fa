"""Whether every claim says the same as the ledger: what its state means in money, to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from bookings.compensation.models import Claim
from bookings.compensation.queries.payouts import find_moved
from bookings.compensation.rules import ENCUMBERING, OWED, ClaimState
from bookings.ledger.models import Transfer
from bookings.ledger.queries import find_parts
from bookings.ledger.rules import (
    CAPS_USED,
    ENCUMBERED,
    EXPENDED,
    EXPENSE,
    OBLIGATED,
    PAYABLE,
    TRANSIT,
)
from vizium.kernel.money import Cents

_S = ClaimState
# Claims compared at a time: bounds the memory, not the count.
_CLAIMS_AT_ONCE = 1000
_SUBJECT = "claim:"
_OWED = OWED | {_S.RETURNED}
# What these have depends on where they came from, or on how much was paid back.
_UNSAID = frozenset({_S.NEEDS_INFO, _S.CONTESTED, _S.UPHELD, _S.RECOVERY})


@dataclass(frozen=True, slots=True)
class ClaimProblem:
    """A claim that says something else than the ledger; `code` is the translation key."""

    code: str
    claim: str
    facts: dict[str, object]


def check_claims(session: Session) -> list[ClaimProblem]:
    """Compare the state of every claim with the parts that it has in the fund's accounts."""
    problems = list(_homeless(session))
    after = ""
    while rows := _next_claims(session, after):
        after = rows[-1][0]
        moved = find_moved(session, [row[0] for row in rows])
        for fund in sorted({row[1] for row in rows}):
            own = [row for row in rows if row[1] == fund]
            parts = find_parts(session, fund, [_SUBJECT + row[0] for row in own])
            for claim_id, _, state, award_cents, decided_cents in own:
                found = parts.get(_SUBJECT + claim_id, {})
                expected = expected_parts(
                    state, award_cents, decided_cents or 0, moved=moved.get(claim_id, (0, 0))
                )
                if expected is not None and _money(found) != expected:
                    facts: dict[str, object] = {"state": state.value}
                    facts |= {"expected": expected, "found": found}
                    problems.append(ClaimProblem("claim_disagrees", claim_id, facts))
    return problems


def expected_parts(
    state: ClaimState, award_cents: int, decided_cents: int, *, moved: tuple[int, int] = (0, 0)
) -> dict[str, int] | None:
    """What a claim has in each account, nothing that is 0; None where the state does not say.

    Args:
        moved: what the bank has paid and kept, and what it was told to pay (`find_moved`); a part
            that came back is owed again while the rest stays paid.
    """
    if state in _UNSAID:
        return None
    if state in ENCUMBERING:
        return {ENCUMBERED: award_cents} if award_cents else {}
    if state is _S.PAID:
        parts = {EXPENDED: decided_cents, EXPENSE: decided_cents}
    elif state in _OWED:
        paid, sent = moved
        owed = decided_cents - paid
        sent = (sent or owed) if state is _S.SENT else 0
        parts = {OBLIGATED: owed, TRANSIT: sent, PAYABLE: owed - sent}
        parts |= {EXPENDED: paid, EXPENSE: decided_cents}
    else:
        parts = {}
    return {name: cents for name, cents in parts.items() if cents}


def _money(parts: dict[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in parts.items() if name != CAPS_USED}


def _next_claims(
    session: Session, after: str
) -> Sequence[Row[str, str, ClaimState, Cents, Cents | None]]:
    query = (
        select(Claim.id, Claim.fund, Claim.state, Claim.award_cents, Claim.decided_cents)
        .where(Claim.id > after)
        .order_by(Claim.id)
        .limit(_CLAIMS_AT_ONCE)
    )
    return session.execute(query).all()


def _homeless(session: Session) -> Iterator[ClaimProblem]:
    """Claims that the ledger knows and nobody else does."""
    claim_id = func.substr(Transfer.subject, len(_SUBJECT) + 1)
    query = (
        select(claim_id)
        .where(Transfer.subject.startswith(_SUBJECT))
        .where(~select(Claim.id).where(Claim.id == claim_id).exists())
        .distinct()
        .limit(_CLAIMS_AT_ONCE)
    )
    for found in session.scalars(query):
        yield ClaimProblem("claim_missing", found, {})
