"""The centre's side of a claim: officer A checks, officer B decides, never the same person.

A decision is one transaction: the ledger moves (E3, or E2 for a refusal), the record is written,
the claim changes, the school is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.compensation.models import ClaimCheck, Decision
from bookings.compensation.queries import (
    ClaimRow,
    find_policy,
    list_evidence,
    list_findings,
    propose_award,
)
from bookings.compensation.rules import (
    ClaimState,
    check_decision,
    check_recommendation,
    outcome,
)
from bookings.compensation.service.desk import FundDesk
from bookings.compensation.service.funds import is_fenced
from bookings.compensation.service.letters import Letter, send_letter
from bookings.compensation.service.moves import (
    change_claim,
    lock_claim,
    note,
    refuse_move,
    refuse_other_version,
)
from bookings.ledger.rules import FundEvent, approved, part_given_back
from bookings.ledger.service import Entry, post_transfers
from vizium.auth.rules import Person, Role
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict, Forbidden, InvalidInput
from vizium.kernel.ids import new_id
from vizium.kernel.money import Cents
from vizium.settings import Settings


@dataclass(frozen=True, slots=True)
class CheckClaim:
    """Officer A has compared the claim with its papers; the amount is advice to B, no limit."""

    claim: str
    recommended_cents: Cents | None = None
    reasons: tuple[str, ...] = ()
    note: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class DecideClaim:
    """Officer B grants an amount; less than proposed needs a reason, 0 refuses."""

    claim: str
    award_cents: Cents
    reasons: tuple[str, ...] = ()
    note: str = ""
    expected_version: int | None = None


def check_claim(session: Session, command: CheckClaim, *, by: Person, now: datetime) -> ClaimRow:
    """Record that a claim was checked, with what the house warned of at that moment.

    Raises:
        Forbidden: ``role_missing``.
        InvalidInput: a recommendation that cannot be meant.
        Conflict: ``claim_changed``, ``claim_state``, or ``evidence_missing``.
    """
    if not by.has(Role.FINANCE_A):
        raise Forbidden("role_missing")
    claim = lock_claim(session, command.claim)
    refuse_other_version(claim, command.expected_version)
    refuse_move(claim, ClaimState.CHECKED)
    errors = check_recommendation(command.recommended_cents, command.reasons)
    if errors:
        raise InvalidInput(errors)
    evidence = list_evidence(session, claim.id)
    if not evidence:
        raise Conflict("evidence_missing", state=claim.state.value, version=claim.version)
    findings = list_findings(session, claim, evidence)
    session.add(
        ClaimCheck(
            id=new_id(now),
            claim=claim.id,
            claim_version=claim.version,
            checked_by=by.id,
            recommended_cents=command.recommended_cents,
            reasons=list(command.reasons),
            note=command.note,
            findings=[finding.code.value for finding in findings],
            checked_at=now,
        )
    )
    session.flush()
    checked = change_claim(session, claim, state=ClaimState.CHECKED, checked_by=by.id)
    note(session, checked, "check_claim", by=by.id, now=now, findings=len(findings))
    return checked


def decide_claim(
    session: Session, command: DecideClaim, *, by: Person, settings: Settings, now: datetime
) -> ClaimRow:
    """Decide a checked claim: the money moves, the record stands, the school is told.

    Raises:
        Forbidden: ``same_person``: whoever checked does not decide; ``role_missing``.
        Conflict: ``claim_changed`` or ``claim_state``, with the present state.
        InvalidInput: more than the rules propose, or less without a reason.
    """
    claim = lock_claim(session, command.claim)
    if claim.checked_by == by.id:
        raise Forbidden("same_person")
    if not by.has(Role.FINANCE_B):
        raise Forbidden("role_missing")
    refuse_other_version(claim, command.expected_version)
    proposal = propose_award(session, claim)
    after = outcome(command.award_cents, proposal.award_cents)
    refuse_move(claim, after)
    errors = check_decision(
        command.award_cents,
        proposed_cents=proposal.award_cents,
        reasons=command.reasons,
    )
    if errors:
        raise InvalidInput(errors)
    reasons = list(dict.fromkeys([*proposal.reasons, *command.reasons]))
    session.add(
        Decision(
            id=new_id(now),
            claim=claim.id,
            claim_version=claim.version,
            check_id=_check_of(session, claim),
            checked_by=claim.checked_by,
            decided_by=by.id,
            outcome=after,
            award_cents=command.award_cents,
            proposed_cents=proposal.award_cents,
            reasons=reasons,
            note=command.note,
            fund=claim.fund,
            policy_version=claim.policy_version,
            decided_at=now,
        )
    )
    session.flush()
    decided = change_claim(
        session, claim, state=after, decided_by=by.id, decided_cents=command.award_cents
    )
    note(session, decided, "decide_claim", by=by.id, now=now, cents=command.award_cents)
    send_letter(session, Letter.DECIDED, decided, settings=settings, now=now, reasons=reasons)
    # Last: from here to the commit nobody else moves money of the fund.
    _move_money(session, claim, command.award_cents, settings=settings, now=now)
    return decided


def _move_money(
    session: Session, claim: ClaimRow, amount: Cents, *, settings: Settings, now: datetime
) -> None:
    """E3: owe the amount and release the difference; E2: release all of it."""
    if not amount:
        FundDesk(settings).give_back(session, claim, now=now)
        return
    today = local_date(now)
    policy = find_policy(session, claim.fund, today)
    fenced = policy is not None and is_fenced(policy.policy, today)
    back = part_given_back(claim.draw, amount, fenced=fenced)
    postings = approved(claim.fund, amount, back)
    entry = Entry(claim.fund, FundEvent.APPROVED, f"claim:{claim.id}", postings)
    post_transfers(session, entry, secret_key=settings.secret_key, now=now)


def _check_of(session: Session, claim: ClaimRow) -> str:
    query = select(ClaimCheck.id).where(ClaimCheck.claim == claim.id)
    found = session.scalar(query.order_by(ClaimCheck.claim_version.desc()).limit(1))
    assert found is not None, "a checked claim has its check"
    return found
